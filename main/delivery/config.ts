import { z } from 'zod';
import { backEnds } from './adapters/names.ts';

const hours = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Dossiers carry personal data: they leave this machine over TLS or not at all. */
const address = z.url({ protocol: /^https?$/ }).refine(
  (url) => {
    // What is no address at all has its own sentence.
    if (!URL.canParse(url)) return true;
    const { protocol, hostname } = new URL(url);
    return protocol === 'https:' || LOOPBACK.test(hostname);
  },
  {
    message: 'https is needed: plain http is for a province on this machine only',
    params: {
      vi: 'cần https; http chỉ dùng cho hệ thống mô phỏng trên chính máy này',
      en: 'https is needed; plain http is for a virtual province on this machine',
    },
  },
);

/** How to reach the province; read from the station's configuration and checked before anything is sent. */
export const provinceConfig = z.strictObject({
  adapter: z.enum(backEnds.map((one) => one.name)),
  /** `https://lgsp.tinh.gov.vn/dvc`; plain http only for a virtual province on this machine. */
  baseUrl: address,
  /** Code of our own agency there, `H15.50.05.13`. */
  agency: z.string().min(3).max(35),
  /** Classic interface: the `dstcode` header of its login. */
  destination: z.string().default(''),
  uploads: z.enum(['whole', 'tus']).default('whole'),
  /** Address of our tus gateway; needed for `tus` and for the classic interface, which takes links only. */
  gatewayUrl: address.nullable().default(null),
  parallel: z.number().int().min(1).max(16).default(4),
  /** Longest silence on the line, ms. */
  idleMs: z.number().int().min(200).default(20_000),
  /** Longest wait between two tries, ms. */
  retryCapMs: z.number().int().min(100).default(60_000),
  bulk: z
    .strictObject({
      /** Work that carries more bytes than this goes after the small work. */
      largeBytes: z
        .number()
        .int()
        .positive()
        .default(4 * 1024 * 1024),
      bytesPerSecond: z.number().int().positive().nullable().default(null),
      from: hours.nullable().default(null),
      to: hours.nullable().default(null),
    })
    .prefault({}),
  /** Hosts that may be reached; empty: the hosts of baseUrl and gatewayUrl alone. */
  allowHosts: z.array(z.string()).default([]),
  proxy: z.url().nullable().default(null),
  tls: z
    .strictObject({
      caFile: z.string().optional(),
      certFile: z.string().optional(),
      keyFile: z.string().optional(),
      pfxFile: z.string().optional(),
      pinnedSha256: z.string().optional(),
      /** Client certificate whose key is on a token (PKCS#11); the PIN is in the safe. */
      token: z
        .strictObject({
          /** PKCS#11 module of the token, `/usr/lib/softhsm/libsofthsm2.so`. */
          module: z.string(),
          /** RFC 7512 without a PIN, `pkcs11:token=...;object=...;type=private`. */
          keyUri: z
            .string()
            .startsWith('pkcs11:')
            .refine((uri) => !uri.includes('pin-'), 'the PIN belongs into the safe'),
          certFile: z.string(),
          /** OpenSSL's PKCS#11 engine; else where Debian and Fedora put it. */
          engine: z.string().optional(),
        })
        .optional(),
    })
    .prefault({}),
  /** Another mapping file than the one we bring along. */
  mappingFile: z.string().nullable().default(null),
  /** Another rule for how long evidence is kept than the one we bring along. */
  keepingFile: z.string().nullable().default(null),
});
export type ProvinceConfig = z.output<typeof provinceConfig>;
export type ProvinceConfigInput = z.input<typeof provinceConfig>;
