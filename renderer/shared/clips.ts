/** Plays clips of the voice pack one after the other. One player at a time: a new list ends the old one. */
export interface ClipPlayer {
  play(names: readonly string[]): Promise<void>;
  beep(): void;
  stop(): void;
}

export function createClipPlayer(packUrl = './voice/vi/'): ClipPlayer {
  let audio: AudioContext | null = null;
  let playing: AudioBufferSourceNode[] = [];
  let turn = 0;
  const clips = new Map<string, Promise<AudioBuffer | null>>();

  const context = (): AudioContext => (audio ??= new AudioContext());
  const load = (name: string): Promise<AudioBuffer | null> => {
    const known = clips.get(name);
    if (known) return known;
    const loading = fetch(`${packUrl}${name}.opus`)
      .then(async (answer) => (answer.ok ? context().decodeAudioData(await answer.arrayBuffer()) : null))
      .catch(() => {
        clips.delete(name);
        return null;
      });
    clips.set(name, loading);
    return loading;
  };
  const stop = () => {
    turn += 1;
    for (const source of playing) source.stop();
    playing = [];
  };

  return {
    stop,
    async play(names) {
      stop();
      const mine = turn;
      const buffers = await Promise.all(names.map(load));
      if (mine !== turn) return;
      let at = context().currentTime + 0.05;
      for (const buffer of buffers) {
        if (!buffer) continue;
        const source = context().createBufferSource();
        source.buffer = buffer;
        source.connect(context().destination);
        source.start(at);
        playing.push(source);
        at += buffer.duration + 0.12;
      }
    },
    beep() {
      const at = context().currentTime + 0.02;
      for (const [index, frequency] of [784, 784].entries()) {
        const source = context().createOscillator();
        const loudness = context().createGain();
        source.frequency.value = frequency;
        loudness.gain.setValueAtTime(0.3, at + index * 0.3);
        loudness.gain.exponentialRampToValueAtTime(0.001, at + index * 0.3 + 0.2);
        source.connect(loudness).connect(context().destination);
        source.start(at + index * 0.3);
        source.stop(at + index * 0.3 + 0.22);
      }
    },
  };
}

/** The machine's own voice for a language, when it has one. */
export function systemVoice(language: 'vi' | 'en'): SpeechSynthesisVoice | null {
  if (!('speechSynthesis' in window)) return null;
  return speechSynthesis.getVoices().find((voice) => voice.lang.toLowerCase().startsWith(language)) ?? null;
}
