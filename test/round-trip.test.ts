import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrig, type Brig, type ExecuteRequest } from '../src/index.ts';
import { packageRoot } from '../src/paths.ts';
import { replyWith, startChatServer, type ChatServer } from './support/chat-server.ts';
import { startService, type TestService } from './support/service.ts';

/** One field of a request, through every door. */
interface Trip {
  readonly request: ExecuteRequest;
  /** Its options on the command line; `{folder}` is the folder of its files. */
  readonly options: readonly string[];
  /** Part of the outcome that shows that the field has arrived. */
  readonly shows: Readonly<Record<string, unknown>>;
}

const limits = {
  timeout: 7,
  cpu_time: 3,
  memory_mb: 99,
  cpus: 0.5,
  processes: 9,
  output_bytes: 77,
  disk_mb: 5,
};

/** Every field there is: one that is added without a row does not compile. */
const trips: Readonly<Record<keyof ExecuteRequest, Trip>> = {
  script: {
    request: { script: 'def main():\n    print("hällo")\n    return {"a": [1, 5.0, None]}' },
    options: [],
    shows: { success: true, result: { a: [1, 5, null] }, stdout: 'hällo\n', return_code: 0 },
  },
  runtime: {
    request: { script: 'console.log(typeof process.version);', runtime: 'node' },
    options: ['--runtime', 'node'],
    shows: { success: true, result: null, stdout: 'string\n', execution: { runtime: 'node' } },
  },
  mode: {
    request: { script: 'print(__name__)', mode: 'script' },
    options: ['--script'],
    shows: { success: true, result: null, stdout: '__main__\n' },
  },
  function: {
    request: { script: 'def other(): return 2', function: 'other' },
    options: ['--function', 'other'],
    shows: { result: 2 },
  },
  args: {
    request: { script: 'def main(*values): return values', args: [1, 'two', { three: [3] }] },
    options: ['--arg', '1', '--arg', 'two', '--arg', '{"three": [3]}'],
    shows: { result: [1, 'two', { three: [3] }] },
  },
  kwargs: {
    request: { script: 'def main(**named): return named', kwargs: { one: 1, zwölf: 'x=y' } },
    options: ['--kwarg', 'one=1', '--kwarg', 'zwölf=x=y'],
    shows: { result: { one: 1, zwölf: 'x=y' } },
  },
  stdin: {
    request: { script: 'def main(): return input()', stdin: 'a line\n' },
    options: ['--stdin', '-'],
    shows: { result: 'a line' },
  },
  files: {
    request: {
      script: 'def main(): return open("in/data").read()',
      files: [{ path: 'in/data', content: 'the data' }],
    },
    options: ['--file', '{folder}/data=in/data'],
    shows: { result: 'the data' },
  },
  return_files: {
    request: {
      script: 'def main(): open("a.txt", "w").write("A"); open("b.csv", "w").write("B")',
      return_files: ['*.txt'],
    },
    options: ['--return', '*.txt'],
    shows: { files: [{ path: 'a.txt', size: 1, content: 'A', encoding: 'utf8' }] },
  },
  env: {
    request: { script: 'import os\ndef main(): return os.environ["NAME"]', env: { NAME: 'a=b' } },
    options: ['--env', 'NAME=a=b'],
    shows: { result: 'a=b' },
  },
  limits: {
    request: { script: 'def main(): print("x" * 100)', limits },
    options: [
      ...['--timeout', '7', '--cpu-time', '3', '--memory', '99', '--cpus', '0.5'],
      ...['--processes', '9', '--output-bytes', '77', '--disk', '5'],
    ],
    shows: { execution: { limits, output: { stdout: { bytes: 101, truncated: true } } } },
  },
  policy: {
    request: {
      script: 'import json\ndef main(): return open',
      policy: { mode: 'enforce', deny_modules: ['json'], deny_functions: ['open'] },
    },
    options: ['--policy', 'enforce', '--deny-module', 'json', '--deny-function', 'open'],
    shows: { error: 'policy_violation', policy: { total: 2, findings: [{ line: 1 }, { line: 2 }] } },
  },
  environment: {
    request: { script: 'def main(): return 1', environment: 'plain' },
    options: ['--env', 'plain'],
    shows: { result: 1, execution: { environment: 'plain' } },
  },
  isolation: {
    request: { script: 'def main(): return 1', isolation: 'nsjail' },
    options: ['--isolation', 'nsjail'],
    shows: { result: 1, execution: { isolation: 'nsjail' } },
  },
  wait: {
    request: { script: 'def main(): return 1', wait: 5 },
    options: ['--wait', '5'],
    shows: { result: 1 },
  },
  network: {
    request: { script: 'def main(): return 1', network: false },
    options: [],
    shows: { result: 1 },
  },
  execution_id: {
    request: { script: 'def main(): return 1', execution_id: 'my-own/17' },
    options: ['--id', 'my-own/17'],
    shows: { execution: { id: 'my-own/17' } },
  },
  validate: {
    request: { script: 'def main(): return 1', validate: true },
    options: ['--validate'],
    shows: { result: 1, review: { is_safe: true, explanation: 'It returns 1.' } },
  },
  validate_only: {
    request: { script: 'def main(a): return 1', validate_only: true, args: [1] },
    options: ['--validate-only', '--arg', '1'],
    shows: { success: true, result: null, validation: { entry_point: { signature: 'main(a)' } } },
  },
};
const names = Object.keys(trips) as (keyof ExecuteRequest)[];

describe.each(names)('the field %s', (name) => {
  const { request, options, shows } = trips[name];

  it('through the service', async () => {
    expect((await service.execute(request)).body).toMatchObject(shows);
  });

  it('through the library', async () => {
    const outcome = await brig.execute(request);
    const { files, ...rest } = shows;
    expect(outcome).toMatchObject(rest);
    if (Array.isArray(files)) expect(outcome.files.map(({ path }) => path)).toEqual(['a.txt']);
  });

  it('through the command line', async () => {
    const file = join(folder, `${name}.py`);
    await writeFile(file, request.script);
    const args = options.map((option) => option.replace('{folder}', folder));
    const { stdout, stderr } = await execa(
      process.execPath,
      [join(packageRoot, 'src/cli/main.ts'), 'run', file, '--json', ...args],
      { input: request.stdin ?? '', reject: false, env: chat.settings },
    );
    expect(JSON.parse(stdout || JSON.stringify(stderr))).toMatchObject(shows);
  });
});

let chat: ChatServer;
let service: TestService;
let brig: Brig;
let folder: string;
beforeAll(async () => {
  chat = await startChatServer([replyWith({ is_safe: true, explanation: 'It returns 1.' })]);
  service = await startService(chat.settings);
  brig = await createBrig({ BRIG_MAX_WARM_JAILS: '1', ...chat.settings });
  folder = await mkdtemp(join(tmpdir(), 'round-trip-'));
  await writeFile(join(folder, 'data'), 'the data');
});
afterAll(async () => {
  await service.close();
  await brig.close();
  await chat.close();
  await rm(folder, { recursive: true, force: true });
});
