// `npm start`: Electron where it can be, else headless with a browser. CommonJS, so that any Node can say what is wrong.
'use strict';
const { spawn, spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { findNode, run } = require('./node.cjs');

const root = path.join(__dirname, '..');
// Elsewhere in tests, so that a rehearsal of a failed download does not keep Electron from this machine for a day.
const remembered = path.join(process.env.QUAY_CACHE_DIR || path.join(root, 'node_modules/.cache'), 'quay-electron.json');
const DAY_MS = 24 * 60 * 60 * 1000;
const FETCH_MS = 60 * 1000;
const args = process.argv.slice(2);
const say = (vi, en) => process.stderr.write(`${vi}\n${en}\n`);

if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(
    'npm start -- [--headless] [--data DIR] [--port N] [--lan] [--no-open]\n\n' +
      '  --headless   không mở Electron: phục vụ màn hình cho trình duyệt / serve the screens to a browser\n' +
      '  --data DIR   thư mục dữ liệu / data folder (mặc định / default: theo người dùng / per user)\n' +
      '  --port N     cổng, 0 = bất kỳ / port, 0 = any (mặc định / default 4700)\n' +
      '  --lan        cho ki-ốt và bảng hiển thị trong mạng nội bộ ghép vào / let kiosks and boards of the hall pair\n' +
      '  --no-open    chỉ in địa chỉ / print the address only\n',
  );
  process.exit(0);
}

/** Null, or what is wrong with the arguments: said at once, before screens are built or Electron is fetched. */
function wrongArguments() {
  const { parseArgs } = require('node:util');
  if (!parseArgs) return null; // a Node so old that its own sentence comes first
  const flag = { type: 'boolean' };
  const options = { headless: flag, data: { type: 'string' }, port: { type: 'string' }, lan: flag, 'no-open': flag };
  try {
    const { port, data } = parseArgs({ args, options }).values;
    if (data === '') return ['--data cần tên thư mục', '--data needs a folder'];
    if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65536))
      return [
        `--port cần một số từ 0 đến 65535, không phải "${String(port)}"`,
        `--port needs a number from 0 to 65535, not "${String(port)}"`,
      ];
    return null;
  } catch (error) {
    const named = (/'(-[^ ']*)/.exec(error.message) || /'([^']*)'/.exec(error.message) || ['', ''])[1];
    if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return [`không có tùy chọn ${named}`, `there is no option ${named}`];
    if (error.code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return [`thừa "${named}"`, `"${named}" is too much`];
    return [`${named} thiếu hoặc thừa giá trị`, `${named} has no value, or one too many`];
  }
}

const wrong = wrongArguments();
if (wrong) {
  say(`Tham số không đúng: ${wrong[0]}. Xem: npm start -- --help`, `Wrong arguments: ${wrong[1]}. See: npm start -- --help`);
  process.exit(64);
}

const electronBinary = () => {
  const pathFile = path.join(root, 'node_modules/electron/path.txt');
  if (!existsSync(pathFile)) return null;
  const file = path.join(root, 'node_modules/electron/dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(file) ? file : null;
};

/** Null when Electron can be opened, else the sentence why not. */
async function whyNoElectron() {
  if (!existsSync(path.join(root, 'main/electron.ts'))) return 'chưa có trong bản này / not part of this build';
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return 'máy này không có màn hình / this machine has no display';
  if (electronBinary()) return null;
  const install = path.join(root, 'node_modules/electron/install.js');
  if (!existsSync(install)) return 'gói electron chưa được cài / the electron package is not installed';
  try {
    const before = JSON.parse(readFileSync(remembered, 'utf8'));
    const age = Date.now() - before.at;
    if (age >= 0 && age < DAY_MS)
      return `lần tải trước không được (${before.why}), sẽ thử lại sau một ngày / the last download failed, it is tried again after a day`;
  } catch {
    // nothing is remembered
  }
  const why = await download(install);
  if (why === null) return electronBinary() ? null : 'tải xong nhưng không thấy tệp chạy / downloaded, but no program was found';
  mkdirSync(path.dirname(remembered), { recursive: true });
  writeFileSync(remembered, JSON.stringify({ at: Date.now(), why }));
  return `không tải được Electron (${why}) / Electron could not be downloaded`;
}

function download(install) {
  return new Promise((resolve) => {
    const child = spawn(findNode() || process.execPath, [install], { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    const started = Date.now();
    const progress = setInterval(
      () => process.stderr.write(`\rĐang tải Electron… ${Math.round((Date.now() - started) / 1000)} giây / downloading`),
      1000,
    );
    const timer = setTimeout(() => child.kill('SIGKILL'), FETCH_MS);
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('exit', (code, signal) => {
      clearInterval(progress);
      clearTimeout(timer);
      process.stderr.write('\r\x1b[K');
      if (code === 0) {
        rmSync(remembered, { force: true });
        resolve(null);
      } else
        resolve(
          signal ? 'quá 60 giây' : (/(ENOTFOUND|ECONNREFUSED|ETIMEDOUT|fetch failed|EAI_AGAIN|HTTP \d+)/.exec(errors) || ['lỗi tải'])[0],
        );
    });
  });
}

async function main() {
  const node = findNode();
  if (!node) return run('main/headless.ts', args); // prints the sentence about Node and ends
  const built = spawnSync(node, ['--disable-warning=ExperimentalWarning', path.join(root, 'main/build.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (built.status !== 0) {
    say(
      'Không dựng được màn hình từ mã nguồn; xem lỗi ở trên. Hãy chạy lại "npm ci".',
      'The screens could not be built; see the error above. Run "npm ci" again.',
    );
    process.exit(1);
  }
  if (!args.includes('--headless')) {
    const why = await whyNoElectron();
    if (why === null) {
      const child = spawn(electronBinary(), [root, ...args], { stdio: 'inherit' });
      child.on('exit', (code) => process.exit(code === null ? 1 : code));
      return;
    }
    process.stderr.write(`Không mở Electron: ${why}. Chạy trong trình duyệt. / Running in the browser instead.\n`);
  }
  run('main/headless.ts', args);
}

void main();
