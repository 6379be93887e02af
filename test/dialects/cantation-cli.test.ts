import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { readBuildRequest } from '../../src/core/validation/read-build-request.ts';
import { createService } from '../../src/service.ts';
import { packageRoot } from '../../src/paths.ts';
import { runShell } from '../support/console.ts';
import { openDialect } from '../support/dialects.ts';
import { send, startService } from '../support/service.ts';
import { writeWheel } from '../support/wheels.ts';

interface Printed {
  readonly answer: Record<string, unknown> | undefined;
  readonly stderr: string;
  readonly status: number;
}

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Runs the command; its one line of standard output is its answer. */
async function cantation(args: readonly string[], settings = ''): Promise<Printed> {
  const command = `${settings} brig cantation ${args.map(quote).join(' ')}`;
  const { stdout } = await runShell(
    `{ ${command}; } 2>/tmp/stderr-$$; printf '\\001%s\\001' "$?"; cat /tmp/stderr-$$; rm /tmp/stderr-$$`,
  );
  const [line = '', status = '', stderr = ''] = stdout.split('\u0001');
  expect(line === '' || /^\{[^\n]*\}\n$/.test(line)).toBe(true);
  return {
    answer: line === '' ? undefined : (JSON.parse(line) as Record<string, unknown>),
    stderr,
    status: Number(status),
  };
}

const answers = async (args: readonly string[]): Promise<Record<string, unknown> | undefined> => {
  const { answer, status } = await cantation(args);
  expect(status).toBe(0);
  return answer;
};

describe('brig cantation', () => {
  it('answers in one line, and ends with 0 whatever the code did', async () => {
    expect(await answers(['--code', "print('Hello from CLI'); x = 1 + 2; print('x =', x)"])).toEqual({
      captured_output: null,
      console_log: 'Hello from CLI\nx = 3\n',
      exec_error: null,
      safety_violation: null,
    });
    expect(await answers(['--unsafe-modules', '--unsafe-functions', '-c', '1'])).toMatchObject({
      exec_error: null,
    });
    expect(await answers(['-c', '1/0'])).toMatchObject({ exec_error: 'division by zero' });
    expect(await answers(['-c', 'import json', '--unsafe-modules', 'json', 're'])).toMatchObject({
      safety_violation: expect.stringContaining('json') as string,
    });
  });

  it('calls a function with arguments, and reads a file', async () => {
    const add = 'def add(a, b):\n    return a + b';
    expect(await answers(['--code', add, '--code-type', 'FUNCTION', '--input', '[5, 7]'])).toMatchObject({
      captured_output: 12,
    });
    const limits = ['--timeout-sec', '3', '--cpu-time-limit-sec', '0', '--memory-limit-mb', '128'];
    expect(await answers(['-f', 'examples/word-count-script.py', '--no-safety', ...limits])).toMatchObject({
      exec_error: 'The script ended the process with status 1.',
    });
  });

  it.each([
    [[], 'One of --code, --file and --server is required.'],
    [['-c', '1', '--install', 'requirements.txt'], '--install: There is no file requirements.txt.'],
    [['-c', '1', '--install', 'no such!'], '--install: "no such!" is no requirement by name'],
    [['-c', '1', '-f', 'x'], "option '-f, --file <file>' cannot be used with option '-c, --code <code>'"],
    [['-f', '/nonexistent.py'], 'There is no file /nonexistent.py.'],
    [['-c', '1', '-i', '{}'], '--input must be a JSON list'],
    [['-c', '1', '--timeout-sec', 'x'], '--timeout-sec: Input should be a valid integer'],
    [['-c', '1', '--code-type', 'script'], 'Allowed choices are SCRIPT, FUNCTION'],
    [['-c', '1', '--allowed-root', '/'], 'it would be the whole root'],
    [['-c', '1', '--allowed-root', '/usr/bin'], "the jail's own"],
    [['--server', '--port', '99999'], '99999 is no port'],
  ])('ends with 2 for %j', async (args, said) => {
    const { answer, stderr, status } = await cantation(args);
    expect([answer, status]).toEqual([undefined, 2]);
    expect(stderr).toContain(said);
  });
});

describe('--allowed-root', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cantation root-'));
    await writeFile(join(folder, 'in.txt'), 'hello');
    await mkdir(join(folder, 'sub'));
    await symlink('/etc/shadow', join(folder, 'link'));
    await symlink(join(packageRoot, 'package.json'), join(folder, 'host'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const inRoot = (code: string, ...more: string[]) =>
    answers(['--no-safety', '-c', code, '--allowed-root', folder, ...more]);

  it("is the caller's own directory, under its own path, and what is made there is the caller's", async () => {
    const code = `import os\nprint(open('in.txt').read(), os.getcwd())\nopen('${folder}/out.txt', 'w').write('x')`;
    expect(await inRoot(code)).toMatchObject({ console_log: `hello ${folder}\n`, exec_error: null });
    const { uid, gid } = await stat(join(folder, 'out.txt'));
    expect([uid, gid]).toEqual([process.getuid?.(), process.getgid?.()]);
    const where = 'import os\nprint(os.getcwd())';
    expect(await inRoot(where, '--work-dir', join(folder, 'sub'))).toMatchObject({
      console_log: `${join(folder, 'sub')}\n`,
    });
    expect(await inRoot(where, '--work-dir', '/tmp')).toMatchObject({
      exec_error: 'work_dir must be within allowed_root',
    });
  });

  it('shows nothing else of the host, by whatever link, also to other programs', async () => {
    for (const path of ['link', 'host', `${packageRoot}/package.json`, '/etc/hostname'])
      expect((await inRoot(`open('${path}').read()`))?.['exec_error']).toContain(
        'Path access outside allowed root: /',
      );
    const code = `import subprocess
for path in ('host', '${packageRoot}/package.json', '/etc/hostname', '/home', '/var'):
    result = subprocess.run(['sh', '-c', f'read line < {path} && echo "$line" || cd {path}'], capture_output=True)
    print(result.stdout, result.returncode == 0)`;
    expect((await inRoot(code))?.['console_log']).toBe("b'' False\n".repeat(5));
  });

  it('leaves no file that runs as its owner, and no device changed', async () => {
    const code = `import os
for make in (lambda: os.chmod('in.txt', 0o4755), lambda: os.open('new', os.O_CREAT | os.O_WRONLY, 0o6755),
             lambda: os.mknod('node'), lambda: os.mkfifo('pipe'), lambda: os.chmod('/dev/null', 0o600)):
    try: make(); print('done')
    except OSError as error: print(error.strerror)`;
    const { console_log: text } = (await inRoot(code)) ?? {};
    expect(text).toBe(`${'Operation not permitted\n'.repeat(4)}Read-only file system\n`);
    expect((await stat('/dev/null')).mode & 0o777).toBe(0o666);
  });

  it.each([
    ['a set-user-ID bit', 0o4755],
    ['a set-group-ID bit, deep inside', 0o2755],
  ])('is refused where a file in it has %s: its pages could be rewritten', async (_, mode) => {
    const path = join(folder, mode === 0o2755 ? 'sub' : '.', 'tool');
    await writeFile(path, 'true');
    await chmod(path, mode);
    const code = `import mmap, os
with open('${path}', 'r+b') as file, mmap.mmap(file.fileno(), 0) as pages: pages[:4] = b'evil'`;
    const { answer, stderr, status } = await cantation(['--no-safety', '-c', code, '--allowed-root', folder]);
    expect([answer, status]).toEqual([undefined, 1]);
    expect(stderr).toContain(path);
    expect(await readFile(path, 'utf8')).toBe('true');
    expect((await stat(path)).mode & 0o7777).toBe(mode);
  });

  it.runIf(process.getuid?.() === 0)("as root makes what a directory's owner would make", async () => {
    await chown(folder, 1000, 1000);
    await chmod(folder, 0o700);
    await inRoot("open('out.txt', 'w').write('x')");
    const { uid, gid } = await stat(join(folder, 'out.txt'));
    expect([uid, gid]).toEqual([1000, 1000]);
  });
});

/** With a state folder of their own: what these build would be in the way of other tests. */
describe('packages', { timeout: 240_000 }, () => {
  let root: string;
  const before = { ...process.env };
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'cantation-packages-'));
    await chmod(root, 0o755);
    const wheels = join(root, 'wheels');
    await mkdir(wheels);
    await mkdir(join(root, 'state'));
    // The root images are the same: only the environments are not.
    await symlink(join(before['BRIG_STATE_DIR'] ?? '', 'images'), join(root, 'state', 'images'));
    writeWheel(wheels, 'pandas', '1.0', {
      'pandas/__init__.py': 'def mean(values): return sum(values) / len(values)\n',
    });
    process.env['PIP_FIND_LINKS'] = wheels;
    process.env['PIP_NO_INDEX'] = '1';
    process.env['BRIG_STATE_DIR'] = join(root, 'state');
    process.env['BRIG_BUILD_NETWORK'] = 'off';
    process.env['BRIG_BUILD_DISK_MB'] = '64';
  });
  afterAll(async () => {
    process.env = before;
    await rm(root, { recursive: true });
  });

  it('are installed for the code, and for the server, once', async () => {
    const code = 'import pandas as pd; print(pd.mean([1, 2, 3]))';
    const first = await cantation(['--install', 'pandas', '--code', code]);
    expect(first).toMatchObject({ status: 0, answer: { console_log: '2.0\n' } });
    expect(first.stderr).toMatch(/pandas(==|-)1\.0/);
    const server = spawn(
      process.execPath,
      [join(packageRoot, 'src/cli/main.ts'), 'cantation', '--server', '--install', 'pandas', '--port', '0'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      const said = await new Promise<string>((resolve) =>
        server.stdout.once('data', (data) => resolve(String(data))),
      );
      const url = /http:\S+/.exec(said)?.[0] ?? '';
      const body = JSON.stringify({ code, timeout_sec: 5 });
      const headers = { 'content-type': 'application/json' };
      const answer = await send(url, body, { method: 'POST', headers });
      expect(answer.body).toMatchObject({ console_log: '2.0\n', exec_error: null });
      expect((await send(url)).text).toBe('{"detail":"Method Not Allowed"}');
      expect((await send(url.replace('/execute', '/health'))).text).toBe('{"detail":"Not Found"}');
    } finally {
      server.kill('SIGTERM');
    }
    expect(await new Promise((resolve) => server.once('exit', resolve))).toBe(0);
    // The jail of a directory has another config, which mounts the packages too.
    const folder = join(root, 'own');
    await mkdir(folder);
    const rooted = ['--install', 'pandas', '--allowed-root', folder, '--code', code];
    expect((await cantation(rooted)).answer).toMatchObject({ console_log: '2.0\n', exec_error: null });
    await writeFile(join(root, 'requirements.txt'), '# tables\npandas>=1\n');
    const listed = await cantation(['--install', join(root, 'requirements.txt'), '--code', code]);
    expect(listed).toMatchObject({ status: 0, answer: { console_log: '2.0\n' } });
    const missing = await cantation(['--install', 'no-such-package', '--code', code]);
    expect(missing).toMatchObject({ status: 1, answer: undefined });
  });

  it('of the default environment are there without being asked for, and imported ahead where that is wanted', async () => {
    const service = await startService({ ALLOWED_MODULES: 'numpy,pandas', BYPASS_SETUP: 'false' });
    try {
      const order = readBuildRequest(
        { name: 'default', packages: ['pandas'] },
        { isOperator: true, builds: 'all' },
      );
      await service.service.environments.build(order).done;
      const code = 'import pandas as pd; print(pd.mean([1, 2, 3]))';
      const client = openDialect(service.url, 'code-executor');
      const { body } = await client.post('/execute', {
        code,
        language: 'python',
        timeout: 60,
        max_memory_mb: 2048,
      });
      expect(body).toMatchObject({ status: 'completed', stdout: '2.0\n', exit_code: 0 });
      expect(service.service.environments.resolve(undefined, 'python').environment?.preload).toEqual([
        'pandas',
      ]);
    } finally {
      await service.close();
    }
    const off = await createService(
      parseConfig({ ...process.env, ALLOWED_MODULES: 'pandas', BYPASS_SETUP: 'true' }),
    );
    expect(off.environments.resolve(undefined, 'python').environment?.preload).toEqual([]);
    await off.close();
  });
});
