import { z } from 'zod';
import { deviceConfig } from '../contract/devices.ts';
import { provinceConfig } from '../delivery/index.ts';
import { checkSite, SiteError, trainingSite } from '../queue/index.ts';

/** Where the settings are wrong and how they should be, in the words of both languages. */
export interface Fault {
  readonly vi: string;
  readonly en: string;
}

/** What belongs at a place, by the name that zod has for it. */
const KINDS: Readonly<Record<string, Fault>> = {
  string: { vi: 'cần chữ trong dấu ngoặc kép', en: 'a string is needed' },
  number: { vi: 'cần một số', en: 'a number is needed' },
  int: { vi: 'cần một số nguyên', en: 'a whole number is needed' },
  boolean: { vi: 'cần true hoặc false', en: 'true or false is needed' },
  array: { vi: 'cần danh sách [ … ]', en: 'a list [ … ] is needed' },
  object: { vi: 'cần một đối tượng { … }', en: 'an object { … } is needed' },
  record: { vi: 'cần một đối tượng { … }', en: 'an object { … } is needed' },
};

/** A whole address of the kind that stands at this place. */
function addressAt(place: string): string {
  if (place.endsWith('.postgres')) return 'postgres://quay:MẬT_KHẨU@192.0.2.20/quay';
  return place.startsWith('province') ? 'https://lgsp.example/dvc' : 'http://192.0.2.11/eSCL';
}

/** One fault of zod as a place in the file and, where it can be said shortly, what belongs there. */
function faultOf(issue: z.core.$ZodIssue, at: readonly PropertyKey[]): Fault {
  const place = [...at, ...issue.path].map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${key}"`).join(', ');
    const where = place === '' ? '' : `${place}: `;
    return { vi: `${where}không có mục ${keys}`, en: `${where}there is no setting ${keys}` };
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String).join(', ');
    return { vi: `${place} (chỉ nhận: ${values})`, en: `${place} (one of: ${values})` };
  }
  if (issue.code === 'invalid_type') {
    if (place === '') return { vi: 'cả tệp (phải là một đối tượng { … })', en: 'the whole file (an object { … } is needed)' };
    const kind = KINDS[issue.expected];
    return kind ? { vi: `${place} (${kind.vi})`, en: `${place} (${kind.en})` } : { vi: place, en: place };
  }
  if (issue.code === 'invalid_format' && issue.format === 'url') {
    const example = addressAt(place);
    return { vi: `${place} (cần một địa chỉ đầy đủ, ví dụ ${example})`, en: `${place} (a whole address is needed, as ${example})` };
  }
  if (issue.code === 'too_small' && issue.origin === 'number') {
    const least = issue.minimum;
    if (issue.inclusive === false) return { vi: `${place} (phải lớn hơn ${least})`, en: `${place} (more than ${least} is needed)` };
    return { vi: `${place} (ít nhất ${least})`, en: `${place} (${least} or more)` };
  }
  if (issue.code === 'too_big' && issue.origin === 'number')
    return { vi: `${place} (nhiều nhất ${issue.maximum})`, en: `${place} (${issue.maximum} at most)` };
  const said = issue.code === 'custom' ? (issue.params as Partial<Fault> | undefined) : undefined;
  if (said?.vi && said.en) return { vi: `${place} (${said.vi})`, en: `${place} (${said.en})` };
  return { vi: place, en: place };
}

const faultsBy = (schema: z.ZodType, value: unknown, at: readonly PropertyKey[]): Fault[] => {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => faultOf(issue, at));
};

/**
 * Everything that the rooms would stumble over later, found before anything is opened: a wrong device, province or hall, a
 * counter that the hall does not have, and a setting that was mistyped and would otherwise be passed over.
 */
export function configFaults(raw: unknown, schema: z.ZodObject): Fault[] {
  const own = faultsBy(z.strictObject(schema.shape), raw, []);
  if (own.length > 0) return own;
  const config = schema.parse(raw) as {
    counterId: string;
    devices: readonly unknown[];
    province?: unknown;
    site?: Parameters<typeof checkSite>[0];
  };
  const faults = config.devices.flatMap((device, index) => faultsBy(deviceConfig, device, ['devices', index]));
  if (config.province !== undefined) faults.push(...faultsBy(provinceConfig, config.province, ['province']));
  let counters = trainingSite.counters;
  if (config.site !== undefined) {
    try {
      ({ counters } = checkSite(config.site));
    } catch (error) {
      if (error instanceof z.ZodError) faults.push(...error.issues.map((issue) => faultOf(issue, ['site'])));
      else if (error instanceof SiteError) faults.push({ vi: error.vi, en: error.message });
      else throw error;
      return faults;
    }
  }
  if (!counters.some((counter) => counter.id === config.counterId)) {
    const known = counters.map((counter) => counter.id).join(', ');
    faults.push({ vi: `counterId (sảnh chỉ có quầy: ${known})`, en: `counterId (the hall has the counters: ${known})` });
  }
  return faults;
}
