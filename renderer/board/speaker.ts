import type { Announcement } from '../../main/contract/queue.ts';
import { announcementSentence, announcementWords } from './words.ts';

/** Makes one announcement audible from beginning to end. Resolves when the sound has ended; never rejects. */
export interface Speaker {
  /** Browsers keep sound off until somebody has touched the page (a hall panel is started with that rule off). */
  ready(): boolean;
  /** Call from a touch. */
  unlock(): Promise<void>;
  announce(say: Announcement): Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Chime, then the words twice: by the system's Vietnamese voice when it has one, else by the clips of the pack. */
export function createSpeaker(packUrl = './voice/vi/'): Speaker {
  const audio = new AudioContext();
  const clips = new Map<string, Promise<AudioBuffer | null>>();

  const clip = (name: string): Promise<AudioBuffer | null> => {
    const known = clips.get(name);
    if (known) return known;
    const loading = (async () => {
      try {
        const answer = await fetch(`${packUrl}${name}.opus`);
        if (!answer.ok) return null;
        return await audio.decodeAudioData(await answer.arrayBuffer());
      } catch {
        clips.delete(name);
        return null;
      }
    })();
    clips.set(name, loading);
    return loading;
  };

  const tone = (frequency: number, at: number, seconds: number) => {
    const source = audio.createOscillator();
    const loudness = audio.createGain();
    source.type = 'sine';
    source.frequency.value = frequency;
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.45, at + 0.015);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + seconds);
    source.connect(loudness).connect(audio.destination);
    source.start(at);
    source.stop(at + seconds);
  };

  const chime = async () => {
    const at = audio.currentTime + 0.02;
    tone(659.3, at, 0.7);
    tone(523.3, at + 0.32, 1.1);
    await pause(1_250);
  };

  const byClips = async (say: Announcement) => {
    const words = announcementWords(say);
    const buffers = await Promise.all(words.map((word) => clip(word.clip)));
    let at = audio.currentTime + 0.05;
    for (const [index, buffer] of buffers.entries()) {
      if (!buffer) continue;
      const source = audio.createBufferSource();
      source.buffer = buffer;
      source.connect(audio.destination);
      source.start(at);
      at += buffer.duration + (words[index + 1]?.clip === 'den-quay' ? 0.28 : 0.07);
    }
    await pause((at - audio.currentTime) * 1000);
  };

  const bySystem = async (say: Announcement, voice: SpeechSynthesisVoice): Promise<boolean> =>
    new Promise((resolve) => {
      const words = new SpeechSynthesisUtterance(announcementSentence(say));
      words.voice = voice;
      words.lang = voice.lang;
      words.rate = 0.9;
      // Some engines lose the end event; the hall must not fall silent for it.
      const patience = setTimeout(() => {
        speechSynthesis.cancel();
        resolve(false);
      }, 15_000);
      const done = (spoken: boolean) => {
        clearTimeout(patience);
        resolve(spoken);
      };
      words.addEventListener('end', () => done(true));
      words.addEventListener('error', () => done(false));
      speechSynthesis.speak(words);
    });

  return {
    ready: () => audio.state === 'running',
    unlock: () => audio.resume(),
    async announce(say) {
      try {
        await chime();
        const voice = vietnameseVoice();
        for (let time = 0; time < 2; time += 1) {
          if (!voice || !(await bySystem(say, voice))) await byClips(say);
          await pause(450);
        }
      } catch {
        // Text is on the board all the same; a dead loudspeaker must not stop the calls.
      }
    },
  };
}

function vietnameseVoice(): SpeechSynthesisVoice | null {
  if (!('speechSynthesis' in window)) return null;
  return speechSynthesis.getVoices().find((voice) => voice.lang.toLowerCase().startsWith('vi')) ?? null;
}
