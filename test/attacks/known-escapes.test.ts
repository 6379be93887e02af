import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProgramRuntime } from '../../src/core/contract/runtimes.ts';
import { describeInJail, type Arena } from '../support/attack.ts';
import { readTable } from '../support/markdown.ts';
import { FIRST_USE_MS } from '../support/warm-up.ts';

/*
 * Known escapes of comparable systems, tried here: docs/threat-model.md says of each why it does not work.
 */

/** A file of the host that everybody there may read and write: only the jail is in the way. */
interface Canary {
  readonly path: string;
  readonly secret: string;
}

type Attempt = (arena: Arena, canary: Canary) => Promise<void>;

const INSIDE_ID = 65_534;
const javaScripts: readonly ProgramRuntime[] = ['node', 'deno', 'bun'];
const jailed = 'Seccomp:\t2|NoNewPrivs:\t1|CapEff:\t0000000000000000|Uid:\t65534\t65534\t65534\t65534'.split(
  '|',
);

/** Symbolic links to the canary under every name that the service or the harness might write, read or collect. */
const plantLinks = (path: string): string =>
  `names = ['out.txt', 'script.py', 'main.py', 'main', 'stdout', 'stderr', 'result.json', '.brig', 'report', 'job']
for name in names:
    try: os.unlink(name)
    except OSError: pass
    os.symlink(${JSON.stringify(path)}, name)
os.symlink('/', 'root')
print('printed')`;

const escapes: Readonly<Record<string, Attempt>> = {
  'CVE-2024-28185': async (arena, { path, secret }) => {
    const lines = `${plantLinks(path)}\nreturn sorted(names)`;
    const script = `import os\ndef main():\n${lines.replaceAll(/^/gm, '    ')}`;
    const body = await arena.run(script, { return_files: ['*', '**/*', 'root/etc/passwd'] });
    expect(body.success, JSON.stringify(body)).toBe(true);
    expect(body.files).toEqual([]);
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(await readFile(path, 'utf8')).toBe(secret);
  },
  'CVE-2024-28189': async (arena, { path }) => {
    const before = await stat(path);
    const lines = `${plantLinks(path)}\nreturn [attempt(os.chown, 'out.txt', os.getuid(), os.getgid()), attempt(os.chmod, 'out.txt', 0o6777), attempt(os.utime, 'out.txt', (1, 1))]`;
    expect(await arena.attack(lines, { return_files: ['*'] })).toEqual(['ENOENT', 'ENOENT', 'ENOENT']);
    const { uid, gid, mode, mtimeMs, ctimeMs } = await stat(path);
    expect([uid, gid, mode, mtimeMs, ctimeMs]).toEqual([
      before.uid,
      before.gid,
      before.mode,
      before.mtimeMs,
      before.ctimeMs,
    ]);
  },
  'CVE-2024-29021': async (arena) => {
    const { port } = new URL(arena.service.url);
    const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
    const hosts = [...new Set(['127.0.0.1', '::1', '0.0.0.0', '169.254.169.254', '10.0.2.2', ...own])];
    const lines = `hosts, port = args
found = []
for host in hosts:
    try: socket.create_connection((host.split('%')[0], port), 1).close()
    except OSError: continue
    found.append(host)
return found`;
    expect(await arena.attack(lines, { args: [hosts, Number(port)] })).toEqual([]);
  },
  'CVE-2025-3466': async (arena, { path, secret }) => {
    const script = `const own = globalThis.parseInt;
for (const name of ['parseInt', 'Promise', 'Object', 'Array', 'JSON']) {
  const original = globalThis[name];
  try { globalThis[name] = new Proxy(original, { apply: (f, self, list) => Reflect.apply(f, self, list) }); } catch {}
}
const fs = require('fs');
console.log(fs.readFileSync('/proc/self/status', 'utf8'));
console.log(fs.readFileSync('/proc/1/status', 'utf8'));
try { console.log(fs.readFileSync(${JSON.stringify(path)}, 'utf8')); } catch (error) { console.log(error.code); }`;
    const { stdout, success } = await arena.run(script, { runtime: 'node' });
    expect(success).toBe(true);
    for (const line of jailed) expect(stdout.split(line)).toHaveLength(3);
    expect(stdout).toContain('ENOENT');
    expect(stdout).not.toContain(secret);
  },
  'CVE-2026-5752': async (arena, { path, secret }) => {
    const script = `const found = (function () {}).constructor('return globalThis')().process ?? (await import('node:process')).default;
const fs = await import('node:fs');
const { execSync } = await import('node:child_process');
const said = (action) => { try { return String(action()); } catch (error) { return 'refused'; } };
console.log(found.getuid(), said(() => fs.readFileSync(${JSON.stringify(path)}, 'utf8')), said(() => execSync('cat ' + ${JSON.stringify(path)}, { stdio: 'pipe' })));`;
    for (const runtime of javaScripts) {
      const { stdout, stderr } = await arena.run(script, { runtime, files: [], env: {} });
      expect(stdout, `${runtime} ${stderr}`).toBe(`${INSIDE_ID} refused refused\n`);
      expect(stdout).not.toContain(secret);
    }
  },
  'CVE-2025-5120': async (arena, { path }) => {
    const lines = `import random
inner = random._os
return [inner.getuid(), inner.path.exists(args[0]), inner.system('cat ' + args[0] + ' 2>/dev/null') != 0]`;
    expect(await arena.attack(lines, { args: [path] })).toEqual([INSIDE_ID, false, true]);
  },
  'CVE-2025-9959': async (arena, { path }) => {
    const lines = `wanted = [c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0]
reached = wanted.__init__.__globals__
return [reached['getuid'](), reached['popen']('cat ' + args[0] + ' 2>/dev/null').read()]`;
    expect(await arena.attack(lines, { args: [path] })).toEqual([INSIDE_ID, '']);
  },
  'CVE-2019-5736': async (arena) => {
    const lines = `tried = ['/proc/self/exe', '/proc/1/exe', sys.executable, os.path.realpath('/proc/self/exe')]
found = {attempt(os.open, name, os.O_WRONLY) for name in tried} | {attempt(os.open, name, os.O_RDWR | os.O_TRUNC) for name in tried}
held = os.open('/proc/self/exe', os.O_RDONLY)
found.add(attempt(os.open, f'/proc/self/fd/{held}', os.O_RDWR))
return sorted(found - {'EROFS', 'ETXTBSY', 'EACCES', 'EPERM'})`;
    expect(await arena.attack(lines)).toEqual([]);
  },
  'CVE-2024-21626': async (arena) => {
    const lines = `import stat
folders = []
for fd in os.listdir('/proc/self/fd'):
    try:
        if stat.S_ISDIR(os.fstat(int(fd)).st_mode): folders.append(os.readlink(f'/proc/self/fd/{fd}'))
    except OSError: pass
return [[f for f in folders if not f.startswith('/proc')], os.getcwd(), os.path.samefile('/proc/self/cwd/../../../..', '/'), attempt(os.listdir, '/proc/1/cwd/..'), sorted(os.listdir('/proc/self/cwd/..')) == sorted(os.listdir('/'))]`;
    expect(await arena.attack(lines)).toEqual([[], '/work', true, 'EACCES', true]);
  },
  'CVE-2025-31133': async (arena) => {
    const lines = `nodes = ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom']
found = {attempt(os.unlink, n) for n in nodes} | {attempt(os.rename, n, '/tmp/x') for n in nodes}
found |= {attempt(os.symlink, '/proc/sys/kernel/core_pattern', '/dev/console'), attempt(os.mkdir, '/dev/mqueue')}
return sorted(found - {'EROFS', 'EACCES', 'EPERM', 'EBUSY', 'EXDEV'})`;
    expect(await arena.attack(lines)).toEqual([]);
  },
  'CVE-2025-52881': async (arena) => {
    const lines = `names = ['/proc/self/attr/current', '/proc/self/attr/exec', '/proc/sysrq-trigger', '/proc/sys/kernel/core_pattern', '/proc/self/uid_map', '/proc/self/setgroups', '/proc/self/oom_score_adj']
def write(name):
    with open(name, 'w') as file: file.write('-1000' if name.endswith('adj') else '0')
return sorted(n for n in names if attempt(write, n) == 'ok')`;
    expect(await arena.attack(lines)).toEqual([]);
  },
};

describeInJail('a known escape of another system', (arena) => {
  let folder: string;
  let canary: Canary;
  beforeAll(async () => {
    await arena.use(...javaScripts);
    folder = await mkdtemp(join(tmpdir(), 'brig-escape-'));
    await chmod(folder, 0o777);
    canary = { path: join(folder, 'canary'), secret: `secret-${Math.random()}` };
    await writeFile(canary.path, canary.secret);
    await chmod(canary.path, 0o666);
  }, FIRST_USE_MS);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(Object.keys(escapes))('does not work: %s', async (id) => {
    await escapes[id]?.(arena, canary);
  });
});

describe('the page of threats', () => {
  it('has a row for each of them, and claims no other', () => {
    const rows = readTable('docs/threat-model.md', 'Known escapes of comparable systems');
    const claimed = rows.filter((cells) => cells.at(-1) === 'known-escapes').map(([id = '']) => id);
    expect(claimed.toSorted()).toEqual(Object.keys(escapes).toSorted());
  });
});
