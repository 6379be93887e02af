import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProgramRuntime, RuntimeName } from '../../src/core/contract/runtimes.ts';
import { openDialect, type DialectClient } from '../support/dialects.ts';
import { runtimeScripts } from '../support/runtime-scripts.ts';
import { startService, type TestService } from '../support/service.ts';
import { FIRST_USE_MS, listOtherRuntimes, warmUp } from '../support/warm-up.ts';

let service: TestService;
let client: DialectClient;
let available: readonly RuntimeName[];

beforeAll(async () => {
  const limits = { DEFAULT_MEMORY: '256m', MAX_DISK_MB: '1024' };
  service = await startService({ DEFAULT_TIMEOUT: '3', MAX_TIMEOUT: '20', ...limits });
  client = openDialect(service.url, 'quartermaster');
  const programs = await listOtherRuntimes(service);
  available = ['python', ...programs];
  await warmUp(service, ...programs);
}, FIRST_USE_MS);
afterAll(async () => {
  expect(service.incidents).toEqual([]);
  await service.close();
});

const run = async (request: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const { status, body } = await client.post('/run', request);
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
};
const issue = (type: string, loc: readonly string[], msg: string) => ({ type, loc: ['body', ...loc], msg });
const refused = (status: number, detail: string) => ({ status, body: { detail } });

describe('POST /run', () => {
  it('answers with five fields', async () => {
    const body = await run({ code: "print('hello')", image: 'code-runner-python' });
    expect(body).toEqual({
      stdout: 'hello\n',
      stderr: '',
      exit_code: 0,
      execution_time: expect.any(Number) as number,
      metadata: null,
    });
    expect(Object.keys(body)).toEqual(['stdout', 'stderr', 'exit_code', 'execution_time', 'metadata']);
  });

  it('has the script as main.py, as Python does', async () => {
    const code =
      'import sys, os\nprint(__file__ == os.path.abspath("main.py"), sys.argv, open("main.py").read() != "")';
    expect(await run({ code })).toMatchObject({ stdout: "True ['main.py'] True\n" });
    expect(
      await run({
        code: '',
        files: { 'main.py': 'import util\nutil.say()', 'util.py': 'def say(): print("ok")' },
        entrypoint: 'python main.py',
      }),
    ).toMatchObject({ stdout: 'ok\n', exit_code: 0 });
    const failed = await run({ code: 'x = 1\n1/0' });
    expect(failed).toMatchObject({ stdout: '', exit_code: 1 });
    expect(failed['stderr']).toMatch(
      /^Traceback .*\n {2}File "\/work\/main\.py", line 2, in <module>\n {4}1\/0\n[^]*ZeroDivisionError: division by zero/,
    );
    expect((await run({ code: 'def f(:' }))['stderr']).toContain('SyntaxError: invalid syntax');
  });

  it.each([
    ['raise SystemExit(3)', 3, ''],
    ['import ctypes; ctypes.string_at(0)', 139, 'SIGSEGV'],
    ['x = "x" * (2 * 10 ** 9)', 137, 'memory'],
  ])('%j ends with %d', async (code, exitCode, stderr) => {
    const body = await run({ code, mem_limit: '64m' });
    expect(body).toMatchObject({ stdout: '', exit_code: exitCode });
    expect(body['stderr']).toContain(stderr);
  });

  it('keeps what was printed before the timeout', async () => {
    const code = 'import time\nprint("so far", flush=True)\ntime.sleep(60)';
    const timedOut = { stdout: 'so far\n', exit_code: -1 };
    expect(await run({ code, timeout: 1 })).toMatchObject({
      ...timedOut,
      stderr: 'Execution timed out after 1 seconds',
    });
    expect(await run({ code, entrypoint: 'python main.py; echo never' })).toMatchObject(timedOut);
  });

  it('takes files, variables and limits', async () => {
    const code =
      'import os\nprint(open("data/in.txt").read(), os.environ["NAME"], os.cpu_count())\nos.makedirs("out")\nopen("out/big", "wb").write(bytes(8 << 20))';
    const request = {
      code,
      files: { 'data/in.txt': 'in' },
      environment: { NAME: 'me' },
      cpu_shares: 1024,
      mem_limit: '128m',
      future: 1,
    };
    expect(await run({ ...request, disk_limit: '16m' })).toMatchObject({ stdout: 'in me 1\n', exit_code: 0 });
    const full = await run({ ...request, disk_limit: '4m' });
    expect(full).toMatchObject({ exit_code: 1 });
    expect(full['stderr']).toContain('No space left on device');
  });

  it('takes files of megabytes', async () => {
    const code = 'import os\nprint(os.path.getsize("big.txt"), os.path.getsize("sdk.txt"))';
    const files = { 'big.txt': 'é'.repeat(1 << 20), 'sdk.txt': 'sdk' };
    expect(await run({ code, files })).toMatchObject({ stdout: '2097152 3\n', metadata: null });
  });

  it('cuts what is above the ceilings', async () => {
    const huge = { timeout: 9999, mem_limit: '900g', cpu_shares: 99_999, disk_limit: '900g' };
    expect(await run({ code: 'print(1)', ...huge })).toMatchObject({ stdout: '1\n' });
  });

  it('runs an entrypoint in the working directory', async () => {
    const files = { 'tool.py': 'import sys\nprint(sys.argv[1:], file=sys.stderr)\nsys.exit(5)' };
    expect(await run({ files, entrypoint: 'pwd && python tool.py a "b c"' })).toMatchObject({
      stdout: '/work\n',
      stderr: "['a', 'b c']\n",
      exit_code: 5,
    });
    expect(
      await run({ code: 'print("main")', entrypoint: "python main.py && NAME=x sh -c 'echo $NAME'" }),
    ).toMatchObject({ stdout: 'main\nx\n', exit_code: 0 });
    expect(await run({ entrypoint: 'nothing' })).toMatchObject({
      stderr: 'sh: 1: nothing: not found\n',
      exit_code: 127,
    });
    const killed = await run({
      entrypoint: 'python -c "x = bytearray(10**9); print(len(x))"; exit $?',
      mem_limit: '64m',
    });
    expect(killed).toMatchObject({ stdout: '', exit_code: 137 });
  });

  it('has metadata of any kind, which no output shows', async () => {
    const set = 'from sdk import set_metadata, get_metadata\nassert get_metadata() is None\n';
    for (const value of [{ a: [1, 2.5, null] }, [1], 'text', 0, true]) {
      const code = `${set}import json, os\nos.chdir("/tmp")\nset_metadata({"old": 1})\nset_metadata(json.loads(${JSON.stringify(JSON.stringify(value))}))\nprint(get_metadata())`;
      const body = await run({ code });
      expect([body['metadata'], body['exit_code']]).toEqual([value, 0]);
      expect(body['stdout']).not.toContain('old');
    }
    expect(await run({ code: `${set}set_metadata(1)\n1/0` })).toMatchObject({ metadata: 1, exit_code: 1 });
    expect(await run({ code: `${set}set_metadata(1)`, entrypoint: 'python main.py' })).toMatchObject({
      metadata: 1,
    });
    expect(await run({ code: 'import sdk\nopen(".brig-metadata.json", "w").write("{")' })).toMatchObject({
      metadata: null,
    });
    expect(await run({ code: 'import sdk\nprint(sdk.x)', files: { 'sdk.py': 'x = 1' } })).toMatchObject({
      stdout: '1\n',
    });
  });

  it('reads and writes files by the sdk', async () => {
    const code =
      'import sdk\nsdk.save_file("a/b.txt", "é")\nsdk.save_file("c.bin", b"\\xff")\nprint(sdk.load_file("a/b.txt"), sdk.load_file("c.bin"))';
    expect(await run({ code })).toMatchObject({ stdout: "é b'\\xff'\n" });
    const body =
      '(async () => {\n  await saveFile("a/b.txt", "é");\n  await saveFile("c.bin", new Uint8Array([255]));\n  setMetadata({ text: await loadFile("a/b.txt"), bytes: (await loadFile("c.bin")).length, before: getMetadata() });\n})();';
    const required = (path: string) =>
      `const { loadFile, saveFile, setMetadata, getMetadata } = require("${path}");\n${body}`;
    const imported = (path: string) =>
      `import { loadFile, saveFile, setMetadata, getMetadata } from '${path}';\n${body}`;
    const package_json = { 'package.json': '{"type": "module"}' };
    for (const [image, program, files] of [
      ['node', required('./sdk'), {}],
      ['node', imported('./sdk.js'), {}],
      [
        'node',
        `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n${required('./sdk')}`,
        package_json,
      ],
      ['bun', imported('./sdk'), {}],
      ['bun', imported('./sdk.ts'), package_json],
      ['deno', imported('./sdk.ts'), {}],
    ] as const) {
      const { stderr, metadata } = await run({ code: program, image, files, timeout: 20 });
      expect([image, stderr, metadata]).toEqual([image, '', { text: 'é', bytes: 1, before: null }]);
    }
  });

  it('has the sdk as a module of Go', async () => {
    if (!available.includes('go')) return;
    const use = `if err := sdk.SaveFile("a/b.txt", "é"); err != nil { panic(err) }
	text, err := sdk.LoadFile("a/b.txt")
	if err != nil { panic(err) }
	os.Chdir("/tmp")
	var before any
	if err := sdk.GetMetadata(&before); err != nil { panic(err) }
	sdk.SetMetadata(map[string]any{"text": text, "before": before})
	sdk.GetMetadata(&before)
	fmt.Println(before)`;
    const code = `package main\n\nimport (\n\t"fmt"\n\t"os"\n\t"sdk"\n)\n\nfunc main() {\n\t${use}\n}\n`;
    const done = { stdout: 'map[before:<nil> text:é]\n', stderr: '', metadata: { text: 'é', before: null } };
    const image = 'go';
    expect(await run({ code, image, timeout: 20 })).toMatchObject(done);
    expect(await run({ code, image, timeout: 20, entrypoint: 'go run main.go' })).toMatchObject(done);
    const util = { 'util/util.go': 'package util\n\nfunc Answer() int { return 42 }\n' };
    for (const [module, files] of [
      ['main', util],
      ['shop', { ...util, 'go.mod': 'module shop\n\ngo 1.22' }],
    ] as const) {
      const both = code
        .replace('"sdk"', `"sdk"\n\t"${module}/util"`)
        .replace('os.Chdir', 'fmt.Print(util.Answer(), " ")\n\tos.Chdir');
      expect(await run({ code: both, image, files, timeout: 20 })).toMatchObject({
        ...done,
        stdout: `42 ${done.stdout}`,
      });
    }
    const alone = 'package main\n\nimport "main/util"\n\nfunc main() { println(util.Answer()) }\n';
    expect(await run({ code: alone, image, files: util, timeout: 20 })).toMatchObject({ stderr: '42\n' });
  });

  it.each([
    [{}, 400, 'Either code or entrypoint must be provided.'],
    [{ code: ' ', entrypoint: '' }, 400, 'Either code or entrypoint must be provided.'],
    [{ code: '1', files: { '../x': '' } }, 400, 'Invalid filename: ../x'],
    [{ code: '1', files: { '/etc/x': '' } }, 400, 'Invalid filename: /etc/x'],
    [{ code: `#${'x'.repeat(1024 * 1024)}` }, 413, 'Code size exceeds the limit.'],
    [{ code: '1', allow_network: true }, 403, 'This service does not allow scripts to reach any network.'],
    [
      { code: '1', image: 'prebuilt-x' },
      404,
      "Image 'prebuilt-x' not found. GET /images lists those there are; POST /prebuild makes others.",
    ],
  ])('refuses %.60j', async (request, status, detail) => {
    expect(await client.post('/run', request)).toEqual(refused(status, detail));
  });

  it('tells every field that does not fit', async () => {
    const request = {
      code: 1,
      files: { a: 1 },
      timeout: 0,
      mem_limit: 'much',
      environment: { ENCODED_CODE: 'x', LD_PRELOAD: 'x' },
      prebuild_spec: {},
    };
    const { status, body } = await client.post('/run', request);
    expect(status).toBe(422);
    expect(body).toEqual({
      detail: [
        issue('string_type', ['code'], 'Input should be a valid string'),
        issue('string_type', ['files', 'a'], 'Input should be a valid string'),
        issue('greater_than_equal', ['timeout'], 'Input should be greater than or equal to 1'),
        issue('value_error', ['mem_limit'], 'Value error, a size is a number and a unit of b, k, m or g'),
        issue('value_error', ['environment'], 'Value error, ENCODED_CODE is reserved and cannot be set.'),
        issue('value_error', ['environment'], 'Value error, LD_PRELOAD is reserved and cannot be set.'),
        issue('missing', ['prebuild_spec', 'setup_script'], 'Field required'),
      ],
    });
  });
});

describe('the other images', () => {
  const sdk =
    "const { setMetadata, getMetadata } = require('./sdk');\nsetMetadata({ n: 1 });\nconsole.log(getMetadata().n);";

  it('are listed with how they start', async () => {
    const { status, body } = await client.get('/runtimes');
    expect([status, body]).toEqual([200, (await client.get('/images')).body]);
    const images = body['images'] as Record<string, string>[];
    expect(images.map(({ id }) => id)).toEqual(available.map((name) => `code-runner-${name}`));
    expect(images[0]).toEqual({
      ...{ id: 'code-runner-python', name: 'Python', description: expect.any(String) as string },
      ...{ default_entrypoint: 'python main.py', file_extension: '.py', main_file: 'main.py' },
    });
    expect(body['default']).toBe('code-runner-python');
  });

  it.each(['node', 'deno', 'bun', 'go', 'rust'] as const satisfies readonly ProgramRuntime[])(
    'run: %s',
    async (image) => {
      if (!available.includes(image)) {
        expect(['go', 'rust']).toContain(image);
        return;
      }
      const { hello } = runtimeScripts[image];
      const plain = await run({ code: hello, image, timeout: 20 });
      expect(plain).toMatchObject({ exit_code: 0, stderr: '' });
      const images = (await client.get('/images')).body['images'] as Record<string, string>[];
      const { default_entrypoint, main_file = '' } =
        images.find(({ id }) => id === `code-runner-${image}`) ?? {};
      const files = { [main_file]: hello };
      const again = await run({
        files,
        image,
        timeout: 20,
        entrypoint: `${default_entrypoint} && echo done`,
      });
      expect(again).toMatchObject({ exit_code: 0, stdout: `${plain['stdout'] as string}done\n` });
    },
  );

  it('have metadata and exit codes too', async () => {
    for (const image of ['node', 'bun']) {
      expect(await run({ code: sdk, image })).toMatchObject({
        stdout: '1\n',
        metadata: { n: 1 },
        exit_code: 0,
      });
    }
    expect(
      await run({
        code: sdk,
        image: 'node',
        files: { 'package.json': '{"type": "commonjs"}' },
        entrypoint: 'node main.js',
      }),
    ).toMatchObject({ metadata: { n: 1 } });
    expect(await run({ code: 'process.exit(4)', image: 'node' })).toMatchObject({ exit_code: 4, stderr: '' });
    const thrown = await run({ code: 'throw new Error("no")', image: 'node' });
    expect(thrown).toMatchObject({ exit_code: 1 });
    expect((thrown['stderr'] as string).split('Error: no').length).toBe(2);
  });

  it('say what a compiler says', async () => {
    for (const image of (['go', 'rust'] as const).filter((name) => available.includes(name))) {
      const body = await run({ code: 'nonsense', image });
      expect(body).toMatchObject({ stdout: '', exit_code: 1 });
      expect(body['stderr']).toMatch(/main\.(?:go|rs):1/);
      const { status, body: refusal } = await client.post('/run', { code: 'x', image, entrypoint: 'make' });
      expect([status, refusal['detail']]).toEqual([400, expect.stringContaining('toolchain')]);
    }
  });
});

describe('the protocol', () => {
  it('has its health, and no other methods and routes', async () => {
    expect(await client.get('/health')).toEqual({
      status: 200,
      body: { status: 'ok', docker_connected: true, auth_enabled: false },
    });
    expect(await client.get('/')).toEqual({ status: 200, body: { message: 'Code Runner is operational.' } });
    expect(await client.get('/run')).toEqual(refused(405, 'Method Not Allowed'));
    expect(await client.get('/nothing')).toEqual(refused(404, 'Not Found'));
  });
});
