import type { SubIndication, Verdict } from './types.ts';

/** Everything that can be said against a signature, with its weight and its two sentences. */
const TABLE = {
  shape: [
    'TOTAL-FAILED',
    'FORMAT_FAILURE',
    'Chữ ký sai cấu trúc: vùng được ký không khớp với tệp.',
    'The signature is malformed: the signed range does not fit the file.',
  ],
  cms: ['TOTAL-FAILED', 'FORMAT_FAILURE', 'Không đọc được dữ liệu chữ ký (CMS).', 'The signature data (CMS) cannot be read.'],
  digest: ['TOTAL-FAILED', 'HASH_FAILURE', 'Nội dung đã bị thay đổi sau khi ký.', 'The signed content was changed after signing.'],
  crypto: [
    'TOTAL-FAILED',
    'SIG_CRYPTO_FAILURE',
    'Giá trị chữ ký không đúng với chứng thư số.',
    'The signature value does not fit the certificate.',
  ],
  otherCertificate: [
    'TOTAL-FAILED',
    'FORMAT_FAILURE',
    'Chữ ký chỉ định một chứng thư số khác.',
    'The signature names a different certificate.',
  ],
  unaccounted: [
    'TOTAL-FAILED',
    'FORMAT_FAILURE',
    'Sau chữ ký có dữ liệu lạ trong tệp.',
    'There are bytes after the signature that nothing accounts for.',
  ],
  modified: ['TOTAL-FAILED', 'FORMAT_FAILURE', 'Tài liệu đã bị sửa đổi sau khi ký.', 'The document was modified after signing.'],
  forbidden: [
    'TOTAL-FAILED',
    'FORMAT_FAILURE',
    'Sau khi ký có thay đổi không được phép.',
    'A later change is not permitted by the signature.',
  ],
  lockedField: [
    'TOTAL-FAILED',
    'FORMAT_FAILURE',
    'Một trường đã khóa bị thay đổi sau khi ký.',
    'A locked field was changed after signing.',
  ],
  revoked: ['TOTAL-FAILED', 'REVOKED', 'Chứng thư số đã bị thu hồi trước khi ký.', 'The certificate was revoked before signing.'],
  expired: [
    'TOTAL-FAILED',
    'EXPIRED',
    'Chữ ký được tạo sau khi chứng thư số hết hạn.',
    'The signature was made after the certificate expired.',
  ],
  notYetValid: [
    'TOTAL-FAILED',
    'NOT_YET_VALID',
    'Chữ ký được tạo trước khi chứng thư số có hiệu lực.',
    'The signature was made before the certificate became valid.',
  ],
  unsupported: [
    'INDETERMINATE',
    'SIG_CONSTRAINTS_FAILURE',
    'Loại chữ ký này không còn được dùng nên không kiểm tra được.',
    'This kind of signature is out of use and cannot be judged.',
  ],
  unknownAlgorithm: [
    'INDETERMINATE',
    'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    'Chữ ký dùng thuật toán chưa được hỗ trợ nên chưa kiểm tra được.',
    'The signature uses an algorithm that is not supported, so it cannot be checked.',
  ],
  imageDiffers: [
    'INDETERMINATE',
    'SIG_CONSTRAINTS_FAILURE',
    'Trang tài liệu nay trông khác lúc ký, hãy xem lại bản đã ký.',
    'A page looks different from what was signed; look at the signed version.',
  ],
  imageUnknown: [
    'INDETERMINATE',
    'SIG_CONSTRAINTS_FAILURE',
    'Phần thêm vào sau khi ký chưa vẽ ra được để đối chiếu. Hãy kiểm tra lại; nếu vẫn vậy, xem bản đã ký.',
    'What was added after signing could not be drawn and compared. Check again; if it stays, look at the signed version.',
  ],
  brokenFile: [
    'INDETERMINATE',
    'SIG_CONSTRAINTS_FAILURE',
    'Tệp bị hỏng cấu trúc nên không thể tin cậy chữ ký.',
    'The file is structurally broken, so the signature cannot be relied on.',
  ],
  encrypted: [
    'INDETERMINATE',
    'SIG_CONSTRAINTS_FAILURE',
    'Tệp đã ký này được đặt mật khẩu (mã hóa): nội dung không đọc được ở đây nên chưa thể kết luận chữ ký hợp lệ. Hãy xin bản không đặt mật khẩu.',
    'This signed file is encrypted: its content cannot be read here, so the signature cannot be called valid. Ask for a copy without a password.',
  ],
  noCertificate: [
    'INDETERMINATE',
    'NO_SIGNING_CERTIFICATE_FOUND',
    'Không tìm thấy chứng thư số của người ký.',
    'The certificate of the signer was not found.',
  ],
  noReference: [
    'INDETERMINATE',
    'SIG_CONSTRAINTS_FAILURE',
    'Chữ ký thiếu thuộc tính chứng thư số bắt buộc.',
    'The signature lacks the required certificate attribute.',
  ],
  timestampBroken: [
    'INDETERMINATE',
    'SIG_CONSTRAINTS_FAILURE',
    'Dấu thời gian của chữ ký không đúng.',
    'The timestamp of the signature is not right.',
  ],
  timestampOrder: [
    'INDETERMINATE',
    'TIMESTAMP_ORDER_FAILURE',
    'Thứ tự thời gian của chữ ký mâu thuẫn.',
    'The times of the signature contradict each other.',
  ],
  weak: [
    'INDETERMINATE',
    'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    'Chữ ký dùng thuật toán hoặc khóa quá yếu.',
    'The signature uses an algorithm or key that is too weak.',
  ],
  untrusted: [
    'INDETERMINATE',
    'NO_CERTIFICATE_CHAIN_FOUND',
    'Chữ ký đúng nhưng chưa rõ cơ quan cấp chứng thư số có đáng tin cậy không.',
    'The signature is right, but its issuer is not known to be trusted.',
  ],
  timestampUntrusted: [
    'INDETERMINATE',
    'NO_CERTIFICATE_CHAIN_FOUND',
    'Chưa rõ dấu thời gian do đơn vị nào tin cậy cấp.',
    'The authority of the timestamp is not known to be trusted.',
  ],
  chain: ['INDETERMINATE', 'CHAIN_CONSTRAINTS_FAILURE', 'Chuỗi chứng thư số không đúng quy định.', 'The certificate chain breaks a rule.'],
  keyUsage: [
    'INDETERMINATE',
    'CHAIN_CONSTRAINTS_FAILURE',
    'Chứng thư số không được dùng để ký.',
    'The certificate is not meant for signing.',
  ],
  revokedNoPoe: [
    'INDETERMINATE',
    'REVOKED_NO_POE',
    'Chứng thư số đã bị thu hồi và không có bằng chứng ký trước đó.',
    'The certificate is revoked, and nothing proves that the signature is older.',
  ],
  outOfBounds: [
    'INDETERMINATE',
    'OUT_OF_BOUNDS_NO_POE',
    'Chứng thư số đã hết hạn và không có bằng chứng ký trước đó.',
    'The certificate has expired, and nothing proves that the signature is older.',
  ],
  revocationUnknown: [
    'INDETERMINATE',
    'TRY_LATER',
    'Chữ ký đúng nhưng chưa biết chứng thư số có bị thu hồi không.',
    'The signature is right, but whether the certificate is revoked is not known.',
  ],
  unknownParts: [
    'INDETERMINATE',
    'SIG_CONSTRAINTS_FAILURE',
    'Chữ ký có phần dữ liệu không được bảo vệ và không rõ nghĩa.',
    'The signature carries unprotected data of unknown meaning.',
  ],
} as const satisfies Record<string, readonly [Verdict, SubIndication, string, string]>;

export type FindingCode = keyof typeof TABLE;

export interface Finding {
  code: FindingCode;
  verdict: Verdict;
  subIndication: SubIndication;
  vi: string;
  en: string;
  detail: string;
}

export function finding(code: FindingCode, detail = ''): Finding {
  const [verdict, subIndication, vi, en] = TABLE[code];
  return { code, verdict, subIndication, vi, en, detail };
}

const CODES = Object.keys(TABLE);

/** The findings, the decisive one first: what fails before what is open, and in the order of the table. */
export function ranked(findings: Finding[]): Finding[] {
  return [...findings].sort((a, b) => CODES.indexOf(a.code) - CODES.indexOf(b.code));
}
