import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Entry {
  readonly name: string;
  readonly mode: number;
  readonly data: Uint8Array;
}

const DIRECTORY = 0o040755;
const PROGRAM = 0o100755;
const FILE = 0o100644;

/** An archive in cpio's `newc` format, which the kernel unpacks as its first root. */
export function cpio(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const pad = (length: number) => Buffer.alloc((4 - (length % 4)) % 4);
  [...entries, { name: 'TRAILER!!!', mode: 0, data: new Uint8Array(0) }].forEach((entry, inode) => {
    const name = Buffer.from(`${entry.name}\0`);
    const fields = [inode + 1, entry.mode, 0, 0, 1, 0, entry.data.length, 0, 0, 0, 0, name.length, 0];
    const head = Buffer.from(`070701${fields.map((n) => n.toString(16).toUpperCase().padStart(8, '0')).join('')}`);
    parts.push(head, name, pad(head.length + name.length), Buffer.from(entry.data), pad(entry.data.length));
  });
  return Buffer.concat(parts);
}

/** Busybox, the modules in their order, and a first program that mounts the host's files and runs ours in them. */
export function buildInitramfs(options: {
  busybox: string;
  modulesDir: string;
  modules: readonly string[];
  options: Readonly<Record<string, string>>;
  command: string;
}): Buffer {
  const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
${options.modules.map((file) => `insmod /modules/${path.basename(file)} ${options.options[path.basename(file, '.ko')] ?? ''} || echo "LAB broken insmod ${path.basename(file)}"`).join('\n')}
mount -t configfs none /sys/kernel/config
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose host /host || echo "LAB broken 9p"
mount -o rbind /proc /host/proc
mount -o rbind /sys /host/sys
mount -o rbind /dev /host/dev
mount -t tmpfs tmp /host/tmp
ip link set lo up
echo "LAB boot $(cut -d' ' -f1 /proc/uptime)"
chroot /host ${options.command}
echo "LAB end $?"
poweroff -f
`;
  const directories = ['bin', 'proc', 'sys', 'dev', 'host', 'modules'].map((name) => ({ name, mode: DIRECTORY, data: new Uint8Array(0) }));
  return cpio([
    ...directories,
    { name: 'bin/busybox', mode: PROGRAM, data: readFileSync(options.busybox) },
    { name: 'init', mode: PROGRAM, data: Buffer.from(init) },
    ...options.modules.map((file) => ({
      name: `modules/${path.basename(file)}`,
      mode: FILE,
      data: readFileSync(path.join(options.modulesDir, file)),
    })),
  ]);
}
