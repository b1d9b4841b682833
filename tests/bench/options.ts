/** The whole number that stands after `name`, e.g. `--count 400`. @throws Error when something else stands there */
export function option(args: readonly string[], name: string, usual: number): number {
  const at = args.indexOf(name);
  if (at < 0) return usual;
  const text = args[at + 1] ?? '';
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${name} wants a whole number above zero, not "${text}"`);
  return Number(text);
}
