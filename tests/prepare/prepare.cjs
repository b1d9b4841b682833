// Installs the Debian packages that the tests use as real parts (packages.txt), when it may; else says the one command.
'use strict';
const { spawnSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const path = require('node:path');

const wanted = readFileSync(path.join(__dirname, 'packages.txt'), 'utf8').split('\n').map((line) => line.trim()).filter(Boolean);
const run = (command, args, options) => spawnSync(command, args, { encoding: 'utf8', ...options });

if (run('dpkg-query', ['--version']).error) {
  console.log('prepare: no Debian here; tests whose real part is missing are skipped with their names.');
  process.exit(0);
}
const listed = run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...wanted]).stdout || '';
const installed = new Set(listed.split('\n').filter((line) => line.endsWith(' installed')).map((line) => line.split(' ')[0]));
const missing = wanted.filter((name) => !installed.has(name));
if (missing.length === 0) {
  console.log(`prepare: all ${wanted.length} packages are there.`);
  process.exit(0);
}
const root = process.getuid && process.getuid() === 0;
if (!root) {
  console.log(`prepare: missing ${missing.join(' ')}. Tests that need them are skipped. To install them, run once:\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`);
  process.exit(0);
}
console.log(`prepare: installing ${missing.join(' ')}`);
const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
run('apt-get', ['update', '-qq'], { stdio: 'inherit', env });
const result = run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { stdio: ['ignore', 'ignore', 'inherit'], env });
if (result.status !== 0) {
  console.log(`prepare: apt-get could not install them (exit ${result.status}); see the lines above.`);
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
