import { z } from 'zod';
import { counterArrow, languagePack } from '../contract/queue.ts';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/);
const span = z.object({ from: time, to: time }).refine((s) => s.from < s.to, 'a span ends after it starts');

export const ruleSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('head-start'),
    priorityMinutes: z.number().min(0).max(120).default(15),
    appointmentMinutes: z.number().min(0).max(120).default(15),
  }),
  z.object({
    kind: z.literal('accumulating'),
    priorityRate: z.number().min(1).max(20).default(4),
    appointmentRate: z.number().min(1).max(20).default(2),
  }),
]);
export type Rule = z.infer<typeof ruleSchema>;

const serviceSchema = z.object({
  id: z.string().min(1),
  series: z.string().regex(/^[A-Z]{1,2}$/),
  vi: z.string().min(1),
  en: z.string().min(1),
  hintVi: z.string().default(''),
  hintEn: z.string().default(''),
  /** Targets in minutes: waiting until called, being served. */
  waitTarget: z.number().positive().default(20),
  serviceTarget: z.number().positive().default(15),
  /** First guess of the mean service time, until the hall has measured its own. */
  serviceMean: z.number().positive().default(10),
  onKiosk: z.boolean().default(true),
  /** Hours in which numbers are given; absent = the site's hours. */
  hours: z.array(span).optional(),
});

/** A site as data. Checked as a whole by `checkSite`: a wrong site stops the start, with words. */
export const siteSchema = z.object({
  id: z.string().min(1),
  vi: z.string().min(1),
  en: z.string().min(1),
  training: z.boolean().default(false),
  services: z.array(serviceSchema).min(1).max(40),
  counters: z
    .array(
      z.object({
        id: z.string().min(1),
        label: z.string().min(1),
        zone: z.string().default(''),
        services: z.array(z.string()).min(1),
        /** Where it stands, seen from the seats before the board: the board's arrow points there. */
        arrow: counterArrow.default('right'),
      }),
    )
    .min(1)
    .max(400),
  rule: ruleSchema.default({ kind: 'head-start', priorityMinutes: 15, appointmentMinutes: 15 }),
  /** Who has waited longer is called before anybody else. */
  starvationMinutes: z.number().positive().default(90),
  appointments: z
    .object({
      earlyMinutes: z.number().min(0),
      lateMinutes: z.number().min(0),
      /** Shared with the booking system, which ends each code with `checkWord`; absent: any code of the right shape is taken. */
      key: z.string().min(6).optional(),
    })
    .default({ earlyMinutes: 15, lateMinutes: 15 }),
  /** `fromAge`: an ID card held under the kiosk's reader chooses this reason from that age on. */
  priorityReasons: z.array(
    z.object({ id: z.string().min(1), vi: z.string().min(1), en: z.string().min(1), fromAge: z.number().int().min(1).max(120).optional() }),
  ),
  /** The kiosk's words in languages of the place, after Vietnamese and English. */
  languages: z.array(languagePack).max(2).default([]),
  hours: z.array(span).min(1),
  /** 0 = Sunday. */
  weekdays: z.array(z.number().int().min(0).max(6)).min(1),
  /** Who sits when, for the wait estimate; a counter without a line works in all the site's hours. */
  roster: z.array(z.object({ counters: z.array(z.string()).min(1), spans: z.array(span) })).default([]),
  /** At the end of the day open tickets are closed, held for staff to take up again, or kept in their place. */
  dayEnd: z.enum(['close', 'hold', 'keep']).default('close'),
  undoSeconds: z.number().min(0).max(60).default(10),
  padSeconds: z.number().min(5).max(600).default(60),
  print: z.boolean().default(true),
  /** Leased blocks for kiosks start here, out of the way of the numbers of the day. */
  leaseFrom: z.number().int().min(2).default(701),
  /** A call that nobody could speak for so long is not spoken any more; it stays on the board. */
  voiceSeconds: z.number().min(10).max(600).default(90),
});
export type SiteInput = z.input<typeof siteSchema>;
export type Site = z.infer<typeof siteSchema>;
export type Service = Site['services'][number];

/** A hall that does not fit together: each mistake in the words of both languages (`message` is the English one). */
export class SiteError extends Error {
  readonly vi: string;
  constructor(siteId: string, mistakes: readonly { readonly vi: string; readonly en: string }[]) {
    super(`site "${siteId}": ${mistakes.map((one) => one.en).join('; ')}`);
    this.vi = `site "${siteId}": ${mistakes.map((one) => one.vi).join('; ')}`;
  }
}

/** @throws SiteError that names each mistake; ZodError when the shape is wrong */
export function checkSite(input: SiteInput): Site {
  const site = siteSchema.parse(input);
  const mistakes: { vi: string; en: string }[] = [];
  const wrong = (vi: string, en: string) => void mistakes.push({ vi, en });
  const { services, counters, priorityReasons } = site;
  const named: readonly (readonly [vi: string, en: string, values: readonly string[]])[] = [
    ['nhóm dịch vụ', 'service', services.map((s) => s.id)],
    ['dãy số', 'series', services.map((s) => s.series)],
    ['quầy', 'counter', counters.map((c) => c.id)],
    ['tên quầy', 'counter label', counters.map((c) => c.label)],
    ['lý do ưu tiên', 'priority reason', priorityReasons.map((p) => p.id)],
  ];
  for (const [vi, en, values] of named)
    for (const value of new Set(values))
      if (values.filter((v) => v === value).length > 1) wrong(`${vi} "${value}" có hai lần`, `${en} "${value}" stands twice`);
  const serviceIds = new Set(services.map((s) => s.id));
  const counterIds = new Set(counters.map((c) => c.id));
  for (const c of counters)
    for (const s of c.services)
      if (!serviceIds.has(s))
        wrong(`quầy "${c.id}" phục vụ "${s}", không có nhóm dịch vụ đó`, `counter "${c.id}" serves "${s}", which is not a service`);
  for (const s of services)
    if (!counters.some((c) => c.services.includes(s.id))) wrong(`chưa quầy nào phục vụ "${s.id}"`, `no counter serves "${s.id}"`);
  for (const line of site.roster)
    for (const c of line.counters)
      if (!counterIds.has(c)) wrong(`lịch trực nêu quầy "${c}", không có quầy đó`, `the roster names counter "${c}", which does not exist`);
  if (services.filter((s) => s.onKiosk).length > 8) wrong('ki-ốt có quá tám nhóm dịch vụ', 'more than eight services on the kiosk');
  if (mistakes.length > 0) throw new SiteError(site.id, mistakes);
  return site;
}

/** The commune centre in which officers rehearse: eight groups, five counters, open day and night. */
export const trainingSite: Site = checkSite({
  id: 'training',
  vi: 'Trung tâm Phục vụ hành chính công xã Hòa Bình (tập huấn)',
  en: 'Hoa Binh commune public administration centre (training)',
  training: true,
  services: [
    {
      id: 'chung-thuc',
      series: 'A',
      vi: 'Chứng thực',
      en: 'Certification',
      hintVi: 'Sao y bản chính, chứng thực chữ ký, hợp đồng',
      hintEn: 'Certified copies, signatures, contracts',
      waitTarget: 15,
      serviceTarget: 8,
      serviceMean: 6,
    },
    {
      id: 'ho-tich',
      series: 'B',
      vi: 'Hộ tịch',
      en: 'Civil status',
      hintVi: 'Khai sinh, kết hôn, khai tử',
      hintEn: 'Birth, marriage, death',
      waitTarget: 20,
      serviceTarget: 15,
      serviceMean: 12,
    },
    {
      id: 'trich-luc',
      series: 'C',
      vi: 'Trích lục hộ tịch',
      en: 'Civil status extracts',
      hintVi: 'Bản sao giấy khai sinh, xác nhận hôn nhân',
      hintEn: 'Copies of certificates',
      waitTarget: 15,
      serviceTarget: 8,
      serviceMean: 6,
    },
    {
      id: 'dat-dai',
      series: 'D',
      vi: 'Đất đai',
      en: 'Land',
      hintVi: 'Giấy chứng nhận, biến động đất đai',
      hintEn: 'Land-use certificates and changes',
      waitTarget: 30,
      serviceTarget: 25,
      serviceMean: 18,
    },
    {
      id: 'ho-kinh-doanh',
      series: 'E',
      vi: 'Hộ kinh doanh',
      en: 'Household business',
      hintVi: 'Thành lập, thay đổi hộ kinh doanh',
      hintEn: 'Start or change a business',
      waitTarget: 20,
      serviceTarget: 15,
      serviceMean: 12,
    },
    {
      id: 'bao-tro',
      series: 'F',
      vi: 'Bảo trợ xã hội',
      en: 'Social protection',
      hintVi: 'Trợ cấp, khuyết tật, hộ nghèo',
      hintEn: 'Allowances, disability, poverty',
      waitTarget: 20,
      serviceTarget: 20,
      serviceMean: 14,
    },
    {
      id: 'cu-tru',
      series: 'G',
      vi: 'Cư trú',
      en: 'Residence',
      hintVi: 'Thường trú, tạm trú',
      hintEn: 'Permanent and temporary residence',
      waitTarget: 20,
      serviceTarget: 12,
      serviceMean: 10,
    },
    {
      id: 'khac',
      series: 'H',
      vi: 'Thủ tục khác',
      en: 'Other',
      hintVi: 'Hỏi cán bộ hướng dẫn nếu chưa rõ',
      hintEn: 'Ask the helper if unsure',
      waitTarget: 20,
      serviceTarget: 15,
      serviceMean: 10,
    },
  ],
  counters: [
    { id: '1', label: '1', zone: 'A', arrow: 'left', services: ['chung-thuc', 'trich-luc'] },
    { id: '2', label: '2', zone: 'A', arrow: 'left', services: ['chung-thuc', 'trich-luc', 'ho-tich'] },
    { id: '3', label: '3', zone: 'A', arrow: 'up', services: ['ho-tich', 'trich-luc', 'cu-tru', 'khac'] },
    { id: '4', label: '4', zone: 'B', services: ['dat-dai', 'ho-kinh-doanh', 'khac'] },
    { id: '5', label: '5', zone: 'B', services: ['bao-tro', 'cu-tru', 'ho-kinh-doanh', 'khac'] },
  ],
  priorityReasons: [
    { id: 'cao-tuoi', vi: 'Người cao tuổi (từ 60 tuổi)', en: 'Aged 60 or more', fromAge: 60 },
    { id: 'khuyet-tat', vi: 'Người khuyết tật', en: 'Person with a disability' },
    { id: 'mang-thai', vi: 'Phụ nữ mang thai hoặc có con nhỏ dưới 36 tháng', en: 'Pregnant, or with a child under 36 months' },
    { id: 'co-cong', vi: 'Người có công với cách mạng', en: 'Person with merit to the revolution' },
  ],
  hours: [{ from: '00:00', to: '24:00' }],
  weekdays: [0, 1, 2, 3, 4, 5, 6],
});
