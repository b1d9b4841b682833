import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';

export interface Guest {
  readonly process: ChildProcess;
  /** One command of QEMU's machine protocol. */
  qmp(command: string, args?: Record<string, unknown>): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Boots a machine in software emulation (KVM is not everywhere) with the host's files as its own, read-only, and a USB
 * serial adapter whose wire ends at a TCP port of the host.
 */
export async function bootGuest(options: {
  qemu: string;
  kernel: string;
  initramfs: string;
  dir: string;
  serialPort: number;
  onLine: (line: string) => void;
}): Promise<Guest> {
  const socketPath = path.join(options.dir, 'qmp');
  const child = spawn(
    options.qemu,
    [
      ['-machine', 'q35,accel=tcg', '-cpu', 'max', '-smp', '1', '-m', '1024', '-nodefaults', '-nographic', '-no-reboot'],
      [
        '-kernel',
        options.kernel,
        '-initrd',
        options.initramfs,
        '-append',
        'console=ttyS0 quiet loglevel=3 panic=-1 random.trust_cpu=on rdinit=/init',
      ],
      ['-serial', 'stdio', '-qmp', `unix:${socketPath},server=on,wait=off`],
      ['-virtfs', 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap'],
      ['-device', 'virtio-rng-pci', '-device', 'qemu-xhci,id=xhci'],
      ['-chardev', `socket,id=wire,host=127.0.0.1,port=${options.serialPort},reconnect=1`],
      ['-device', 'usb-serial,id=adapter,bus=xhci.0,chardev=wire,always-plugged=on'],
    ].flat(),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let rest = '';
  const read = (bytes: Buffer) => {
    rest += bytes.toString();
    const lines = rest.split(/\r?\n/u);
    rest = lines.pop() ?? '';
    for (const line of lines) options.onLine(line);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);

  let socket: Socket | null = null;
  const qmpSocket = async (): Promise<Socket> => {
    if (socket) return socket;
    const made = connect(socketPath);
    await once(made, 'connect');
    await once(made, 'data'); // the greeting
    made.write('{"execute":"qmp_capabilities"}\n');
    await once(made, 'data');
    socket = made;
    return made;
  };
  return {
    process: child,
    async qmp(command, args = {}) {
      const line = await qmpSocket();
      line.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
      let answer = '';
      // Events come in between; the answer is the first line that returns or fails.
      while (!/"(return|error)"/u.test(answer)) answer += String((await once(line, 'data'))[0]);
      if (answer.includes('"error"')) throw new Error(`qmp ${command}: ${answer.trim()}`);
    },
    async stop() {
      socket?.destroy();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
