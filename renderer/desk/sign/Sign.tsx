import { useEffect, useMemo, useRef, useState } from 'react';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { client } from '../../shared/client.ts';
import { newCommandId } from '../../shared/ids.ts';
import { useKeys } from '../../shared/keys.ts';
import { useSay } from '../../shared/language.tsx';
import { useSession } from '../data/session.tsx';
import { useCommand } from '../data/useCommand.ts';
import { ReasonDialog } from '../intake/ReasonDialog.tsx';
import { BatchQuestion } from './BatchQuestion.tsx';
import { DocumentView } from './DocumentView.tsx';
import { PinDialog, type PinRequest } from './PinDialog.tsx';
import type { Placement } from './place.ts';
import { SignBar } from './SignBar.tsx';
import { SignList } from './SignList.tsx';
import { SignSide } from './SignSide.tsx';
import { useSigningWatch, useTokens, type Item, type Preview } from './useSigning.ts';
import './sign.css';

/** Signing in a batch: what is signed is what was seen. */
export function Sign() {
  const say = useSay();
  const live = useSigningWatch();
  const { has, officer } = useSession();
  const { run, busy, trouble, dismiss } = useCommand();
  const [selected, setSelected] = useState<string | null>(null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [previews, setPreviews] = useState<ReadonlyMap<string, Preview>>(new Map());
  const [places, setPlaces] = useState<ReadonlyMap<string, Placement>>(new Map());
  const [numbers, setNumbers] = useState<ReadonlyMap<string, string>>(new Map());
  const [stepChosen, setStepChosen] = useState<Item['step'] | null>(null);
  const [viewTrouble, setViewTrouble] = useState<Trouble | null>(null);
  const [pin, setPin] = useState<PinRequest | null>(null);
  const [asking, setAsking] = useState<'set-aside' | 'returned' | null>(null);

  const worklist = live.data?.worklist;
  const all = useMemo(() => worklist ?? [], [worklist]);
  const waitingAt = { leader: countAt(all, 'leader'), clerk: countAt(all, 'clerk') };
  // The clerk comes for the seals, everybody else for signatures; with nothing there, the other step is shown.
  const usualStep: Item['step'] = has('clerk') && !has('leader') ? 'clerk' : 'leader';
  const otherStep: Item['step'] = usualStep === 'clerk' ? 'leader' : 'clerk';
  const step = stepChosen ?? (waitingAt[usualStep] === 0 && waitingAt[otherStep] > 0 ? otherStep : usualStep);
  const signedBefore = useMemo(
    () => new Set(all.flatMap((item) => (item.step === 'clerk' && item.state !== 'signed' && item.signer ? [item.signer] : []))),
    [all],
  );
  const connected = live.data !== undefined && live.staleSince === null;
  const { tokens, look, choices, choice, choose } = useTokens({
    connected,
    changes: live.data?.tokenChanges ?? 0,
    step,
    officer: officer.name,
    signedBefore,
  });
  const both = waitingAt.leader > 0 && waitingAt.clerk > 0;
  const items = both ? all.filter((item) => item.step === step || item.state === 'signed' || item.state === 'in-batch') : all;
  const batch = live.data?.batch ?? null;
  const running = batch !== null && (batch.state === 'running' || batch.state === 'paused' || batch.state === 'cancelling');
  // A batch goes on with its own token, whatever else is plugged in.
  const own = choices.find((one) => one.token.serial === batch?.tokenSerial && one.certificate?.id === batch.certificateId) ?? null;
  const current = items.find((item) => item.documentId === selected) ?? null;
  const numberOf = (item: Item) => (numbers.get(item.documentId) ?? '').trim();
  const unnumbered = new Set(
    items.filter((item) => item.step === 'clerk' && item.numberBlank && numberOf(item) === '').map((item) => item.documentId),
  );
  const ready = items.filter(
    (item) => item.state === 'waiting' && item.step === step && item.seen && !left.has(item.documentId) && !unnumbered.has(item.documentId),
  );

  // Signed files have other bytes: after a batch what was drawn before is asked for again.
  const drawn = useRef({ batchEnd: batch?.endedAt, ids: new Set<string>() });
  const batchEnd = batch?.endedAt;
  useEffect(() => {
    if (drawn.current.batchEnd !== batchEnd) {
      drawn.current = { batchEnd, ids: new Set() };
      setPreviews(new Map());
      look();
    }
    if (!connected || selected === null || drawn.current.ids.has(selected)) return;
    const { ids } = drawn.current;
    ids.add(selected);
    setViewTrouble(null);
    client.signing.preview({ documentId: selected }).then(
      (preview) => setPreviews((before) => new Map(before).set(selected, preview)),
      (error: unknown) => {
        ids.delete(selected);
        setViewTrouble(troubleOf(error));
      },
    );
  }, [selected, batchEnd, look, connected]);

  const begin = () => {
    // A locked token opens the question too: it says so there, and asks nothing. One that cannot sign says so beside the button.
    if (ready.length === 0 || running || !choice?.certificate || (choice.problem && !choice.token.locked)) return;
    const signer = choice.certificate.subject;
    const sameSigner = step === 'clerk' && !choice.token.training && ready.some((item) => item.signer === signer);
    setPin({ kind: 'start', count: ready.length, seal: step === 'clerk', sameSigner });
  };
  const startBatch = async (secret: string | null, confirmFinalTry: boolean): Promise<Trouble | null> => {
    if (!choice?.certificate) return null;
    try {
      choose(choice.key);
      const chosen = [];
      for (const item of ready) {
        const preview = previews.get(item.documentId) ?? (await client.signing.preview({ documentId: item.documentId }));
        const number = numberOf(item);
        chosen.push({
          documentId: item.documentId,
          // What somebody looked at, not what lies there now: a file that changed since is refused.
          sha256: item.seenSha256 ?? preview.sha256,
          placement: places.get(item.documentId) ?? preview.placement,
          ...(number === '' ? {} : { number }),
        });
      }
      await client.signing.start(
        {
          commandId: newCommandId(),
          module: choice.token.module,
          tokenSerial: choice.token.serial,
          certificateId: choice.certificate.id,
          pin: secret,
          items: chosen,
          ...(confirmFinalTry ? { confirmFinalTry } : {}),
        },
        { context: { patient: true } },
      );
      return null;
    } catch (error) {
      look();
      return troubleOf(error);
    }
  };
  const resume = async (secret: string | null, confirmFinalTry: boolean): Promise<Trouble | null> => {
    if (!batch) return null;
    try {
      await client.signing.resume({
        commandId: newCommandId(),
        batchId: batch.id,
        ...(secret === null ? {} : { pin: secret }),
        ...(confirmFinalTry ? { confirmFinalTry } : {}),
      });
      return null;
    } catch (error) {
      look();
      return troubleOf(error);
    }
  };
  const stop = () => {
    if (batch && running) void run('cancel', (commandId) => client.signing.cancel({ commandId, batchId: batch.id }));
  };
  const goOn = () => {
    // Only a token that was just pulled still holds its login; after a crash or a restart the PIN is asked anew.
    if (batch && live.data?.unlocked === false) setPin({ kind: 'resume', count: batch.counts.pending });
    else if (batch) void run('resume', (commandId) => client.signing.resume({ commandId, batchId: batch.id }));
  };
  useKeys({
    batch: running ? (batch.state === 'paused' ? goOn : () => {}) : begin,
    skip: () => current && setAsking('set-aside'),
    sendBack: () => current && setAsking('returned'),
  });
  useEffect(() => {
    const onEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) stop();
    };
    document.addEventListener('keydown', onEscape);
    return () => document.removeEventListener('keydown', onEscape);
  });
  const asked = pin?.kind === 'resume' ? own : choice;
  /** Another form or other bytes: what was placed and drawn before no longer holds. */
  const lookAgain = (documentId: string) => {
    setPlaces((before) => without(before, documentId));
    client.signing.preview({ documentId }).then(
      (preview) => setPreviews((before) => new Map(before).set(documentId, preview)),
      (error: unknown) => setViewTrouble(troubleOf(error)),
    );
  };
  return (
    <main className="page sign" tabIndex={-1} aria-label={say('Ký số', 'Signing')}>
      <SignList
        items={items}
        batch={batch}
        selected={selected}
        left={left}
        unnumbered={unnumbered}
        step={step}
        waitingAt={waitingAt}
        onStep={setStepChosen}
        onSelect={setSelected}
        onMark={(id) =>
          setLeft((before) => {
            const next = new Set(before);
            if (!next.delete(id)) next.add(id);
            return next;
          })
        }
      />
      <DocumentView
        item={current}
        preview={selected === null ? undefined : previews.get(selected)}
        trouble={viewTrouble}
        place={selected === null ? undefined : places.get(selected)}
        onPlace={(place) =>
          selected !== null && setPlaces((before) => (place ? new Map(before).set(selected, place) : without(before, selected)))
        }
        onCleanCopy={() =>
          selected !== null &&
          void run('clean', (commandId) => client.signing.cleanCopy({ commandId, documentId: selected })).then(
            (preview) => preview && setPreviews((before) => new Map(before).set(selected, preview)),
          )
        }
        number={current ? (numbers.get(current.documentId) ?? '') : ''}
        onNumber={(number) => selected !== null && setNumbers((before) => new Map(before).set(selected, number))}
        signer={choice?.certificate?.subject ?? ''}
        onArranged={() => selected !== null && lookAgain(selected)}
      />
      <SignSide
        tokens={tokens}
        choices={choices}
        choice={running ? (own ?? choice) : choice}
        onChoose={choose}
        batch={batch}
        running={running}
        unlocked={live.data?.unlocked ?? false}
        owed={live.data?.owed ?? 0}
        onLook={look}
      />
      <SignBar
        current={current}
        batch={batch}
        running={running}
        ready={ready.length}
        choice={choice}
        seeking={tokens === null}
        holder={own !== null || live.data?.unlocked === true}
        step={step}
        command={{ busy, trouble, dismiss }}
        onAsk={setAsking}
        onBack={() =>
          current &&
          void run('back', (commandId) =>
            client.signing.setAside({ commandId, documentId: current.documentId, kind: 'waiting', reason: '' }),
          )
        }
        onBegin={begin}
        onStop={stop}
        onGoOn={goOn}
      />
      {pin && asked?.certificate ? (
        <PinDialog
          request={pin}
          token={asked.token}
          certificate={asked.certificate}
          onClose={() => setPin(null)}
          onPin={pin.kind === 'start' ? startBatch : resume}
        />
      ) : null}
      {batch?.state === 'paused' ? <BatchQuestion batch={batch} /> : null}
      {asking && current ? (
        <ReasonDialog
          title={asking === 'returned' ? say('Trả lại phòng chuyên môn', 'Send back') : say('Bỏ qua bản này', 'Skip this one')}
          explain={current.title}
          reasonLabel={say('Lý do', 'Reason')}
          confirm={asking === 'returned' ? say('Trả lại', 'Send back') : say('Bỏ qua', 'Skip')}
          onClose={() => setAsking(null)}
          onConfirm={(reason) => {
            void run(asking, (commandId) => client.signing.setAside({ commandId, documentId: current.documentId, kind: asking, reason }));
            setAsking(null);
          }}
        />
      ) : null}
    </main>
  );
}

const countAt = (items: readonly Item[], step: Item['step']): number =>
  items.filter((item) => item.step === step && item.state !== 'signed' && item.state !== 'returned').length;

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const next = new Map(map);
  next.delete(key);
  return next;
}
