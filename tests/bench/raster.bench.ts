import { profileOf, renderPaper } from '../../main/devices/index.ts';
import { encodeRaster } from '../../main/devices/printer/raster-mode.ts';
import { sampleTicket, ticketPaper } from '../../main/documents/ticket/index.ts';

const percentile = (values: readonly number[], p: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))]!;
const round = (n: number): number => Math.round(n * 1000) / 1000;
const ticketNumber = (i: number): string => `B ${String(i % 1000).padStart(3, '0')}`;

/** One ticket of 576 dots, a new number each time, glyphs warm: set, drawn (QR included), and then also encoded to bytes. */
export const run = async (): Promise<Record<string, number>> => {
  const time = (work: () => void): number => {
    const began = performance.now();
    work();
    return performance.now() - began;
  };
  const paper = (i: number) =>
    ticketPaper(sampleTicket({ number: ticketNumber(i), qr: `QUAY:T:B${i}:${i.toString(16).toUpperCase().padStart(32, '0')}` }));
  const coldMs = time(() => renderPaper(paper(0), 576));
  for (let i = 1; i <= 300; i += 1) renderPaper(paper(i), 576);
  const drawn = Array.from({ length: 500 }, (_, i) => time(() => renderPaper(paper(1000 + i), 576)));
  const encoded = Array.from({ length: 500 }, (_, i) => time(() => encodeRaster(paper(2000 + i), profileOf('generic-80'))));
  return {
    coldMs: round(coldMs),
    warmP50Ms: round(percentile(drawn, 0.5)),
    warmP95Ms: round(percentile(drawn, 0.95)),
    encodedP50Ms: round(percentile(encoded, 0.5)),
    encodedP95Ms: round(percentile(encoded, 0.95)),
  };
};
