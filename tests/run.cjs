// `npm test`: prepares the real parts, runs every test, and closes with one plain line of totals.
'use strict';
const { spawnSync } = require('node:child_process');
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { findNode } = require('../main/node.cjs');

const root = path.join(__dirname, '..');
const node = findNode();
if (!node) {
  console.error('Node 24 is missing: run "npm ci" in this folder first. / Thiếu Node 24: hãy chạy "npm ci" trong thư mục này trước.');
  process.exit(1);
}
const prepared = spawnSync(node, [path.join(__dirname, 'prepare/prepare.cjs')], { stdio: 'inherit' });
if (prepared.status !== 0) process.exit(prepared.status ?? 1);

const out = mkdtempSync(path.join(tmpdir(), 'quay-test-run-'));
const report = path.join(out, 'report.json');
// Children of tests find the right Node first, whatever the system has.
const env = { ...process.env, PATH: [path.dirname(node), path.join(root, 'node_modules/.bin'), process.env.PATH].join(path.delimiter), NODE_OPTIONS: '--disable-warning=ExperimentalWarning' };
const vitest = spawnSync(node, [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)], {
  cwd: root,
  env,
  stdio: ['ignore', 'inherit', 'inherit'],
});
let counts = null;
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  // A file that failed to load has no test in it; it counts as one failure, never as nothing.
  const unloaded = result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  counts = { passed: result.numPassedTests, failed: result.numFailedTests + unloaded, skipped: result.numPendingTests + (result.numTodoTests || 0) };
  const skipped = result.testResults.flatMap((file) => file.assertionResults.filter((test) => test.status === 'pending' || test.status === 'skipped').map((test) => `${path.relative(root, file.name)}: ${test.fullName}`));
  if (skipped.length > 0) console.log(`\nskipped:\n${skipped.map((line) => `  ${line}`).join('\n')}`);
} catch (error) {
  console.error(`no report from vitest: ${error.message}`);
}
rmSync(out, { recursive: true, force: true });
if (!counts) {
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const ok = vitest.status === 0 && counts.failed === 0 && counts.passed > 0;
if (!ok && counts.failed === 0) counts.failed = 1; // an error outside any test is still a failure
console.log(`\n${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`);
process.exit(ok ? 0 : 1);
