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
// A field is saved by leaving it; F5 and a closed window leave it too, while the wire still stands.
window.addEventListener('beforeunload', () => {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
});
start(
  <LanguageProvider storageKey="quay.language">
    <SystemProvider waiting={<Connecting />}>
      <App />
    </SystemProvider>
  </LanguageProvider>,
);
