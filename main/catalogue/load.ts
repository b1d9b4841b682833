import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import {
  agenciesFile,
  calendarFile,
  placeFile,
  priorityFile,
  procedure,
  type Agency,
  type CalendarData,
  type Place,
  type Procedure,
} from './schema.ts';

/** An entry that could not be used at all, or one that can and has a fault. Listed for the officer, never hidden. */
export interface CatalogueFault {
  readonly code: string;
  readonly name: string;
  readonly problem: string;
  readonly advice: string;
  readonly usable: boolean;
}

export interface CatalogueData {
  readonly place: Place;
  readonly calendar: CalendarData;
  readonly agencies: readonly Agency[];
  readonly priority: z.infer<typeof priorityFile>;
  /** All versions of all usable entries. */
  readonly procedures: readonly Procedure[];
  readonly faults: readonly CatalogueFault[];
}

/** The catalogue's frame (place, calendar, agencies) is broken: the counter cannot promise dates and must not start. */
export class CatalogueError extends Error {
  readonly vi: string;
  constructor(file: string, detail: string) {
    super(`The catalogue file ${file} cannot be used: ${detail}. Correct it or restore the one that came with Quầy.`);
    this.vi = `Tệp danh mục ${file} không dùng được: ${detail}. Hãy sửa tệp hoặc lấy lại tệp kèm theo Quầy.`;
  }
}

/** Reads `resources/catalogue` (or a copy of it that a province maintains). */
export function loadCatalogue(dir: string): CatalogueData {
  const folder = path.join(dir, 'procedures');
  const raw = readdirSync(folder)
    .filter((f) => f.endsWith('.json'))
    .sort()
    .flatMap((f) => {
      const parsed = z.array(z.unknown()).safeParse(readJson(path.join(folder, f)));
      if (!parsed.success) throw new CatalogueError(f, 'a list of procedures was expected');
      return parsed.data;
    });
  const frame = <S extends z.ZodType>(name: string, schema: S): z.output<S> => {
    const parsed = schema.safeParse(readJson(path.join(dir, name)));
    if (!parsed.success) throw new CatalogueError(name, firstIssue(parsed.error));
    return parsed.data;
  };
  return checkCatalogue({
    place: frame('place.json', placeFile),
    calendar: frame('calendar.json', calendarFile),
    agencies: frame('agencies.json', agenciesFile),
    priority: frame('priority.json', priorityFile),
    procedures: raw,
  });
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new CatalogueError(path.basename(file), error instanceof Error ? error.message : String(error));
  }
}

/** Sorts entries into usable ones and faults; nothing is dropped without a line that says so. */
export function checkCatalogue(frame: Omit<CatalogueData, 'procedures' | 'faults'> & { procedures: readonly unknown[] }): CatalogueData {
  const procedures: Procedure[] = [];
  const faults: CatalogueFault[] = [];
  const agencies = new Set(frame.agencies.map((a) => a.key));
  frame.procedures.forEach((entry, index) => {
    const named = z.object({ code: z.string(), name: z.string() }).partial().safeParse(entry);
    const code = (named.success && named.data.code) || `entry ${index + 1}`;
    const name = (named.success && named.data.name) || 'Thủ tục không tên';
    const parsed = procedure.safeParse(entry);
    if (!parsed.success) {
      faults.push({
        code,
        name,
        problem: `Cấu hình lỗi: ${firstIssue(parsed.error)}.`,
        advice: 'Chưa tiếp nhận trên máy được; báo quản trị danh mục và hướng dẫn công dân theo bản giấy niêm yết.',
        usable: false,
      });
      return;
    }
    const clash = procedures.find((p) => p.code === parsed.data.code && overlaps(p, parsed.data));
    if (clash) {
      faults.push({
        code,
        name,
        problem: `Cấu hình lỗi: phiên bản ${parsed.data.version} trùng thời gian hiệu lực với phiên bản ${clash.version}.`,
        advice: `Đang dùng phiên bản ${clash.version}; báo quản trị danh mục chọn lại ngày hiệu lực.`,
        usable: true,
      });
      return;
    }
    procedures.push(parsed.data);
    for (const problem of softProblems(parsed.data, agencies)) faults.push({ code, name, ...problem, usable: true });
  });
  return { ...frame, procedures, faults };
}

const overlaps = (a: Procedure, b: Procedure): boolean =>
  a.effectiveFrom <= (b.effectiveTo ?? '9999-12-31') && b.effectiveFrom <= (a.effectiveTo ?? '9999-12-31');

/** Faults of an entry that can still be worked with. */
function softProblems(p: Procedure, agencies: ReadonlySet<string>): { problem: string; advice: string }[] {
  const out: { problem: string; advice: string }[] = [];
  const add = (problem: string, advice: string) => void out.push({ problem, advice });
  if (p.code.startsWith('pending:'))
    add(
      'Đã công bố nhưng chưa có mã trên cơ sở dữ liệu quốc gia.',
      'Tiếp nhận được; hồ sơ chỉ gửi tỉnh sau khi có mã, hãy kiểm tra danh mục mới.',
    );
  if (!agencies.has(p.receiving)) add('Thiếu cơ quan tiếp nhận.', 'Báo quản trị danh mục; giấy hẹn sẽ ghi Trung tâm là nơi tiếp nhận.');
  if (!agencies.has(p.competent)) add('Chưa xác định cơ quan có thẩm quyền.', 'Tiếp nhận được; hồ sơ nằm ở danh sách chờ phân cơ quan.');
  for (const c of p.cases) {
    const where = p.cases.length > 1 ? ` (${c.name})` : '';
    if (c.components.length === 0)
      add(`Thiếu thành phần hồ sơ${where}.`, 'Đối chiếu quyết định công bố và ghi thành phần vào ghi chú trước khi tiếp nhận.');
    if (c.limit.unit !== 'same-day' && c.limit.amount === 0)
      add(`Thiếu thời hạn giải quyết${where}.`, 'Nhập ngày hẹn bằng tay kèm căn cứ.');
    for (const k of c.components)
      if (k.declaration && !k.form)
        add(`Thiếu số mẫu của "${k.name}"${where}.`, 'Hỏi bộ phận chuyên môn mẫu đang dùng trước khi phát tờ khai.');
    const keys = c.components.map((k) => k.key);
    if (new Set(keys).size < keys.length) add(`Thành phần hồ sơ trùng khóa${where}.`, 'Báo quản trị danh mục.');
  }
  const quantities = new Set(p.quantities.map((q) => q.key));
  const lines = new Set(p.fees.map((f) => f.key));
  for (const f of p.fees) {
    const needed = f.rule.type === 'per' ? [f.rule.quantity] : f.rule.type === 'tiers' ? [f.rule.quantity, f.rule.times] : [];
    if (needed.some((q) => !quantities.has(q)))
      add(`Mức thu "${f.name}" tính theo số lượng không có trong thủ tục.`, 'Kiểm tra số tiền trước khi thu.');
  }
  for (const r of p.reductions)
    if (r.lines.some((l) => !lines.has(l))) add(`Miễn, giảm "${r.text}" nhắc tới khoản thu không có.`, 'Kiểm tra số tiền trước khi thu.');
  return out;
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'không rõ lý do';
  const at = issue.path.join('.');
  return at ? `${at}: ${issue.message}` : issue.message;
}
