import '../shared/old.ts';
import { start } from '../shared/start.tsx';
import { LanguageProvider } from '../shared/language.tsx';
import { SystemProvider } from '../shared/system.tsx';
import '../shared/tokens.css';
import '../shared/public.css';
import './board.css';
import './groups.css';
import { Board } from './Board.tsx';
import { BoardWaiting } from './BoardWaiting.tsx';

start(
  <LanguageProvider>
    <SystemProvider waiting={<BoardWaiting />}>
      <Board zone={new URLSearchParams(location.search).get('zone') ?? undefined} />
    </SystemProvider>
  </LanguageProvider>,
);
