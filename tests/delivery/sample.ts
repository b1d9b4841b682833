import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CanonicalDossierInput, CanonicalFile } from '../../main/delivery/canonical.ts';

/** Writes bytes under the data folder and gives their manifest entry. For tests, benches and rehearsals. */
export function sampleFile(dataDir: string, name: string, bytes: Buffer): CanonicalFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const relative = `scans/${sha256.slice(0, 16)}-${name}`;
  mkdirSync(path.join(dataDir, 'scans'), { recursive: true });
  writeFileSync(path.join(dataDir, relative), bytes);
  return { path: relative, sha256, size: bytes.length, name, resultCode: null };
}

/** An invented dossier in the canonical shape. */
export function sampleDossier(
  dossierId: string,
  files: CanonicalFile[],
  change: Partial<CanonicalDossierInput> = {},
): CanonicalDossierInput {
  const person = {
    kind: 'citizen' as const,
    name: 'Nguyễn Thị Mẫu',
    idNumber: '001099000001',
    idIssuedOn: '2021-05-04',
    bornOn: '1999-02-03',
    provinceCode: '66',
    communeCode: '24133',
    address: 'Số 1, đường Mẫu, phường An Bình',
    phone: '0900000001',
  };
  return {
    dossierId,
    code: null,
    provisionalCode: `TAM-Q3-261123-${dossierId}`,
    procedure: { code: '1.001193', name: 'Đăng ký khai sinh', serviceCode: '1.001193.01', fieldCode: 'G15-HT01', fieldName: 'Hộ tịch' },
    applicant: person,
    owner: person,
    agencies: {
      receiving: { code: 'H15.50.05.13', name: 'UBND phường An Bình' },
      competent: { code: 'H15.50.05.13', name: 'UBND phường An Bình' },
    },
    submittedAt: 1_795_142_400_000,
    receivedAt: 1_795_142_400_000,
    dueAt: 1_795_170_600_000,
    channel: 'counter',
    summary: 'Đăng ký khai sinh cho con',
    receivedBy: { name: 'Lê Thị Mẫu', title: 'Công chức tiếp nhận', unit: 'Trung tâm Phục vụ hành chính công' },
    components: files.map((file, i) => ({ code: `TP${i + 1}`, name: `Giấy tờ ${i + 1}`, quantity: 1, kind: 0 as const, files: [file] })),
    fees: [{ code: 'LP01', name: 'Lệ phí', amount: 8000, kind: 'fee', collected: 'reception', paid: true }],
    ...change,
  };
}

/** The number that a counter gives where the province gives none. */
export const classicCode = (n: number): string => `H15.50.05.13-261123-${String(n).padStart(8, '0')}`;
