import '../shared/old.ts';
import { start } from '../shared/start.tsx';
import { LanguageProvider } from '../shared/language.tsx';
import { SystemProvider } from '../shared/system.tsx';
import '../shared/tokens.css';
import '../shared/public.css';
import './kiosk.css';
import './tiles.css';
import './issued.css';
import { Kiosk } from './Kiosk.tsx';
import { OutOfOrder } from './OutOfOrder.tsx';

start(
  <LanguageProvider>
    <SystemProvider waiting={<OutOfOrder patienceMs={4_000} />}>
      <Kiosk />
    </SystemProvider>
  </LanguageProvider>,
);
