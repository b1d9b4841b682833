import { readFile, stat } from 'node:fs/promises';
import type { Place } from '../batch/journal.ts';
import { SIZES } from './place.ts';

interface Run {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A scan has no text to search, and a huge file is not read whole for a convenience. */
const MOST_BYTES = 64 << 20;
const MOST_PAGES = 200;

const plain = (text: string): string => text.normalize('NFC').toLocaleLowerCase('vi').replace(/\s+/g, ' ').trim();

/**
 * Where a name or title stands in the text of the file, last page first; the place is the signature box centred above it.
 * Nothing found is an empty list.
 */
export async function findPlaces(file: string, wanted: string): Promise<Place[]> {
  const needle = plain(wanted);
  if (needle.length < 2 || (await stat(file)).size > MOST_BYTES) return [];
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = getDocument({ data: new Uint8Array(await readFile(file)), verbosity: 0 });
  const found: Place[] = [];
  try {
    const document = await task.promise;
    for (let number = document.numPages; number > Math.max(0, document.numPages - MOST_PAGES); number--) {
      const page = await document.getPage(number);
      const content = await page.getTextContent();
      const runs = content.items.flatMap((item) =>
        'str' in item
          ? [{ text: item.str, x: Number(item.transform[4]), y: Number(item.transform[5]), width: item.width, height: item.height }]
          : [],
      );
      for (const line of lines(runs)) {
        const hit = locate(line, needle);
        if (hit) found.push(above(hit, number - 1));
      }
      page.cleanup();
    }
  } finally {
    await task.destroy();
  }
  return found;
}

/** Runs on one baseline, left to right. Names are often drawn word by word or letter by letter. */
function lines(runs: readonly Run[]): Run[][] {
  const rows = new Map<number, Run[]>();
  for (const run of runs) {
    if (run.text === '') continue;
    const key = [...rows.keys()].find((y) => Math.abs(y - run.y) < 2) ?? run.y;
    rows.set(key, [...(rows.get(key) ?? []), run]);
  }
  return [...rows.values()].map((row) => row.sort((a, b) => a.x - b.x));
}

function locate(row: readonly Run[], needle: string): Run | null {
  for (let from = 0; from < row.length; from++) {
    let text = '';
    for (let to = from; to < row.length; to++) {
      const [first, run] = [row[from], row[to]];
      if (!first || !run) break;
      text += run.text;
      const whole = plain(text);
      const at = whole.indexOf(needle);
      if (at < 0) continue;
      if (
        from + 1 < row.length &&
        plain(
          row
            .slice(from + 1, to + 1)
            .map((one) => one.text)
            .join(''),
        ).includes(needle)
      )
        break;
      const width = run.x + run.width - first.x;
      const share = width / Math.max(1, whole.length);
      return { text: needle, x: first.x + at * share, y: first.y, width: needle.length * share, height: Math.max(first.height, 8) };
    }
  }
  return null;
}

function above(hit: Run, page: number): Place {
  const { width, height } = SIZES.personal;
  return { page, x: Math.round(hit.x + hit.width / 2 - width / 2), y: Math.round(hit.y + hit.height + 4), width, height };
}
