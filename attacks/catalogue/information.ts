import { poolVariables } from '../../src/core/cpu-variables.ts';
import type { Answer, Attack, Complaint } from '../attack.ts';
import { returns, returnsOnly } from '../expectations.ts';
import { lines, script } from '../python.ts';

/** Variables for the packages of an environment: the operator's default one may be in use. */
const ofPackages = ['MPLCONFIGDIR', 'MPLBACKEND', ...poolVariables];

const seen: readonly [title: string, text: string, expected: unknown][] = [
  [
    "environment: the jail's own variables only",
    `return sorted(set(os.environ) - {'LC_CTYPE', ${ofPackages.map((name) => `'${name}'`).join(', ')}})`,
    ['HOME', 'LANG', 'PATH', 'PYTHON_CPU_COUNT', 'TMPDIR'],
  ],
  [
    "environment at the interpreter's start: nothing of the service's",
    "return sorted(v.split('=')[0] for v in open('/proc/self/environ').read().split('\\0') if v)",
    ['HOME', 'LANG', 'PATH', 'TMPDIR'],
  ],
  ['host name', 'return [socket.gethostname(), os.uname().nodename]', ['jail', 'jail']],
  [
    'users: one, without a name of the host',
    "return [l.split(':')[0] for l in open('/etc/passwd')] + [l.split(':')[0] for l in open('/etc/group')]",
    ['jail', 'root', 'nobody', 'jail', 'root', 'tty', 'nogroup'],
  ],
  [
    'ids: nobody, in no group of the host',
    'return sorted({*os.getresuid(), *os.getresgid(), *os.getgroups()})',
    [65534],
  ],
  [
    'processes: its own, and the init process',
    "return [p for p in os.listdir('/proc') if p.isdigit()]",
    ['1', '2'],
  ],
  ['session and parent: none outside', 'return [os.getpid(), os.getsid(0), os.getppid()]', [2, 2, 1]],
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

/** Ways to have a traceback written; none may show the program that runs the script. */
export const failures: readonly [title: string, source: string][] = [
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
];

/** Complains about a traceback that names the harness. A script may print its own stack: the harness is in its jail. */
function namesNoHarness({ status, body }: Answer): Complaint {
  if (status !== 200 || body.success !== false) return 'the script did not fail';
  return /harness|\/opt\/brig|frozen/.test(body.traceback ?? '')
    ? `the traceback names the harness: ${body.traceback}`
    : undefined;
}

const mounts = `
import re
lines = [l.split(' ') for l in open('/proc/self/mountinfo').read().strip().split('\\n')]
lines = [l for l in lines if not re.fullmatch(r'/usr/(local/)?lib/python3\\.[0-9]+/(site|dist)-packages', l[4])]
devices = ['/dev/full', '/dev/null', '/dev/random', '/dev/urandom', '/dev/zero']
points = {l[4] for l in lines} - {'/', '/dev/pts', '/dev/shm', '/proc', '/tmp', '/work', *devices}
# Nothing under a later mount can be reached: the outer jail of a nursery has something below /tmp and /proc.
top = {l[4]: l for l in lines}.values()
sources = {l[4] for l in top if l[3] != '/' and l[3].rsplit('/', 1)[-1] != l[4].rsplit('/', 1)[-1]}
return [sorted(points), sorted(sources)]`;

export const information: readonly Attack[] = [
  ...seen.map(([title, text, expected]) => lines(title, text, returns(expected))),
  lines(
    "the host's folder of the interpreter, by the prefix of Python",
    'return sorted({sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.path.dirname(sys.executable))})',
    returns(['/usr'], ['/usr/local']),
  ),
  lines('mounts beside those of the jail', mounts, returns([[], ['/']], [[], []])),
  lines(
    "the service's pid, in the paths of mounts",
    "import re\nreturn [p for l in open('/proc/self/mountinfo') for p in [l.split(' ')[3]] if str(args[0]) in re.split('[/-]', p)]",
    returns([]),
    { needs: ['same host'], fields: ({ pid }) => ({ args: [pid] }) },
  ),
  lines(
    "the service's process, by its pid",
    "return [attempt(os.kill, args[0], 0), os.path.exists(f'/proc/{args[0]}')]",
    returns(['ESRCH', false]),
    { needs: ['same host'], fields: ({ pid }) => ({ args: [pid] }) },
  ),
  lines(
    "the host's machine id, keys and configuration in /etc",
    "return sorted(os.listdir('/etc'))",
    returnsOnly(
      'certificates.pem',
      'group',
      'hosts',
      'ld.so.cache',
      'mime.types',
      'names',
      'protocols',
      'services',
      'localtime',
      'passwd',
      'ssl',
    ),
  ),
  ...failures.map(([title, source]) =>
    script(`a traceback of ${title}`, source, namesNoHarness, {
      fields: title.includes('mode script') ? { mode: 'script' } : {},
    }),
  ),
  lines(
    'descriptors of the service and of nsjail',
    "return [d for d in range(256) if attempt(os.fstat, d) == 'ok']",
    returns([0, 1, 2, 4]),
  ),
];
