import { describe, expect, it } from 'vitest';
import type { Announcement } from '../../main/contract/queue.ts';
import { createVoiceQueue } from './voiceQueue.ts';

const say = (callSeq: number): Announcement => ({
  callSeq,
  text: `A00${callSeq}`,
  series: 'A',
  number: callSeq,
  counterLabel: '1',
  recall: false,
});
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

/** A hub that hands the oldest announcement out until it is acknowledged, as the real one does. */
function hub(count: number) {
  const waiting = Array.from({ length: count }, (_, index) => say(index + 1));
  return {
    waiting,
    next: () => Promise.resolve({ speaker: true, say: waiting[0] }),
    said: (callSeq: number) => {
      if (waiting[0]?.callSeq === callSeq) waiting.shift();
      return Promise.resolve({ speaker: true, say: waiting[0] });
    },
  };
}

describe('the voice queue', () => {
  it('says each once, in order, one at a time, however often it is kicked', async () => {
    const { next, said, waiting } = hub(4);
    const heard: number[] = [];
    let speaking = 0;
    const queue = createVoiceQueue({
      next,
      said,
      ready: () => true,
      announce: async (one) => {
        speaking += 1;
        expect(speaking).toBe(1);
        heard.push(one.callSeq);
        await Promise.resolve();
        speaking -= 1;
      },
    });
    for (let time = 0; time < 5; time += 1) queue.kick();
    await settle();
    expect(heard).toEqual([1, 2, 3, 4]);
    expect(waiting).toEqual([]);
  });

  it('does not repeat what was said when only the acknowledgement was lost', async () => {
    const { next, said } = hub(2);
    const heard: number[] = [];
    let lose = true;
    const queue = createVoiceQueue({
      next,
      said: (callSeq) => {
        if (lose) {
          lose = false;
          return Promise.reject(new Error('the wire broke'));
        }
        return said(callSeq);
      },
      ready: () => true,
      announce: (one) => {
        heard.push(one.callSeq);
        return Promise.resolve();
      },
    });
    queue.kick();
    await settle();
    queue.kick();
    await settle();
    expect(heard).toEqual([1, 2]);
  });

  it('is silent while another board speaks, and while its own sound is locked', async () => {
    const heard: number[] = [];
    const announce = (one: Announcement) => {
      heard.push(one.callSeq);
      return Promise.resolve();
    };
    const other = createVoiceQueue({
      next: () => Promise.resolve({ speaker: false }),
      said: () => Promise.resolve({ speaker: false }),
      ready: () => true,
      announce,
    });
    other.kick();
    const locked = createVoiceQueue({ ...hub(1), ready: () => false, announce });
    locked.kick();
    await settle();
    expect(heard).toEqual([]);
  });

  it('renews its lease in mid-sentence, and takes nothing from that answer', async () => {
    const { next, said } = hub(1);
    let asked = 0;
    const heard: number[] = [];
    let finish = () => {};
    const queue = createVoiceQueue({
      next: () => {
        asked += 1;
        return next();
      },
      said,
      ready: () => true,
      announce: (one) => {
        heard.push(one.callSeq);
        return new Promise<void>((resolve) => (finish = resolve));
      },
    });
    queue.kick();
    await settle();
    queue.kick();
    queue.kick();
    await settle();
    expect(asked).toBe(3);
    finish();
    await settle();
    expect(heard).toEqual([1]);
  });

  it('does not speak on an answer that was long under way: the lease may be another board by then', async () => {
    const { next, said } = hub(1);
    let at = 0;
    let slow = true;
    const heard: number[] = [];
    const queue = createVoiceQueue({
      now: () => at,
      next: () => {
        at += slow ? 9_000 : 10;
        slow = false;
        return next();
      },
      said,
      ready: () => true,
      announce: (one) => {
        expect(slow).toBe(false);
        heard.push(at);
        expect(one.callSeq).toBe(1);
        return Promise.resolve();
      },
    });
    queue.kick();
    await settle();
    // asked once more, and said after the quick answer
    expect(heard).toEqual([9_010]);
  });
});
