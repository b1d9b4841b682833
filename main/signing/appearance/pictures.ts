import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PngError, readPng, type Picture } from './png.ts';

const MOST_BYTES = 4 << 20;
const SEAL = 'dau.png';

/** The pictures of this station: one handwritten signature per certificate (blue), one seal of the agency (red). */
export class Pictures {
  private readonly dir: string;
  private readonly read = new Map<string, Picture>();

  constructor(dir: string) {
    this.dir = dir;
  }

  /** @returns false when the bytes are no picture that can be drawn */
  save(kind: 'signature' | 'seal', certificateId: string | null, png: Uint8Array): boolean {
    if (png.length > MOST_BYTES) return false;
    const name = kind === 'seal' ? SEAL : this.nameOf(certificateId);
    if (!name) return false;
    try {
      this.read.set(name, readPng(png));
    } catch (error) {
      if (error instanceof PngError) return false;
      throw error;
    }
    writeFileSync(path.join(this.dir, name), png);
    return true;
  }

  signature(certificateId: string): Picture | null {
    const name = this.nameOf(certificateId);
    return name ? this.load(name) : null;
  }

  seal(): Picture | null {
    return this.load(SEAL);
  }

  list(): { signatures: string[]; seal: boolean } {
    const names = readdirSync(this.dir);
    return {
      signatures: names.filter((name) => /^[0-9a-f]{64}\.png$/.test(name)).map((name) => name.slice(0, 64)),
      seal: names.includes(SEAL),
    };
  }

  private nameOf(certificateId: string | null): string | null {
    return certificateId !== null && /^[0-9a-f]{64}$/.test(certificateId) ? `${certificateId}.png` : null;
  }

  private load(name: string): Picture | null {
    const known = this.read.get(name);
    if (known) return known;
    const file = path.join(this.dir, name);
    if (!existsSync(file)) return null;
    const picture = readPng(readFileSync(file));
    this.read.set(name, picture);
    return picture;
  }
}
