import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFile, wrongArrows } from './arrows.ts';
import { LAYERS, lintErrors, typeErrors } from './lint.ts';

const root = path.join(import.meta.dirname, '..');

describe('the house', () => {
  it.each(LAYERS)('types of %s', (layer) => expect(typeErrors(layer)).toBe(''), 300_000);
  it('lint rules', () => expect(lintErrors()).toBe(''), 300_000);
  it('arrows', () => expect(wrongArrows(root)).toEqual([]));

  it('finds a wrong arrow', () => {
    expect(checkFile('main/queue/rules.ts', `import { x } from '../delivery/index.ts';`)).toHaveLength(1);
    expect(checkFile('main/queue/rules.ts', `import type { Y } from '../delivery/index.ts';`)).toHaveLength(1);
    expect(checkFile('main/queue/rules.ts', `import { x } from '../store/store.ts';`)).toHaveLength(1);
    expect(checkFile('main/queue/rules.ts', `import { x } from '../store/index.ts';\nimport { z } from 'zod';`)).toEqual([]);
    expect(checkFile('main/contract/queue.ts', `import Database from 'better-sqlite3';`)).not.toEqual([]);
    expect(checkFile('main/signing/index.ts', `import { app } from 'electron';`)).toHaveLength(1);
    expect(checkFile('main/electron.ts', `import { app } from 'electron';`)).toEqual([]);
    expect(checkFile('renderer/desk/a.tsx', `import { readFileSync } from 'node:fs';\nimport '../../main/store/index.ts';`)).toHaveLength(
      2,
    );
    expect(checkFile('main/devices/x.ts', `const m = await import('../queue/index.ts');`)).toHaveLength(1);
  });

  it('says in every folder of main/ what it is for', () => {
    const rooms = readdirSync(path.join(root, 'main'), { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(rooms.map(({ name }) => name).filter((name) => !existsSync(path.join(root, 'main', name, 'README.md')))).toEqual([]);
  });

  it('keeps sources under about 400 lines', () => {
    const files = execFileSync('git', ['ls-files', 'main', 'preload', 'renderer', 'native'], { cwd: root, encoding: 'utf8' })
      .split('\n')
      .filter((file) => /\.(ts|tsx|cc|cpp|h)$/.test(file) && !/\.test\.tsx?$/.test(file));
    const counts = execFileSync('wc', ['-l', ...files], { cwd: root, encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    expect(counts.filter(([lines, name]) => name && name !== 'total' && Number(lines) > 420)).toEqual([]);
  });
});
