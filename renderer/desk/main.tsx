import { start } from '../shared/start.tsx';
import { listenForKeys } from '../shared/keys.ts';
import { LanguageProvider } from '../shared/language.tsx';
import { SystemProvider } from '../shared/system.tsx';
import '../shared/tokens.css';
import './desk.css';
import './parts.css';
import { App } from './App.tsx';
import { applyContrast } from './shell/contrast.ts';
import { Connecting } from './Connecting.tsx';

applyContrast();
listenForKeys(document);
start(
  <LanguageProvider storageKey="quay.language">
    <SystemProvider waiting={<Connecting />}>
      <App />
    </SystemProvider>
  </LanguageProvider>,
);
