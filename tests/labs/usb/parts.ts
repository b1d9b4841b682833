import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PACKAGES = ['qemu-system-x86', 'busybox-static', 'kmod'];

export interface Parts {
  readonly qemu: string;
  readonly busybox: string;
  readonly kernel: string;
  /** `…/lib/modules/<version>` with a fresh modules.dep. */
  readonly modules: string;
}

export class MissingPart extends Error {}

const has = (command: string) => ['/usr/bin', '/usr/sbin', '/bin', '/sbin'].find((dir) => existsSync(path.join(dir, command)));

/** apt-get, quiet; throws what it said. */
function apt(args: readonly string[], cwd?: string): void {
  const run = spawnSync('apt-get', [...args], { encoding: 'utf8', cwd, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  if (run.status !== 0) throw new MissingPart(`apt-get ${args.join(' ')}: ${run.stderr.trim().split('\n').slice(-2).join(' ')}`);
}

/**
 * The packages (installed when this is root), and Debian's kernel taken out of its package without installing it.
 * @throws MissingPart with the one command to run, or what apt said
 */
export function getParts(cache: string): Parts {
  const missing = PACKAGES.filter(
    (name) => !has({ 'qemu-system-x86': 'qemu-system-x86_64', 'busybox-static': 'busybox', kmod: 'depmod' }[name] ?? name),
  );
  if (missing.length > 0) {
    if (process.getuid?.() !== 0)
      throw new MissingPart(`missing: ${missing.join(', ')}. Run: sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`);
    apt(['update', '-qq']);
    apt(['install', '-y', '-qq', '--no-install-recommends', ...missing]);
  }
  mkdirSync(cache, { recursive: true });
  if (!findKernel(cache)) {
    const depends = execFileSync('apt-cache', ['depends', 'linux-image-amd64'], { encoding: 'utf8' });
    const image = /Depends: (linux-image-\S+)/u.exec(depends)?.[1];
    if (!image) throw new MissingPart('Debian’s package lists know no linux-image-amd64. Run: apt-get update');
    apt(['download', '-qq', image], cache);
    const file = readdirSync(cache).find((name) => name.startsWith(`${image}_`) && name.endsWith('.deb'));
    if (!file) throw new MissingPart(`${image} was not downloaded`);
    execFileSync('dpkg', ['-x', path.join(cache, file), cache]);
  }
  const found = findKernel(cache);
  if (!found) throw new MissingPart('the kernel package holds no kernel');
  if (!existsSync(path.join(found.modules, 'modules.dep')))
    execFileSync(`${has('depmod') ?? '/sbin'}/depmod`, ['-b', cache, path.basename(found.modules)]);
  return { qemu: path.join(has('qemu-system-x86_64')!, 'qemu-system-x86_64'), busybox: path.join(has('busybox')!, 'busybox'), ...found };
}

function findKernel(cache: string): { kernel: string; modules: string } | null {
  const root = path.join(cache, 'lib/modules');
  const version = existsSync(root) ? readdirSync(root)[0] : undefined;
  const kernel = version && path.join(cache, 'boot', `vmlinuz-${version}`);
  return version && kernel && existsSync(kernel) ? { kernel, modules: path.join(root, version) } : null;
}

/**
 * The files to load for these modules, dependencies first. What is built into the kernel needs no file.
 * @throws MissingPart for a module that this kernel does not have
 */
export function loadOrder(modules: string, names: readonly string[]): string[] {
  const plain = (file: string) =>
    path
      .basename(file)
      .replace(/\.ko(\.xz|\.zst)?$/u, '')
      .replaceAll('-', '_');
  const depends = new Map<string, string[]>();
  const files = new Map<string, string>();
  for (const line of readFileSync(path.join(modules, 'modules.dep'), 'utf8').split('\n')) {
    const [file, rest = ''] = line.split(':');
    if (!file) continue;
    files.set(plain(file), file);
    depends.set(plain(file), rest.trim().split(' ').filter(Boolean).map(plain));
  }
  const builtIn = new Set(readFileSync(path.join(modules, 'modules.builtin'), 'utf8').split('\n').map(plain));
  const order: string[] = [];
  const add = (name: string) => {
    const file = files.get(name);
    if (!file) {
      if (builtIn.has(name)) return;
      throw new MissingPart(`the kernel has no module ${name}`);
    }
    if (order.includes(file)) return;
    for (const dependency of depends.get(name) ?? []) add(dependency);
    order.push(file);
  };
  for (const name of names) add(name.replaceAll('-', '_'));
  return order;
}
