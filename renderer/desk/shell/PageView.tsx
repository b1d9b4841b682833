import { lazy, Suspense } from 'react';
import type { Route } from '../data/route.ts';
import { Now } from '../now/Now.tsx';
import { Intake } from '../intake/Intake.tsx';
import { Outbox } from '../outbox/Outbox.tsx';
import { Register } from '../register/Register.tsx';
import { Results } from '../results/Results.tsx';
import { Settings } from '../settings/Settings.tsx';

/** pdf.js is large; only who signs loads it. */
const Sign = lazy(() => import('../sign/Sign.tsx').then((module) => ({ default: module.Sign })));

export function PageView({ route }: { route: Route }) {
  switch (route.page) {
    case 'now':
      return <Now />;
    case 'intake':
      return <Intake id={route.id} />;
    case 'sign':
      return (
        <Suspense fallback={<main className="page" />}>
          <Sign />
        </Suspense>
      );
    case 'results':
      return <Results id={route.id} />;
    case 'outbox':
      return <Outbox id={route.id} />;
    case 'register':
      return <Register />;
    case 'settings':
      return <Settings tab={route.id} />;
  }
}
