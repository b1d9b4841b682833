// Runs inside Windows' node.exe under wine; argument: the addon. Prints one JSON line per check, because pipes break there
// and the output goes to a file. Plain CommonJS: that Node is older than ours and strips no types.
const path = require('node:path');
const fs = require('node:fs');

const [addon, picture, out, queue] = process.argv.slice(2);
const say = (name, ok, detail) => fs.appendFileSync(out, `${JSON.stringify({ name, ok, detail: String(detail) })}\n`);

async function check(name, work) {
  try {
    const detail = await work();
    say(name, true, detail);
  } catch (error) {
    say(name, false, error && error.stack);
  }
}
const equal = (actual, expected) => {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`expected ${e}, got ${a}`);
  return a;
};
const rejects = async (promise, pattern) => {
  const message = await promise.then(
    () => 'it did not reject',
    (error) => error.message,
  );
  if (!pattern.test(message)) throw new Error(`expected ${pattern}, got ${message}`);
  return message;
};

void (async () => {
  let native;
  await check('node.exe is a Windows program', () => equal([process.platform, process.arch], ['win32', 'x64']));
  await check('the addon loads', () => {
    native = require(addon);
    return equal(Object.keys(native).sort(), ['jpeg', 'pinpad', 'pulse', 'spooler', 'wia']);
  });
  await check('the addon loads a second time in a worker thread', () => {
    const { Worker } = require('node:worker_threads');
    const worker = new Worker(
      `require('node:worker_threads').parentPort.postMessage(Object.keys(require(${JSON.stringify(addon)})).length)`,
      { eval: true },
    );
    return new Promise((resolve, reject) => worker.once('message', (n) => resolve(equal(n, 5))).once('error', reject));
  });
  await check('WIA is asked in the order 2.0, then 1.0', async () => {
    const probe = await native.wia.probe();
    if (probe.steps.devMgr2 === '00000000' ? probe.version !== 2 : probe.version === 2) throw new Error(JSON.stringify(probe));
    return `version ${probe.version}, 2.0 said ${probe.steps.devMgr2}, 1.0 said ${probe.steps.devMgr1}`;
  });
  await check('an office without scanners gives an empty list', async () => equal(await native.wia.devices(), []));
  await check('a scanner that is not there is refused with a status', () =>
    rejects(native.wia.open('{6BDD1FC6-810F-11D0-BEC7-08002BE2092F}\\9999'), /^SANE \d+ CreateDevice [0-9a-f]{8}$/),
  );
  await check('options without an open scanner are refused', () => rejects(native.wia.options(), /^no scanner is open$/));
  await check('a page without an open scanner is refused', () =>
    rejects(native.wia.page(path.join(path.dirname(out), 'page.jpg'), 80, 200), /^no scanner is open$/),
  );
  await check('a setting without an open scanner is refused', () => rejects(native.wia.set('mode', 'Color'), /^no scanner is open$/));
  await check('bad arguments are a TypeError, not a crash', () => {
    try {
      native.wia.open(7);
    } catch (error) {
      return equal(error.name, 'TypeError');
    }
    throw new Error('it took a number for a name');
  });
  await check('cancel, end and close without a scan do nothing', async () => {
    native.wia.cancel();
    await native.wia.end();
    await native.wia.close();
    return equal(native.pulse(), -1);
  });
  await check('fifty questions at once are all answered, in order', async () => {
    const order = [];
    await Promise.all(Array.from({ length: 50 }, (_, i) => native.wia.devices().then(() => order.push(i))));
    return equal(
      order,
      Array.from({ length: 50 }, (_, i) => i),
    ).length;
  });
  const { spooler } = native;
  await check('the spooler lists the queues of the system, Vietnamese names whole', async () => {
    const found = await spooler.printers();
    return equal(found.map((printer) => `${printer.name}: ${printer.driver}`).sort(), [`${queue} hỏng: Quay raw`, `${queue}: Quay raw`]);
  });
  await check('a queue says how it is', async () => {
    const { status, jobs } = await spooler.state(queue);
    return equal([status, jobs], [0, 0]);
  });
  await check('a queue that is not there is refused with the code of Windows', async () => {
    await rejects(spooler.state('không có'), /^SPOOLER 1801 OpenPrinter$/);
    await rejects(spooler.job('không có', 1), /^SPOOLER 1801 OpenPrinter$/);
    return rejects(spooler.print('không có', 'B 027', Buffer.from('x')), /^SPOOLER 1801 OpenPrinter$/);
  });
  await check('an empty slip is printed as nothing', async () =>
    equal(Number.isInteger(await spooler.print(queue, 'rỗng', Buffer.alloc(0))), true),
  );
  await check('a port that takes nothing is told, and nothing stays in the queue', async () => {
    const broken = `${queue} hỏng`;
    const said = await spooler.print(broken, 'B 028', Buffer.from('x')).then(
      (job) => `job ${job}`,
      (error) => error.message,
    );
    const left = await spooler.job(broken, 1);
    if (left !== null && !said.startsWith('SPOOLER')) throw new Error(`${said}, status of the job ${left}`);
    return said;
  });
  await check('slips go to the queue in raw mode and leave it', async () => {
    for (let i = 0; i < 3; i += 1) {
      const job = await spooler.print(queue, 'Vé B 027', Buffer.alloc(200_001, 'Quay\x00\x1b\xff'.slice(i), 'latin1'));
      if (!Number.isInteger(job) || job < 1) throw new Error(`job ${job}`);
      for (let look = 0; (await spooler.job(queue, job)) !== null; look += 1) {
        if (look > 200) throw new Error('the job stays in the queue');
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
    return 'three slips';
  });
  await check('a job that the queue does not hold is null, and taking it out does nothing', async () => {
    await spooler.deleteJob(queue, 4711);
    return equal(await spooler.job(queue, 4711), null);
  });
  await check('bad arguments of the spooler are a TypeError or a RangeError, not a crash', () => {
    const names = [];
    for (const work of [
      () => spooler.print(queue, 'x', 'text'),
      () => spooler.state(),
      () => spooler.job(queue, 0),
      () => spooler.job(queue, 'x'),
    ]) {
      try {
        void work();
      } catch (error) {
        names.push(error.name);
      }
    }
    return equal(names, ['TypeError', 'TypeError', 'RangeError', 'TypeError']);
  });
  await check('without libjpeg-turbo the addon says so and refuses', () => {
    const problem = native.jpeg.problem();
    if (!/libturbojpeg/.test(problem)) throw new Error(`problem() said ${problem}`);
    try {
      native.jpeg.decode(fs.readFileSync(picture), 8, 3);
    } catch (error) {
      return equal(/libturbojpeg/.test(error.message), true);
    }
    throw new Error('it decoded without a library');
  });
  say('end', true, 'reached');
  process.exit(0);
})();
