import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type TestService } from './support/service.ts';
import { FIRST_USE_MS, warmUp } from './support/warm-up.ts';

/* Stacks of JavaScript in a jail: they are those of the same program outside. */

let service: TestService;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brig-stacks-'));
  service = await startService();
  await warmUp(service, 'node', 'deno', 'bun');
}, FIRST_USE_MS);
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

async function runInside(runtime: string, script: string, fields: object = {}): Promise<string> {
  const { body } = await service.execute({ runtime, script, ...fields });
  expect(body).toMatchObject({ success: true, stderr: '' });
  return body.stdout;
}

async function runOutside(file: string, script: string): Promise<string> {
  await writeFile(join(folder, file), script);
  const env = { NODE_OPTIONS: '', NODE_COMPILE_CACHE: undefined };
  const { stdout } = await execa(process.execPath, [join(folder, file)], { env });
  return `${stdout.replaceAll(`${folder}/`, '/work/')}\n`;
}

const stacks = `Error.stackTraceLimit = 100;
const tell = () => console.log(new Error('here').stack);
tell();
queueMicrotask(tell);
process.nextTick(tell);
setTimeout(tell, 1);
new Promise((resolve) => resolve(1)).then(tell);`;
const scripts = [
  ['main.js', 'CommonJS', `${stacks}\nconsole.log(require.main === module, Object.keys(require.cache));`],
  ['main.js', 'a module', `import os from 'node:os';\n${stacks}\nconsole.log(typeof os, import.meta.url);`],
  ['main.ts', 'TypeScript of CommonJS', `const n: number = require('node:os').EOL.length;\n${stacks}`],
  ['main.ts', 'TypeScript in a module', `import os from 'node:os';\nconst n: string = os.EOL;\n${stacks}`],
] as const;

describe('stacks of Node', () => {
  it.each(scripts)('are those outside: %s, %s', async (file, _what, script) => {
    const outside = await runOutside(file, script);
    expect(outside).toContain('node:internal/');
    expect(await runInside('node', script)).toBe(outside);
    // Such a program is started anew.
    expect(await runInside('node', script, { env: { LANG: 'C.UTF-8' } })).toBe(outside);
  });

  it('have nothing of what starts them in threads and forked processes either', async () => {
    const script = `const { Worker, isMainThread } = require('node:worker_threads');
const { fork } = require('node:child_process');
const tell = () => console.log(new Error('here').stack.includes('brig'), process.execArgv.join().includes('brig'), Object.keys(require.cache), require('node:os').cpus().length > 0 || 'child');
if (!isMainThread || process.argv[2]) tell();
else new Worker(__filename).on('exit', () => fork(__filename, ['child']).on('exit', (code) => console.log(code)));`;
    expect(await runInside('node', script)).toBe(
      "false false [ '/work/main.js' ] true\nfalse false [ '/work/main.js' ] child\n0\n",
    );
  });
});

it.each(['deno', 'bun'])('stacks of %s are its own', async (runtime) => {
  const script =
    'const tell = (n: number) => console.log(new Error("here").stack);\nfunction main() {\n  tell(1);\n}\nmain();';
  const [first, ...frames] = (await runInside(runtime, script)).trimEnd().split('\n');
  expect([first, frames.length]).toEqual(['Error: here', 3]);
  expect(frames.filter((frame) => !/\/work\/main\.ts:\d+:\d+\)?$/.test(frame))).toEqual([]);
});
