import { closeSync, openSync, readSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * File names of PKCS#11 modules that Vietnamese tokens bring, without ending; upper and lower case do not matter. Which
 * certificate authority issued a token is never guessed from its module. Source: reference list of installed drivers.
 */
const WINDOWS_NAMES = [
  // Public duty (VGCA): SafeNet and Bit4ID.
  'eTPKCS11',
  'bit4xpki',
  'IDPrimePKCS1164',
  // Public authorities; many are renamed EnterSafe drivers.
  'viettel-ca',
  ...numbered('viettel-ca_v', 1, 6),
  ...numbered('vnptca_p11_v', 6, 10),
  'vnpt-ca_csp11',
  'vnpt-ca_v34',
  'vnpt-ca_cl_v1',
  'vnpt-ca_v4',
  ...numbered('fptca_v', 3, 6),
  'fpt-ca',
  'fpt-ca_v4',
  'fpt-ca_v5',
  'fpt-ca-stx',
  'BkavCA',
  'BkavCAv2S',
  'BkavCAv25',
  'BkavCAv2T',
  'st3csp11',
  'ncca_csp11_v1',
  'CA2_csp11',
  'CA2_v34',
  ...numbered('nca_v', 4, 9),
  'newca_v4',
  'Vina-CA',
  'Vina-CA_v4',
  'safe-ca',
  'efy-ca_v1',
  'fca_v1',
  'ica_csp11_v1',
  'misaca_csp11_v2',
  'gclib',
  'ShuttleCsp11_3003',
  'eps2003csp11',
  'ngp11v211',
  'wdsafe3',
  'WDPKCS',
  'psapkcs',
  'aetpkss1',
  'acospkcs11',
  'opensc-pkcs11',
];
const LINUX_NAMES = [
  'libeTPkcs11',
  'libbit4xpki',
  'libcastle',
  'fptca_v4',
  'libviettel-ca',
  'libvnptca_p11',
  'libnca',
  'libeps2003csp11',
  'libIDPrimePKCS11',
  'opensc-pkcs11',
];

function numbered(stem: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${stem}${from + i}`);
}

/** Folders in which drivers put their modules. */
function folders(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): string[] {
  if (platform === 'win32') return [path.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32')];
  if (platform === 'darwin') return ['/usr/local/lib', '/Library/OpenSC/lib'];
  return ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/usr/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu/pkcs11', '/usr/lib/pkcs11'];
}

export interface FindOptions {
  readonly platform?: NodeJS.Platform;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Instead of the system's folders. */
  readonly folders?: readonly string[];
}

/** Modules of the known-name table that are installed here, in the order of the table. */
export function knownModules(options: FindOptions = {}): string[] {
  const platform = options.platform ?? process.platform;
  const names = platform === 'win32' ? WINDOWS_NAMES : LINUX_NAMES;
  const ending = platform === 'win32' ? '.dll' : platform === 'darwin' ? '.dylib' : '.so';
  const wanted = new Map(names.map((name, order) => [`${name}${ending}`.toLowerCase(), order]));
  const found: { file: string; order: number }[] = [];
  for (const folder of options.folders ?? folders(platform, options.env ?? process.env)) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder)) {
      const order = wanted.get(entry.toLowerCase());
      if (order !== undefined) found.push({ file: path.join(folder, entry), order });
    }
  }
  return found.sort((a, b) => a.order - b.order).map((one) => one.file);
}

export type ModuleFault = 'missing' | 'not-a-library' | 'wrong-architecture' | 'no-function-list';

const FUNCTION_LIST = Buffer.from('C_GetFunctionList\0', 'latin1');
const MACHINES: Record<string, { elf: number; pe: number; bits: 32 | 64 }> = {
  x64: { elf: 62, pe: 0x8664, bits: 64 },
  arm64: { elf: 183, pe: 0xaa64, bits: 64 },
  ia32: { elf: 3, pe: 0x014c, bits: 32 },
};

/**
 * Looks into a module before anything loads it: is it a library for this machine, and does it name `C_GetFunctionList`?
 * A 32-bit driver in a 64-bit process would only fail with an obscure message.
 * @returns null when it may be loaded
 */
export function moduleFault(file: string, arch: string = process.arch): ModuleFault | null {
  if (!existsSync(file)) return 'missing';
  const machine = MACHINES[arch] ?? MACHINES['x64'];
  const head = readHead(file);
  if (!head || !machine) return 'not-a-library';
  let found: number | null = null;
  let wanted = machine.elf;
  if (head.length > 20 && head.readUInt32BE(0) === 0x7f454c46) found = head.readUInt16LE(18);
  else if (head.length > 64 && head.toString('latin1', 0, 2) === 'MZ') {
    const pe = head.readUInt32LE(60);
    if (pe + 6 > head.length || head.toString('latin1', pe, pe + 2) !== 'PE') return 'not-a-library';
    found = head.readUInt16LE(pe + 4);
    wanted = machine.pe;
  }
  if (found === null) return 'not-a-library';
  if (found !== wanted) return 'wrong-architecture';
  return contains(file, FUNCTION_LIST) ? null : 'no-function-list';
}

function readHead(file: string): Buffer | null {
  try {
    const fd = openSync(file, 'r');
    try {
      const head = Buffer.alloc(4096);
      return head.subarray(0, readSync(fd, head, 0, head.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

const BLOCK = 1 << 20;

function contains(file: string, wanted: Buffer): boolean {
  const fd = openSync(file, 'r');
  try {
    let kept = Buffer.alloc(0);
    for (let at = 0; ;) {
      const block = Buffer.alloc(BLOCK);
      const got = readSync(fd, block, 0, BLOCK, at);
      if (got === 0) return false;
      const both = Buffer.concat([kept, block.subarray(0, got)]);
      if (both.includes(wanted)) return true;
      kept = both.subarray(Math.max(0, both.length - wanted.length));
      at += got;
    }
  } finally {
    closeSync(fd);
  }
}
