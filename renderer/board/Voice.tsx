import { useEffect, useRef, useState } from 'react';
import { client } from '../shared/client.ts';
import { Icon } from '../shared/parts/Icon.tsx';
import { createSpeaker } from './speaker.ts';
import { createVoiceQueue } from './voiceQueue.ts';

/** Renews the speaker lease (15 s) and notices what was missed. */
const BEAT_MS = 5_000;

/** The board's voice. One board of a hall holds the lease and speaks; the others keep quiet. */
export function Voice({ latestCall }: { latestCall: number }) {
  const [speaker] = useState(() => createSpeaker());
  const [audible, setAudible] = useState(() => speaker.ready());
  const queue = useRef<{ kick(): void } | null>(null);

  useEffect(() => {
    const made = createVoiceQueue({
      next: () => client.queue.voiceNext({}),
      said: (callSeq) => client.queue.voiceSaid({ callSeq }),
      announce: (say) => speaker.announce(say),
      ready: () => speaker.ready(),
    });
    queue.current = made;
    made.kick();
    const timer = setInterval(() => {
      setAudible(speaker.ready());
      made.kick();
    }, BEAT_MS);
    return () => {
      made.stop();
      clearInterval(timer);
    };
  }, [speaker]);

  useEffect(() => queue.current?.kick(), [latestCall]);

  if (audible) return null;
  return (
    <button
      type="button"
      className="sound"
      onClick={() => {
        void speaker.unlock().then(() => {
          setAudible(speaker.ready());
          queue.current?.kick();
        });
      }}
    >
      <Icon name="vol" />
      Bật tiếng gọi số
    </button>
  );
}
