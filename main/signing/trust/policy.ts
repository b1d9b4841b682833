import { refuse, type Refusal } from '../../contract/refusal.ts';
import { vietnamIso } from '../../store/index.ts';
import type { Certificate } from '../cms/index.ts';

/** From this many days before the end a certificate is announced. */
export const ANNOUNCE_DAYS = 60;
const DAY = 86_400_000;

export const daysLeft = (certificate: Certificate, at: number): number => Math.floor((certificate.notAfter - at) / DAY);

/** Signature algorithms of certificates that rest on SHA-1 or MD5. */
const WEAK = new Set(['1.2.840.113549.1.1.5', '1.2.840.113549.1.1.4', '1.2.840.10045.4.1', '1.3.14.3.2.29']);

/**
 * May this certificate sign a document at this time? TT 15/2025/TT-BKHCN, annex I: RSA of 2048 bits or more, ECDSA of 256 or more,
 * SHA-2; Điều 5 asks for the check before signing. RFC 5280 4.2.1.3 for the key usage.
 * @returns why not, or null
 */
export function refuseCertificate(certificate: Certificate, at: number): Refusal | null {
  const until = vietnamIso(certificate.notAfter).slice(0, 10);
  if (at > certificate.notAfter)
    return refuse(
      'certificate-expired',
      `Chứng thư đã hết hạn ngày ${dayFirst(until)}. Dùng chứng thư khác hoặc xin gia hạn.`,
      `The certificate expired on ${until}. Use another, or have it renewed.`,
    );
  if (at < certificate.notBefore)
    return refuse(
      'certificate-not-yet',
      'Chứng thư chưa đến ngày có hiệu lực. Kiểm tra đồng hồ máy hoặc dùng chứng thư khác.',
      'The certificate is not valid yet. Check the clock of this computer, or use another.',
    );
  const { key } = certificate;
  if (key.kind === 'rsa' && key.bits < 2048)
    return refuse(
      'key-too-short',
      `Khóa RSA ${key.bits} bit quá ngắn; pháp luật yêu cầu từ 2048 bit. Xin cấp chứng thư mới.`,
      `The RSA key of ${key.bits} bits is too short; the law asks for 2048 or more. Ask for a new certificate.`,
      { bits: key.bits },
    );
  if ((key.kind === 'ec' && key.curve === 'unknown') || key.kind === 'other')
    return refuse(
      'key-kind',
      'Loại khóa của chứng thư không được hỗ trợ. Dùng chứng thư RSA hoặc ECDSA P-256/P-384.',
      'The kind of key is not supported. Use a certificate with RSA, or ECDSA P-256 or P-384.',
    );
  if (WEAK.has(certificate.signatureAlgorithm))
    return refuse(
      'certificate-sha1',
      'Chứng thư được ký bằng SHA-1, không còn an toàn. Xin cấp chứng thư mới.',
      'The certificate is signed with SHA-1, which is no longer safe. Ask for a new certificate.',
    );
  const usage = certificate.keyUsage;
  if (certificate.isCa || (usage !== null && !usage.has('digitalSignature') && !usage.has('nonRepudiation'))) {
    return refuse(
      'certificate-key-usage',
      'Chứng thư này không dùng để ký tài liệu. Chọn chứng thư ký số.',
      'This certificate is not for signing documents. Choose one that is.',
    );
  }
  return null;
}

const dayFirst = (day: string): string => day.split('-').reverse().join('/');

/** `RSA 2048`, `ECDSA P-256`: what a screen shows. */
export function keyName(certificate: Certificate): string {
  const { key } = certificate;
  if (key.kind === 'rsa') return `RSA ${key.bits}`;
  return key.kind === 'ec' ? `ECDSA ${key.curve}` : 'không rõ';
}
