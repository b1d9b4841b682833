/** Ends a turn; what waits behind it goes on only when it went well. */
export type EndTurn = (well: boolean) => void;

interface Running {
  readonly name: string;
  readonly ended: Promise<boolean>;
}

/**
 * One command of an officer at a time. A second press of the same command is the same press, and any other is dropped,
 * except one that names the commands it may wait for: "finish" and at once "next" are two wishes, on a slow line too.
 */
export function createTurn() {
  let running: Running | null = null;
  const waiting = new Set<string>();
  const begin = (name: string): EndTurn => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    running = { name, ended: promise };
    return (well) => {
      running = null;
      resolve(well);
    };
  };
  const wait = async (name: string, after: readonly string[]): Promise<EndTurn | null> => {
    for (let before = running; before; before = running) {
      if (waiting.has(name) || !after.includes(before.name)) return null;
      waiting.add(name);
      const well = await before.ended;
      waiting.delete(name);
      if (!well) return null;
    }
    return begin(name);
  };
  return {
    /** @returns how to end the turn (at once when nothing is under way), or null when there is none for this press */
    take: (name: string, after: readonly string[] = []): EndTurn | Promise<EndTurn | null> => (running ? wait(name, after) : begin(name)),
  };
}
