/** An element of an eSCL document, its namespace prefix taken off: vendors choose prefixes freely. */
export interface Element {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Element[];
}

interface Open {
  name: string;
  text: string;
  children: Element[];
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[^<>"']*(?:"[^"]*"|'[^']*'))*\s*)(\/?)>|([^<]+)/gy;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const decode = (text: string): string =>
  text.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);/g, (whole, name: string) => {
    if (name.startsWith('#')) {
      const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    }
    return ENTITIES[name] ?? whole;
  });

/**
 * Reads the small subset of XML that scanners send: elements, text, comments. Document types and external entities are
 * refused on purpose, because the text comes from whatever answers on the network.
 * @throws Error when the text is not well formed
 */
export function parseXml(text: string): Element {
  const root: Open = { name: '', text: '', children: [] };
  const stack: Open[] = [root];
  TOKEN.lastIndex = 0;
  const source = text.replace(/^\uFEFF/, '');
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) throw new Error(`not well-formed XML at character ${at}`);
    const [, cdata, slash, qualified, , selfClosing, run] = match;
    const top = stack.at(-1) as Open;
    if (cdata !== undefined) top.text += cdata;
    else if (run !== undefined) top.text += decode(run);
    else if (qualified !== undefined) {
      const name = qualified.slice(qualified.indexOf(':') + 1);
      if (slash === '/') {
        if (stack.length < 2 || top.name !== name) throw new Error(`unexpected </${qualified}> at character ${at}`);
        stack.pop();
      } else {
        const element: Open = { name, text: '', children: [] };
        top.children.push(element);
        if (selfClosing !== '/') stack.push(element);
        if (stack.length > 64) throw new Error('XML is nested too deeply');
      }
    }
  }
  const first = root.children[0];
  if (stack.length !== 1 || !first || root.children.length !== 1) throw new Error('XML ends early');
  return first;
}

/** First child of that name, or undefined. */
export const child = (element: Element | undefined, name: string): Element | undefined => element?.children.find((c) => c.name === name);
/** Trimmed text of the first child of that name. */
export const childText = (element: Element | undefined, name: string): string | undefined => child(element, name)?.text.trim();

/** Every element of that name, at any depth, in document order. */
export function descendants(element: Element | undefined, name: string): Element[] {
  if (!element) return [];
  return element.children.flatMap((c) => (c.name === name ? [c, ...descendants(c, name)] : descendants(c, name)));
}
