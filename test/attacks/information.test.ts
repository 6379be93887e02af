import { hostname, userInfo } from 'node:os';
import { expect, it } from 'vitest';
import { describeInJail, reverse } from '../support/attack.ts';

/** Names of this host that no answer may hold. */
function hostSecrets(): string[] {
  const { username, homedir } = userInfo();
  const folders = [process.cwd(), process.execPath, '/var/lib/brig', '.pyenv', '/cgroup', 'brig/jail'];
  return [...folders, hostname(), ...(homedir === '/' ? [] : [homedir]), `/home/${username}`].filter(
    (name) => name.length > 3,
  );
}

const seen: readonly [why: string, lines: string, expected: unknown][] = [
  [
    "environment: the jail's own variables only",
    "return sorted(set(os.environ) - {'LC_CTYPE'})",
    ['HOME', 'LANG', 'PATH', 'PYTHON_CPU_COUNT', 'TMPDIR'],
  ],
  [
    "environment of process 1: nothing of the service's",
    "return sorted(v.split('=')[0] for v in open('/proc/1/environ').read().split('\\0') if v)",
    ['HOME', 'LANG', 'PATH', 'TMPDIR'],
  ],
  ['host name', 'return [socket.gethostname(), os.uname().nodename]', ['jail', 'jail']],
  [
    'users: one, without a name of the host',
    "return [l.split(':')[0] for l in open('/etc/passwd')] + [l.split(':')[0] for l in open('/etc/group')]",
    ['jail', 'jail'],
  ],
  [
    'ids: nobody, in no group of the host',
    'return sorted({*os.getresuid(), *os.getresgid(), *os.getgroups()})',
    [65534],
  ],
  ['processes: its own only', "return [p for p in os.listdir('/proc') if p.isdigit()]", ['1']],
  ['session and parent: none outside', 'return [os.getpid(), os.getppid()]', [1, 0]],
  [
    "the kernel's figures are not there",
    "return [n for n in ('cpuinfo', 'meminfo', 'version', 'uptime', 'loadavg', 'stat', 'cmdline', 'partitions', 'interrupts', 'modules', 'diskstats', 'vmstat', 'config.gz', 'mounts_host') if os.path.exists('/proc/' + n)]",
    [],
  ],
  ['the boot id is not there', "return os.path.exists('/proc/sys/kernel/random/boot_id')", false],
  [
    'cgroups: no path of the host',
    "return sorted({l.strip().split(':')[2] for l in open('/proc/self/cgroup')})",
    ['/'],
  ],
  [
    'home folders of the host',
    "return [n for n in ('/root', '/home', '/srv', '/mnt', '/media', '/var') if os.path.exists(n)]",
    [],
  ],
  [
    'the root: folders of the image only',
    "return sorted(os.listdir('/'))",
    ['bin', 'dev', 'etc', 'lib', 'lib64', 'opt', 'proc', 'tmp', 'usr', 'work'],
  ],
];

describeInJail('what a script learns about the host', (arena) => {
  it.each(seen)('%s', async (_why, lines, expected) => {
    const found = await arena.attack(lines);
    expect(found).toEqual(expected);
  });

  it('the prefix of Python is the one it has in the jail, not where the host keeps it', async () => {
    const lines =
      'return sorted({sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.path.dirname(sys.executable))})';
    expect([['/usr'], ['/usr/local']]).toContainEqual(await arena.attack(lines));
  });

  it("mounts: those of the config; of the host only the image's own folder is named, as the kernel does of a bind", async () => {
    const text = String(await arena.attack("return open('/proc/self/mountinfo').read()"));
    const mounts = text
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    const devices = ['/dev/full', '/dev/null', '/dev/random', '/dev/urandom', '/dev/zero'];
    const points = mounts.map(([, , , , point]) => point);
    expect(new Set(points)).toEqual(new Set(['/', ...devices, '/dev/shm', '/proc', '/tmp', '/work']));
    const sources = mounts.filter(
      ([, , , source, point]) => source !== '/' && !`/dev${source}`.endsWith(point ?? ''),
    );
    expect(sources.map(([, , , , point]) => point)).toEqual(['/']);
  });

  it("paths: nothing in Python's own configuration names the host's folders", async () => {
    const lines = `
import sysconfig, platform, site, json
text = json.dumps([sysconfig.get_config_vars(), sysconfig.get_paths(), sys.path, sys.argv, sys.orig_argv, sys.flags, sys.version, vars(site), repr(sys.modules), sys.path_importer_cache], default=repr)
return [n[::-1] for n in args if n[::-1] in text]`;
    const args = hostSecrets().map(reverse);
    expect(await arena.attack(lines, { args })).toEqual([]);
  });

  it('texts of the image: none holds a path of the host', async () => {
    const lines = `
names = [n[::-1].encode() for n in args]
found = []
for folder, _, files in os.walk('/usr'):
    for name in files:
        if name.endswith(('.py', '.json', '.cfg', '.pth', '.la', '.pc')):
            with open(os.path.join(folder, name), 'rb') as file:
                text = file.read()
            found += [os.path.join(folder, name) + ': ' + n.decode() for n in names if n in text]
return found[:20]`;
    const args = hostSecrets().map(reverse);
    expect(await arena.attack(lines, { args, limits: { timeout: 30 } })).toEqual([]);
  });

  it.each([
    ['an exception of the script', 'def main():\n    import json\n    json.loads("{")'],
    ['an error of its syntax', 'def main(:\n    pass'],
    [
      'an exception in a thread',
      'import threading\ndef main():\n    t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()\n    import no_such_module',
    ],
    [
      'a child that fails',
      'import subprocess, sys\ndef main():\n    subprocess.run([sys.executable, "-c", "1/0"], check=True)',
    ],
    ['an exception in mode script', 'import no_such_module'],
    ['a file that is missing', 'open("/no/such/file")\ndef main(): pass'],
    ['a call of the entry point that does not fit', 'def main(a, b): pass'],
    ['a warning', 'import warnings\ndef main():\n    warnings.warn("w")\n    raise ValueError("v")'],
    [
      'asyncio',
      'import asyncio\nasync def main():\n    await asyncio.gather(asyncio.sleep(0), asyncio.to_thread(lambda: 1 / 0))',
    ],
    ['faulthandler', 'import faulthandler, ctypes\nfaulthandler.enable()\ndef main(): ctypes.string_at(0)'],
    [
      'the stack printed by the script',
      'import traceback\ndef main():\n    traceback.print_stack()\n    raise KeyError(1)',
    ],
  ])('%s: traceback, streams and message name neither the host nor the harness', async (why, script) => {
    const body = await arena.run(script, why.includes('mode script') ? { mode: 'script' } : {});
    expect(body.success).toBe(false);
    const text = JSON.stringify(body);
    for (const secret of hostSecrets()) expect(text).not.toContain(secret);
    // What the script prints of its own stack is its own doing; that program is in the jail for it to see.
    expect(body.traceback ?? '').not.toMatch(/harness|\/opt\/brig|frozen/);
  });

  it("the service's process cannot be found by its pid", async () => {
    const lines = "return [attempt(os.kill, args[0], 0), os.path.exists(f'/proc/{args[0]}')]";
    expect(await arena.attack(lines, { args: [process.pid] })).toEqual(['ESRCH', false]);
  });

  it("the host's machine id, keys and configuration are not in /etc", async () => {
    const found = (await arena.attack("return sorted(os.listdir('/etc'))")) as string[];
    const expected = new Set(['group', 'hosts', 'ld.so.cache', 'localtime', 'passwd', 'ssl']);
    expect(found.filter((name) => !expected.has(name))).toEqual([]);
  });
});
