import { existsSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isRefusal } from '../contract/refusal.ts';
import { openCounter, type Counter } from '../counter.ts';
import { readConfig } from '../counter/config.ts';
import { DataDirBusyError } from '../counter/lock.ts';
import { defaultDataDir, startFailure } from '../counter/start.ts';
import { doctorRow, doctorRows, lastKnownHealth, type DoctorRow } from '../devices/index.ts';
import { scannerFindings } from './doctor-scanners.ts';
import { systemClock, vietnamIso } from '../store/index.ts';

/** `npm run doctor [-- --data DIR] [--json]`: how everything is, one line each, and what to do. Exit 1 when something needs a hand. */
export interface Finding {
  readonly what: string;
  /** `fine`; `hand`: somebody must do something; `note`: worth knowing. */
  readonly state: 'fine' | 'hand' | 'note';
  readonly vi: string;
  readonly en: string;
  readonly remedy?: string;
  /** Of a device: its state, since when (epoch ms), and when it last answered. */
  readonly device?: Pick<DoctorRow, 'deviceState' | 'reasons' | 'since' | 'lastSeen'>;
}

const LOW_DISK = 2 * 1024 ** 3;
/** Devices answer their first heartbeat within this time, or they are not there. */
const DEVICES_MS = 6_000;

export async function examine(dataDir: string): Promise<Finding[]> {
  const made = firstMissing(dataDir);
  try {
    const findings = await look(dataDir);
    if (made !== null)
      findings.splice(1, 0, {
        what: 'data',
        state: 'note',
        vi: `Chưa có thư mục dữ liệu ${dataDir}: dưới đây là một quầy tập huấn mới. Nếu đây là quầy thật, hãy xem lại --data.`,
        en: `There is no data folder ${dataDir}: what follows is a new training counter. If this is a live station, look at --data again.`,
      });
    return findings;
  } finally {
    // Looking leaves nothing behind: a mistyped folder must not become a station.
    if (made !== null) rmSync(made, { recursive: true, force: true });
  }
}

/** The topmost folder on the way to `dir` that does not exist yet, or null. */
function firstMissing(dir: string): string | null {
  let missing: string | null = null;
  for (let at = path.resolve(dir); !existsSync(at); at = path.dirname(at)) missing = at;
  return missing;
}

async function look(dataDir: string): Promise<Finding[]> {
  const findings: Finding[] = [node(), disk(dataDir), clock()];
  let counter: Counter | undefined;
  try {
    counter = await openCounter({ dataDir, port: 0, lan: false });
  } catch (error) {
    if (error instanceof DataDirBusyError) {
      findings.push({
        what: 'counter',
        state: 'note',
        vi: 'Quầy đang chạy và giữ các thiết bị; dưới đây là điều quầy ghi lại gần nhất (trong vòng một phút). Kết nối tỉnh xem ở trang Gửi tỉnh.',
        en: 'The counter is running and holds the devices; what follows is what it wrote last, a minute ago at most. See the outbox for the province.',
      });
      return [...findings, ...whatItWrote(dataDir)];
    }
    const { vi, en } = startFailure(error, { dataDir, port: 0 });
    findings.push({ what: 'database', state: 'hand', vi: vi.split('\n')[0]!, en: en.split('\n')[0]! });
    return findings;
  }
  try {
    findings.push(database(counter), ...(await devices(counter)), ...(await tokens(counter)), ...(await province(counter)));
  } finally {
    await counter.close();
  }
  return findings;
}

/** The devices as the running counter wrote them down. */
function whatItWrote(dataDir: string): Finding[] {
  try {
    const mode = readConfig(dataDir).training ? 'training' : 'station';
    return lastKnownHealth(path.join(dataDir, mode, 'quay.sqlite')).map((health) => findingOf(doctorRow(health, systemClock.now())));
  } catch {
    return [];
  }
}

function node(): Finding {
  return { what: 'node', state: 'fine', vi: `Node ${process.versions.node}`, en: `Node ${process.versions.node}` };
}

function disk(dataDir: string): Finding {
  let at = path.resolve(dataDir);
  while (!existsSync(at)) at = path.dirname(at);
  const { bavail, bsize } = statfsSync(at);
  const free = bavail * bsize;
  const gib = (free / 1024 ** 3).toFixed(1);
  return free < LOW_DISK
    ? {
        what: 'disk',
        state: 'hand',
        vi: `Ổ đĩa chỉ còn ${gib} GB.`,
        en: `Only ${gib} GB of disk are free.`,
        remedy: 'Dọn ổ đĩa: cần ít nhất 2 GB để giữ hồ sơ quét khi mất mạng. / Free at least 2 GB: scans are kept while the line is down.',
      }
    : { what: 'disk', state: 'fine', vi: `Ổ đĩa còn ${gib} GB.`, en: `${gib} GB of disk are free.` };
}

function clock(): Finding {
  const year = new Date().getUTCFullYear();
  // Nothing here depends on the system's zone; a wrong year shows an empty clock battery.
  return year < 2026 || year > 2040
    ? {
        what: 'clock',
        state: 'hand',
        vi: `Đồng hồ máy chỉ năm ${year}.`,
        en: `The clock says ${year}.`,
        remedy: 'Chỉnh ngày giờ của máy (có thể hết pin CMOS). / Set the clock; its battery may be empty.',
      }
    : {
        what: 'clock',
        state: 'fine',
        vi: `Đồng hồ: ${new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ')} (giờ Việt Nam).`,
        en: 'The clock is plausible.',
      };
}

function database(counter: Counter): Finding {
  const result = counter.rooms.store.db.pragma('quick_check', { simple: true });
  return result === 'ok'
    ? { what: 'database', state: 'fine', vi: 'Cơ sở dữ liệu nguyên vẹn.', en: 'The database is whole.' }
    : {
        what: 'database',
        state: 'hand',
        vi: 'Cơ sở dữ liệu bị hỏng.',
        en: 'The database is damaged.',
        remedy:
          'Đừng ghi thêm; sao chép thư mục dữ liệu rồi gọi hỗ trợ để phục hồi từ bản sao lưu. / Write nothing more; copy the data folder and call support.',
      };
}

const findingOf = (row: DoctorRow): Finding => {
  const { id, deviceState, reasons, since, lastSeen, vi, en, remedy } = row;
  return {
    what: id,
    state: row.state === 'ok' ? 'fine' : 'hand',
    vi,
    en,
    ...(remedy ? { remedy } : {}),
    device: { deviceState, reasons, since, lastSeen },
  };
};

async function devices(counter: Counter): Promise<Finding[]> {
  const { devices: room, scanning } = counter.rooms;
  // A whole look around: what the drivers lack is known when they have looked for their devices.
  await scanning.discover().catch(() => undefined);
  const findings = (await doctorRows(room, systemClock.now(), DEVICES_MS)).map(findingOf);
  findings.push(...scannerFindings(scanning));
  if (findings.length === 0)
    findings.push({
      what: 'devices',
      state: 'hand',
      vi: 'Chưa có thiết bị nào được cài.',
      en: 'No device is set up.',
      remedy: 'Mở trang Thiết bị, chọn Tìm thiết bị. / Open the Devices page and choose Find.',
    });
  return findings;
}

async function tokens(counter: Counter): Promise<Finding[]> {
  const list = await counter.rooms.signing.tokens();
  const findings = list.problems.map((problem): Finding => ({
    what: path.basename(problem.module),
    state: 'hand',
    vi: problem.vi,
    en: problem.en,
  }));
  for (const token of list.tokens) {
    const ending = token.certificates.filter((certificate) => certificate.expiring);
    const words = (language: 'vi' | 'en') =>
      ending
        .map(({ subject, daysLeft, notAfter }) => {
          const day = vietnamIso(notAfter).slice(0, 10).split('-').reverse().join('/');
          if (daysLeft < 0) return language === 'vi' ? `${subject} đã hết hạn ${day}` : `${subject} ended on ${day}`;
          return language === 'vi' ? `${subject} còn ${daysLeft} ngày (${day})` : `${subject} ends in ${daysLeft} days (${day})`;
        })
        .join('; ');
    const bad = token.locked || ending.length > 0;
    findings.push({
      what: `token ${token.label}`,
      state: bad ? 'hand' : 'fine',
      vi: token.locked
        ? `Token ${token.label} đã khóa.`
        : bad
          ? `Token ${token.label}: chứng thư của ${words('vi')}.`
          : `Token ${token.label} dùng được, ${token.certificates.length} chứng thư.`,
      en: token.locked
        ? `Token ${token.label} is locked.`
        : bad
          ? `Token ${token.label}: the certificate of ${words('en')}.`
          : `Token ${token.label} works, certificates: ${token.certificates.length}.`,
      ...(token.locked
        ? { remedy: 'Liên hệ nơi cấp token để mở khóa. / Ask the issuer to unlock it.' }
        : bad
          ? { remedy: 'Gửi đề nghị gia hạn tới nơi cấp ngay. / Ask the issuer to renew it now.' }
          : {}),
    });
  }
  if (findings.length === 0)
    findings.push({
      what: 'token',
      state: 'note',
      vi: 'Không thấy token ký số nào; kết quả sẽ nằm ở danh sách chờ ký.',
      en: 'No signing token is plugged in; results wait on the list to be signed.',
    });
  return findings;
}

async function province(counter: Counter): Promise<Finding[]> {
  const { delivery } = counter.rooms;
  // Signing in changes nothing over there; asking for a code would use one up.
  const answer = await delivery.desk.signIn(undefined, undefined);
  const { line, unsent } = delivery.summary();
  const waiting = unsent === 0 ? '' : ` ${unsent} việc chưa gửi.`;
  const findings: Finding[] = [
    isRefusal(answer) || line.state !== 'up'
      ? {
          what: 'province',
          state: 'hand',
          vi: `${isRefusal(answer) ? answer.vi : line.text.vi}${waiting}`,
          en: isRefusal(answer) ? answer.en : line.text.en,
          remedy: 'Xem trang Gửi tỉnh: lý do và việc cần làm đứng cạnh từng hồ sơ. / See the delivery page: why, and what to do.',
        }
      : { what: 'province', state: 'fine', vi: `Hệ thống tỉnh trả lời.${waiting}`, en: 'The provincial system answers.' },
  ];
  const skew = delivery.health().clockSkewMs;
  if (skew !== null && Math.abs(skew) > 120_000)
    findings.push({
      what: 'clock',
      state: 'hand',
      vi: `Đồng hồ máy lệch ${Math.round(Math.abs(skew) / 60_000)} phút so với hệ thống tỉnh.`,
      en: `The clock is ${Math.round(Math.abs(skew) / 60_000)} minutes off the province's.`,
      remedy: 'Chỉnh giờ máy. / Set the clock.',
    });
  return findings;
}

const MARK = { fine: '✓', hand: '✗', note: '·' } as const;

if (process.argv[1] === import.meta.filename) {
  let values: { data?: string; json?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({ options: { data: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } } }));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nnpm run doctor [-- --data DIR] [--json]\n`);
    process.exit(64);
  }
  if (values.help) {
    process.stdout.write('npm run doctor [-- --data DIR] [--json]\n');
    process.exit(0);
  }
  const dataDir = values.data ? path.resolve(process.env['INIT_CWD'] ?? process.cwd(), values.data) : defaultDataDir();
  const findings = await examine(dataDir);
  const hands = findings.filter((finding) => finding.state === 'hand').length;
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({ findings, hands, version: (JSON.parse(readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }).version })}\n`,
    );
  else
    for (const finding of findings)
      process.stdout.write(`${MARK[finding.state]} ${finding.vi} / ${finding.en}${finding.remedy ? `\n    → ${finding.remedy}` : ''}\n`);
  process.exit(hands > 0 ? 1 : 0);
}
