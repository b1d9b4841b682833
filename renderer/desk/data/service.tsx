import { createContext, useContext, useMemo, type ReactNode } from 'react';
import type { DeskTicket, DeskView } from '../../../main/contract/queue.ts';
import { troubleOf } from '../../shared/answer.ts';
import { NotConnected, client, wireState } from '../../shared/client.ts';
import { useKeys } from '../../shared/keys.ts';
import { newCommandId } from '../../shared/ids.ts';
import { useSay } from '../../shared/language.tsx';
import { useDeskData } from './deskData.tsx';
import { useFinishLater, type Later } from './finishLater.ts';
import { openDraft } from './openDraft.ts';
import { go, useRoute } from './route.ts';
import { useCommand, type Command } from './useCommand.ts';

/** What an officer does with tickets. Bound to its keys on every page, so that F2 works wherever the officer is. */
export interface Service {
  readonly view: DeskView | undefined;
  readonly current: DeskTicket | undefined;
  readonly command: Command;
  /** A finish that waits for the hub to come back. */
  readonly later: Later | null;
  readonly next: () => void;
  readonly recall: () => void;
  readonly noShow: () => void;
  readonly park: () => void;
  readonly finish: () => void;
  readonly undo: () => void;
  readonly openIntake: () => void;
  readonly help: (on: boolean) => void;
}

const ServiceContext = createContext<Service | null>(null);

export function ServiceProvider({ children }: { children: ReactNode }) {
  const { desk } = useDeskData();
  const say = useSay();
  const command = useCommand();
  const { page } = useRoute();
  const view = desk.data;
  const current = view?.current;
  const { run } = command;
  const { pending: later, keep, forget } = useFinishLater(desk);

  const service = useMemo<Service>(() => {
    const atCounter = (name: 'recall' | 'noShow' | 'undo') => () => {
      void run(name, (commandId) => client.queue[name]({ commandId }));
    };
    return {
      view,
      current,
      command,
      later,
      next: () => {
        if (!wireState().open) {
          // Said at once: an officer who waits eight seconds for a "no" presses again.
          void run('next', () => Promise.reject(new NotConnected('no connection to the hub')));
          return;
        }
        const draft = openDraft.get();
        const callNext = async (commandId: string) => {
          // An unfinished intake is never thrown away and never asked about: its draft is kept and its ticket waits, parked.
          if (draft !== null && current) await putAside(draft, say('Hồ sơ đang làm dở', 'Dossier unfinished'));
          return client.queue.callNext({ commandId });
        };
        // An officer ends a citizen and calls the next in one breath: the call waits for the answer to the first.
        void run('next', callNext, ['finish', 'noShow', 'park']);
        go('now');
      },
      recall: atCounter('recall'),
      noShow: atCounter('noShow'),
      finish: () => {
        if (!wireState().open && current) {
          keep(current);
          return;
        }
        void run('finish', async (commandId) => {
          try {
            return await client.queue.finish({ commandId });
          } catch (error) {
            if (!(error instanceof NotConnected) || !current) throw error;
            keep(current, commandId);
            return undefined;
          }
        });
      },
      undo: later ? forget : atCounter('undo'),
      park: () => {
        void run('park', (commandId) => client.queue.park({ commandId, reason: say('Quay lại trong ngày', 'Back today') }));
      },
      openIntake: () => {
        const ticket = current;
        void (async () => {
          if (ticket?.state === 'called') await run('start', (commandId) => client.queue.start({ commandId }));
          const dossier = await run('open', (commandId) =>
            client.dossiers.open({ commandId, ticket: ticket ? { id: ticket.ticketId, number: ticket.text } : null }),
          );
          if (dossier) go('intake', dossier.id);
        })();
      },
      help: (on) => {
        void run('help', (commandId) => client.queue.emergency({ commandId, on }));
      },
    };
  }, [view, current, command, later, keep, forget, run, say]);

  useKeys({
    next: service.next,
    recall: service.recall,
    noShow: service.noShow,
    park: service.park,
    help: () => service.help(true),
    ...(page === 'now' ? { finish: service.finish, open: service.openIntake } : {}),
  });
  return <ServiceContext.Provider value={service}>{children}</ServiceContext.Provider>;
}

async function putAside(dossierId: string, reason: string): Promise<void> {
  await client.dossiers.park({ commandId: newCommandId(), dossierId });
  try {
    await client.queue.park({ commandId: newCommandId(), reason });
  } catch (error) {
    // The dossier room may have let the ticket go already; anything else is the officer's to know.
    if (troubleOf(error).code === 'not-connected') throw error;
  }
}

export function useService(): Service {
  const service = useContext(ServiceContext);
  if (!service) throw new Error('useService outside ServiceProvider');
  return service;
}
