import { useEffect, useRef, useState } from 'react';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { client } from '../../shared/client.ts';
import { newCommandId } from '../../shared/ids.ts';
import { useKeys } from '../../shared/keys.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';
import { ReasonDialog } from '../intake/ReasonDialog.tsx';
import { BatchQuestion } from './BatchQuestion.tsx';
import { DocumentView } from './DocumentView.tsx';
import { PinDialog, type PinRequest } from './PinDialog.tsx';
import type { Placement } from './place.ts';
import { SignList } from './SignList.tsx';
import { SignSide } from './SignSide.tsx';
import { useSigningWatch, useTokens, usableCertificate, type Preview } from './useSigning.ts';
import './sign.css';

/** Signing in a batch: what is signed is what was seen. */
export function Sign() {
  const say = useSay();
  const live = useSigningWatch();
  const { tokens, look } = useTokens();
  const { run, busy, trouble, dismiss } = useCommand();
  const [selected, setSelected] = useState<string | null>(null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [previews, setPreviews] = useState<ReadonlyMap<string, Preview>>(new Map());
  const [places, setPlaces] = useState<ReadonlyMap<string, Placement>>(new Map());
  const [viewTrouble, setViewTrouble] = useState<Trouble | null>(null);
  const [pin, setPin] = useState<PinRequest | null>(null);
  const [asking, setAsking] = useState<'set-aside' | 'returned' | null>(null);

  const items = live.data?.worklist ?? [];
  const batch = live.data?.batch ?? null;
  const running = batch !== null && (batch.state === 'running' || batch.state === 'paused' || batch.state === 'cancelling');
  const usable = usableCertificate(tokens);
  // A batch goes on with its own token, whatever else is plugged in.
  const own = tokens?.tokens.find((token) => token.serial === batch?.tokenSerial);
  const ownCertificate = own?.certificates.find((one) => one.id === batch?.certificateId);
  const asked = pin?.kind !== 'resume' ? usable : own && ownCertificate ? { token: own, certificate: ownCertificate } : null;
  const current = items.find((item) => item.documentId === selected) ?? null;
  const ready = items.filter((item) => item.state === 'waiting' && item.seen && !left.has(item.documentId));

  // Signed files have other bytes: after a batch what was drawn before is asked for again.
  const drawn = useRef({ batchEnd: batch?.endedAt, ids: new Set<string>() });
  const batchEnd = batch?.endedAt;
  useEffect(() => {
    if (drawn.current.batchEnd !== batchEnd) {
      drawn.current = { batchEnd, ids: new Set() };
      setPreviews(new Map());
      look();
    }
    if (selected === null || drawn.current.ids.has(selected)) return;
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
  }, [selected, batchEnd, look]);

  const begin = () => {
    if (ready.length === 0 || running || !usable) return;
    setPin({ kind: 'start', count: ready.length });
  };
  const startBatch = async (secret: string | null, confirmFinalTry: boolean): Promise<Trouble | null> => {
    if (!usable) return null;
    try {
      const chosen = [];
      for (const item of ready) {
        const preview = previews.get(item.documentId) ?? (await client.signing.preview({ documentId: item.documentId }));
        chosen.push({ documentId: item.documentId, sha256: preview.sha256, placement: places.get(item.documentId) ?? preview.placement });
      }
      await client.signing.start(
        {
          commandId: newCommandId(),
          module: usable.token.module,
          tokenSerial: usable.token.serial,
          certificateId: usable.certificate.id,
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
  const paused = batch?.state === 'paused';
  return (
    <main className="page sign" tabIndex={-1} aria-label={say('Ký số', 'Signing')}>
      <SignList
        items={items}
        batch={batch}
        selected={selected}
        left={left}
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
      />
      <SignSide
        tokens={tokens}
        usable={usable}
        batch={batch}
        unlocked={live.data?.unlocked ?? false}
        todos={live.data?.todos ?? 0}
        onLook={look}
      />
      <div className="bar2">
        <button type="button" className="btn" disabled={!current || running} onClick={() => setAsking('set-aside')}>
          <Icon name="minus" size="s" />
          {say('Bỏ qua bản này', 'Skip this one')} <Key action="skip" />
        </button>
        <button type="button" className="btn no" disabled={!current || running} onClick={() => setAsking('returned')}>
          {say('Trả lại phòng chuyên môn', 'Send back')} <Key action="sendBack" />
        </button>
        {trouble ? (
          <TroubleNote trouble={trouble} onClose={dismiss} />
        ) : (
          <span className="small dim cut">
            {say(
              'Rút token thì lô tạm dừng, cắm lại đúng token thì ký tiếp.',
              'Pulling the token pauses the batch; the same token continues.',
            )}
          </span>
        )}
        {running && !paused ? (
          <button type="button" className="btn go" onClick={stop} disabled={batch.state === 'cancelling'}>
            <span>
              {batch.state === 'cancelling' ? say('Đang dừng…', 'Stopping…') : say('Dừng lô', 'Stop the batch')}
              <small>{say('Ký xong bản đang dở rồi dừng', 'Finishes the file at hand')}</small>
            </span>
            <kbd>Esc</kbd>
          </button>
        ) : paused ? (
          <>
            <button type="button" className="btn" onClick={stop}>
              {say('Thôi lô này', 'End the batch')} <kbd>Esc</kbd>
            </button>
            <button type="button" className="btn go" onClick={goOn} aria-disabled={busy !== null}>
              <span>
                {say('Ký tiếp', 'Go on')}
                <small>{say(`còn ${batch.counts.pending} bản`, `${batch.counts.pending} left`)}</small>
              </span>
              <Key action="batch" />
            </button>
          </>
        ) : (
          <button type="button" className="btn go" aria-disabled={ready.length === 0 || !usable} onClick={begin} data-action="sign">
            <span>
              {say(`Ký ${ready.length} bản`, `Sign ${ready.length}`)}
              <small>
                {ready.length === 0
                  ? say('Mở xem văn bản để đưa vào lô', 'Open a document to add it')
                  : usable
                    ? say('Nhập PIN một lần cho cả lô', 'One PIN for the batch')
                    : say('Cắm token để ký', 'Plug in the token')}
              </small>
            </span>
            <Key action="batch" />
          </button>
        )}
      </div>
      {pin && asked ? (
        <PinDialog
          request={pin}
          token={asked.token}
          certificate={asked.certificate}
          onClose={() => setPin(null)}
          onPin={pin.kind === 'start' ? startBatch : resume}
        />
      ) : null}
      {batch && paused ? <BatchQuestion batch={batch} /> : null}
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

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const next = new Map(map);
  next.delete(key);
  return next;
}
