import { SENTENCES, type FinderProblem, type Scanning } from '../devices/scanner/index.ts';
import type { Finding } from './doctor.ts';

/** What keeps this computer from using scanners of its own, in the doctor's words; none when nothing does. */
export function scannerFindings(scanning: Pick<Scanning, 'scanners' | 'problems'>): Finding[] {
  const works = scanning.scanners().some((known) => known.state === 'ready' || known.state === 'busy');
  const findings = scanning.problems().map((problem) => findingOf(problem, works));
  if (scanning.scanners().length === 0)
    findings.push({
      what: 'scanner',
      state: 'note',
      vi: 'Chưa thấy máy quét nào, trên mạng cũng như qua USB.',
      en: 'No scanner was found, neither on the network nor on USB.',
      remedy:
        'Bật máy quét, cắm cáp hoặc nối mạng; máy trả lời là tự hiện. / Switch the scanner on and connect it; it is there as soon as it answers.',
    });
  return findings;
}

/** @param works a scanner that does not need this driver is there */
function findingOf({ reason, words }: FinderProblem, works: boolean): Finding {
  const what = 'scanner drivers';
  if (/not built/.test(words))
    return {
      what,
      state: 'note',
      vi: 'Phần máy quét USB của chương trình chưa được dựng trên máy này; máy quét mạng vẫn dùng được.',
      en: 'The part for USB scanners is not built on this computer; network scanners work.',
      remedy: 'Chỉ khi cần máy quét USB: chạy "node native/build.ts". / Only for a USB scanner: run "node native/build.ts".',
    };
  if (/libsane/.test(words))
    return {
      what,
      state: 'note',
      vi: 'Máy này chưa cài SANE nên không thấy máy quét USB; máy quét mạng vẫn dùng được.',
      en: 'SANE is not installed on this computer, so USB scanners are not seen; network scanners work.',
      remedy: 'Chỉ khi cần máy quét USB: cài gói libsane1. / Only for a USB scanner: install the package libsane1.',
    };
  if (reason === 'driver-missing') return { what, state: 'note', ...SENTENCES[reason] };
  return {
    what,
    state: works ? 'note' : 'hand',
    vi: `Trình điều khiển máy quét USB không làm việc (${words}); quầy tự khởi động lại nó.`,
    en: `The driver for USB scanners does not work (${words}); the counter starts it again by itself.`,
    remedy:
      'Rút máy quét USB ra rồi cắm lại; nếu vẫn báo, cài lại trình điều khiển của hãng. / Pull the USB scanner out and plug it in again; if it stays so, install its driver again.',
  };
}
