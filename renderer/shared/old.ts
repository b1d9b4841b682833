/**
 * What the browsers of hall televisions lack (webOS 5 and Tizen 5.5 carry Chrome 68 and 69) and our pages or their libraries
 * call. Imported first by every hall page; the language itself is rewritten by the build. `tests/e2e/old-tv.test.ts` takes
 * everything newer away from a browser and opens the pages.
 */
function fill(target: object, name: string, value: unknown): void {
  if (!(name in target)) Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

fill(window, 'globalThis', window);
fill(window, 'queueMicrotask', (work: () => void) => void Promise.resolve().then(work));
fill(Object, 'hasOwn', (thing: object, key: PropertyKey) => Object.prototype.hasOwnProperty.call(thing, key));
fill(Object, 'fromEntries', (entries: Iterable<readonly [PropertyKey, unknown]>) => {
  const made: Record<PropertyKey, unknown> = {};
  for (const [key, value] of entries) made[key] = value;
  return made;
});
fill(Promise, 'allSettled', (all: Iterable<unknown>) =>
  Promise.all(
    [...all].map((one) =>
      Promise.resolve(one).then(
        (value) => ({ status: 'fulfilled', value }),
        (reason: unknown) => ({ status: 'rejected', reason }),
      ),
    ),
  ),
);
fill(Array.prototype, 'flatMap', function flatMap(this: unknown[], each: (value: unknown, index: number, all: unknown[]) => unknown) {
  return ([] as unknown[]).concat(...this.map(each));
});

export {};
