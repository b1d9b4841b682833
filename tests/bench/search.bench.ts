import { dossierStore } from '../../main/dossiers/store.ts';
import { fold } from '../../main/contract/fold.ts';
import { businessDay } from '../../main/store/index.ts';
import { openRoom } from '../fixtures/dossier-room.ts';
import { option } from './options.ts';

const FAMILY = [
  'Nguyễn',
  'Nguyễn',
  'Nguyễn',
  'Trần',
  'Trần',
  'Lê',
  'Lê',
  'Phạm',
  'Hoàng',
  'Huỳnh',
  'Phan',
  'Vũ',
  'Võ',
  'Đặng',
  'Bùi',
  'Đỗ',
  'Hồ',
  'Ngô',
  'Dương',
  'Lý',
  'Y',
  "H'",
];
const MIDDLE = ['Thị', 'Thị', 'Thị', 'Văn', 'Văn', 'Hữu', 'Đức', 'Ngọc', 'Thanh', 'Minh', 'Thùy', 'Quốc', 'Xuân', 'Kim', 'Bảo'];
const GIVEN = [
  'Anh',
  'Bình',
  'Châu',
  'Dung',
  'Dương',
  'Đạt',
  'Giang',
  'Hà',
  'Hạnh',
  'Hằng',
  'Hiếu',
  'Hòa',
  'Hùng',
  'Hương',
  'Hường',
  'Khánh',
  'Khuê',
  'Lan',
  'Linh',
  'Long',
  'Mai',
  'Nam',
  'Nga',
  'Ngân',
  'Nghĩa',
  'Nhung',
  'Phúc',
  'Phước',
  'Quân',
  'Sơn',
  'Tâm',
  'Thảo',
  'Thuận',
  'Thưởng',
  'Trang',
  'Trung',
  'Tú',
  'Tuấn',
  'Tưởng',
  'Uyên',
  'Việt',
  'Vinh',
  'Yến',
];

/**
 * 100,000 dossiers, then what officers type: three syllables without diacritics, the last a beginning, and a few other shapes.
 * `--count N` for fewer dossiers. Aim: p99Ms under 10.
 */
export const run = (options: { json: boolean; args: string[] }): Promise<Record<string, number | string>> => {
  const count = option(options.args, '--count', 100_000);
  const kit = openRoom();
  try {
    const random = mulberry(20_261_123);
    const pick = <T>(list: readonly T[]): T => {
      const item = list[Math.floor(random() * list.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    };
    const rows = dossierStore(kit.store);
    const began = performance.now();
    const names: string[] = [];
    for (let first = 0; first < count; first += 5000) {
      kit.store.transaction(() => {
        for (let done = first; done < Math.min(count, first + 5000); done += 1) {
          const created = kit.clock.now() - (count - done) * 60_000;
          const d = rows.create(`bench-${done}`, '3', 'direct', created);
          const name = [pick(FAMILY), pick(MIDDLE), ...(random() < 0.5 ? [pick(MIDDLE)] : []), pick(GIVEN)].join(' ');
          if (names.length < 4000) names.push(name);
          const [code, title] = pick(PROCEDURES);
          const day = businessDay(created);
          const field = (value: string) => ({ value, source: 'card' as const, at: created });
          d.code = `H15.50.05.13-${day.slice(2).replaceAll('-', '')}-${String(done).padStart(6, '0')}`;
          d.body.applicant = {
            fullName: field(name),
            idNumber: field(String(Math.floor(random() * 1e12)).padStart(12, '0')),
            phone: field(`09${Math.floor(random() * 1e8)}`),
          };
          d.procedure = { code, version: '1', name: title, caseId: 'chung', caseName: '', immediate: false, result: '' };
          d.body.request = title;
          d.axes = { business: 'returned', money: 'paid', paper: 'citizen', sync: 'acknowledged' };
          d.receivedAt = created;
          d.receivedDay = day;
          rows.save(d);
        }
      });
    }
    const fillMs = performance.now() - began;

    const three = (): string => {
      const parts = fold(pick(names)).split(' ').slice(0, 3);
      const last = parts.pop() ?? '';
      return [...parts, last.slice(0, 1 + Math.floor(random() * last.length))].join(' ');
    };
    const times = (query: () => string, n: number): number[] => {
      const out: number[] = [];
      for (let i = 0; i < n; i += 1) {
        const text = query();
        const start = performance.now();
        kit.room.search(text, 20);
        out.push(performance.now() - start);
      }
      return out.sort((a, b) => a - b);
    };
    times(three, 50);
    const main = times(three, 1500);
    const withProcedure = times(
      () => `${fold(pick(names)).split(' ').slice(0, 2).join(' ')} ${pick(['khai sinh', 'chung thuc', 'ket h', 'trich luc'])}`,
      300,
    );
    const byNumber = times(
      () =>
        String(Math.floor(random() * 1e12))
          .padStart(12, '0')
          .slice(0, 7),
      300,
    );
    const quantile = (list: number[], q: number): number =>
      Math.round((list[Math.min(list.length - 1, Math.floor(list.length * q))] ?? 0) * 1000) / 1000;
    return Promise.resolve({
      dossiers: count,
      queries: main.length,
      p50Ms: quantile(main, 0.5),
      p99Ms: quantile(main, 0.99),
      maxMs: quantile(main, 1),
      withProcedureP99Ms: quantile(withProcedure, 0.99),
      idNumberP99Ms: quantile(byNumber, 0.99),
      fillMs: Math.round(fillMs),
    });
  } finally {
    kit.close();
  }
};

const PROCEDURES: [string, string][] = [
  ['2.000815', 'Chứng thực bản sao từ bản chính'],
  ['2.000884', 'Chứng thực chữ ký trong giấy tờ, văn bản'],
  ['1.001193', 'Đăng ký khai sinh'],
  ['1.000894', 'Đăng ký kết hôn'],
  ['2.000635', 'Cấp bản sao trích lục hộ tịch'],
  ['1.004859', 'Thay đổi, cải chính, bổ sung thông tin hộ tịch'],
  ['1.000656', 'Đăng ký khai tử'],
  ['1.001612', 'Đăng ký thành lập hộ kinh doanh'],
];

/** A small seeded generator: the same dossiers and questions in every run. */
function mulberry(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
