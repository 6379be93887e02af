import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { send, startService, type AnswerBody, type TestService } from './support/service.ts';
import { FIRST_USE_MS, warmUp } from './support/warm-up.ts';

let service: TestService;
let cold: TestService;
beforeAll(async () => {
  service = await startService({ BRIG_RUNTIMES: 'python,node,bun' });
  cold = await startService({ BRIG_RUNTIMES: 'python,node', BRIG_MAX_WARM_JAILS: '0' });
  await Promise.all([warmUp(service, 'node', 'bun'), warmUp(cold, 'node')]);
}, FIRST_USE_MS);
afterAll(() => Promise.all([service.close(), cold.close()]));

type Fields = Record<string, unknown>;

/** In a jail that waited, or in one that was made as those are. */
const runWarm = (script: string, fields: Fields = {}): Promise<AnswerBody> => run(service, script, fields);

async function run(where: TestService, script: string, fields: Fields = {}): Promise<AnswerBody> {
  const answer = await where.execute({ runtime: 'node', script, ...fields });
  expect(answer.status, answer.text.slice(0, 2000)).toBe(200);
  return answer.body;
}

/** Properties that may not depend on whether Node was kept warm. */
function tell(body: AnswerBody): Partial<AnswerBody> {
  const { success, error, error_type, message, stdout, location, return_code, traceback } = body;
  return JSON.parse(
    JSON.stringify({ success, error, error_type, message, stdout, location, return_code, traceback }),
  ) as Partial<AnswerBody>;
}

/** The milliseconds that a script's process has lived when it looks. */
const UPTIME = 'console.log(process.uptime() * 1000);';

/** A Node that is started for its script lives for less time than the answer takes. */
async function hasWaited(where: TestService): Promise<boolean> {
  const askedAt = performance.now();
  const { stdout } = await run(where, UPTIME);
  return Number(stdout) > performance.now() - askedAt;
}

describe('Node that was started ahead', () => {
  it('waited for its script', { timeout: 120_000 }, async () => {
    expect(await hasWaited(cold)).toBe(false);
    // The jail that waits may just have been started.
    await vi.waitUntil(() => hasWaited(service), { timeout: 100_000, interval: 500 });
  });

  it('serves one script each', async () => {
    const mark = 'globalThis.mark = (globalThis.mark ?? 0) + 1; console.log(globalThis.mark, process.pid);';
    for (let i = 0; i < 3; i += 1) expect((await runWarm(mark)).stdout).toMatch(/^1 /);
  });

  it('describes a machine with processors and the loopback', async () => {
    const script = `import os, { cpus, networkInterfaces } from 'node:os';
const [first] = networkInterfaces().lo;
console.log(cpus().length === os.availableParallelism(), os.cpus === cpus, first.address, first.internal);`;
    for (const where of [service, cold])
      expect((await run(where, script)).stdout).toBe('true true 127.0.0.1 true\n');
  });

  it.each<[string, string, Fields]>([
    ['arguments', 'console.log(process.argv.slice(1), process.execArgv);', { args: ['', 'a b', 'ö', '"'] }],
    [
      'variables, and no others',
      'console.log(Object.entries(process.env).sort());',
      { env: { A: '1', GREETING: 'grüezi', EMPTY: '' } },
    ],
    [
      'variables that Node reads when it starts',
      'console.log(new Date(0).toString(), process.env.NODE_ENV);',
      { env: { TZ: 'Asia/Tokyo', NODE_ENV: 'test' } },
    ],
    [
      'options of Node',
      'console.log(process.allowedNodeEnvironmentFlags.size > 0, typeof gc);',
      { env: { NODE_OPTIONS: '--expose-gc' } },
    ],
    ['input', 'process.stdin.pipe(process.stdout);', { stdin: `${'x'.repeat(300_000)}\n` }],
    ['no input', 'console.log(require("fs").readFileSync(0, "utf8").length);', {}],
    ['input by its path', 'console.log(require("fs").readFileSync("/dev/stdin", "utf8"));', { stdin: 'in' }],
    [
      'another memory limit',
      'console.log(require("v8").getHeapStatistics().heap_size_limit >> 20);',
      { limits: { memory_mb: 512 } },
    ],
    [
      'less memory',
      'console.log(require("v8").getHeapStatistics().heap_size_limit >> 20);',
      { limits: { memory_mb: 100 } },
    ],
    ['another disk', 'console.log(require("fs").statfsSync("/work").blocks);', { limits: { disk_mb: 8 } }],
    [
      'a module',
      'import { readFileSync } from "node:fs";\nconsole.log(import.meta.url, typeof readFileSync);',
      {},
    ],
    ['TypeScript', 'const one: number = 1;\nconsole.log(one, process.argv[1]);', {}],
    [
      'descriptors',
      'console.log(require("fs").openSync("/dev/null") < 64, require("fs").readdirSync("/work"));',
      {},
    ],
    [
      'a child with its input',
      'console.log(require("child_process").execFileSync("/bin/sh", ["-c", "cat; echo $A"], { stdio: ["inherit", "pipe", "pipe"] }).toString());',
      { stdin: 'in', env: { A: 'b' } },
    ],
    ['an uncaught error', 'function f() {\n  throw new RangeError("no");\n}\nf();', {}],
    ['a rejection', 'Promise.reject(new TypeError("no"));', {}],
    ['an error in a module', 'await 0;\nnull.x;', {}],
    ['a value that is thrown', 'throw 3;', {}],
    ['source that is refused', 'const = 1;', {}],
    ['an enum', 'enum A { B }\nconsole.log(A.B);', {}],
    ['a status', 'process.exitCode = 7;', {}],
    ['a signal', 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 5000);', {}],
    [
      'a full heap',
      'const all = [];\nfor (;;) all.push(new Array(100_000).fill(1.5));',
      { limits: { timeout: 30 } },
    ],
    ['a deadline', 'for (;;);', { limits: { timeout: 1 } }],
  ])('ends as one that was not: %s', async (_, script, fields) => {
    const [one, other] = [await runWarm(script, fields), await run(cold, script, fields)];
    expect(tell(one)).toEqual(tell(other));
  });

  it('is held to the limits of its request', async () => {
    const body = await runWarm('const all = [];\nfor (;;) all.push(Buffer.alloc(1 << 20, 1));', {
      limits: { memory_mb: 256, timeout: 30 },
    });
    expect(body.error).toBe('memory_limit');
    const threads = `const { spawn } = require('node:child_process');
let refused = 0;
for (let i = 0; i < 80; i += 1) spawn('/bin/sh', ['-c', 'read line']).on('error', () => { refused += 1; });
setTimeout(() => { console.log(refused > 0); process.exit(0); }, 500);`;
    expect((await runWarm(threads)).stdout).toBe('true\n');
  });

  it('is gone when the caller is', async () => {
    const left = new AbortController();
    const body = { runtime: 'node', script: 'setInterval(() => {}, 1000);' };
    const running = send(`${service.url}/execute`, JSON.stringify(body), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      signal: left.signal,
    });
    setTimeout(() => left.abort(), 300);
    await expect(running).rejects.toThrow();
    expect((await run(service, 'console.log("next")')).stdout).toBe('next\n');
  });
});

describe('Bun in a jail that waited', () => {
  it.each<[string, Fields, Fields]>([
    [
      'console.log(process.argv.slice(2), process.env.A);',
      { args: ['b'], env: { A: 'c' } },
      { stdout: '[ "b" ] c\n' },
    ],
    ['console.log(await Bun.stdin.text());', { stdin: 'in' }, { stdout: 'in\n' }],
    ['process.exit(3)', {}, { error: 'exited', return_code: 3 }],
    [
      'throw new TypeError("no")',
      {},
      { error: 'runtime_error', error_type: 'TypeError', location: { line: 1, column: 11, file: 'main.ts' } },
    ],
  ])('runs %s', async (script, fields, expected) => {
    expect(await runWarm(script, { runtime: 'bun', ...fields })).toMatchObject(expected);
  });
});
