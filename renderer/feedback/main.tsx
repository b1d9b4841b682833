import '../shared/old.ts';
import { start } from '../shared/start.tsx';
import { LanguageProvider } from '../shared/language.tsx';
import { SystemProvider } from '../shared/system.tsx';
import '../shared/tokens.css';
import '../shared/public.css';
import './feedback.css';
import { Feedback } from './Feedback.tsx';

start(
  <LanguageProvider>
    <SystemProvider waiting={<main className="pad" />}>
      <Feedback counterId={new URLSearchParams(location.search).get('counter') ?? undefined} />
    </SystemProvider>
  </LanguageProvider>,
);
