import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = path.join(import.meta.dirname, '..');
const config = parse(readFileSync(path.join(root, 'electron-builder.yml'), 'utf8')) as Record<string, unknown>;
interface Schema {
  definitions: Record<string, { properties?: Record<string, unknown> }>;
  properties: Record<string, unknown>;
}
const schema = JSON.parse(readFileSync(path.join(root, 'node_modules/app-builder-lib/scheme.json'), 'utf8')) as Schema;

describe('electron-builder.yml', () => {
  it('decides every fuse that this version of the builder knows', () => {
    const known = Object.keys(schema.definitions['FuseOptionsV1']!.properties!);
    expect(known.length).toBeGreaterThan(5);
    expect(Object.keys(config['electronFuses'] as object).sort()).toEqual(known.sort());
    expect(config['electronFuses']).toMatchObject({
      runAsNode: false,
      onlyLoadAppFromAsar: true,
      enableNodeOptionsEnvironmentVariable: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('names only options that exist', () => {
    const unknown = (options: object, known: Record<string, unknown>) => Object.keys(options).filter((key) => !(key in known));
    expect(unknown(config, schema.properties)).toEqual([]);
    expect(unknown(config['nsis'] as object, schema.definitions['NsisOptions']!.properties!)).toEqual([]);
    expect(unknown(config['deb'] as object, schema.definitions['DebOptions']!.properties!)).toEqual([]);
  });

  it('leaves native modules outside the archive and installs per machine, keeping data', () => {
    expect(config['asarUnpack']).toContain('**/*.node');
    expect(config['nsis']).toMatchObject({ oneClick: false, perMachine: true, deleteAppDataOnUninstall: false });
    expect((config['win'] as { target: { target: string }[] }).target.map((t) => t.target)).toEqual(['nsis']);
    expect((config['linux'] as { target: { target: string }[] }).target.map((t) => t.target)).toEqual(['deb']);
  });

  it('points at files that are there', () => {
    for (const file of [(config['win'] as { icon: string }).icon, (config['linux'] as { icon: string }).icon, 'main/electron.ts']) {
      expect(existsSync(path.join(root, file)), file).toBe(true);
    }
    expect(statSync(path.join(root, (config['linux'] as { icon: string }).icon)).size).toBeGreaterThan(1000);
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      main: string;
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    expect(manifest.main).toBe('main/electron.ts');
    // The nine names that are fixed, and every version exact.
    for (const name of ['better-sqlite3', 'node-forge', 'node-hid', 'pdf-lib', 'react', 'serialport'])
      expect(manifest.dependencies).toHaveProperty(name);
    for (const name of ['electron', 'electron-builder', 'vitest', 'typescript']) expect(manifest.devDependencies).toHaveProperty(name);
    for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });
});
