/** Waits that can be cut short: `wake` ends every one that is under way. */
export function createPause(): { pause: (ms: number) => Promise<void>; wake: () => void } {
  const under = new Set<() => void>();
  return {
    pause: (ms) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          under.delete(done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        under.add(done);
      }),
    wake() {
      for (const done of under) done();
    },
  };
}
