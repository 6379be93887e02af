import type { Attack } from '../attack.ts';
import { returns } from '../expectations.ts';
import { lines } from '../python.ts';
import { programs } from './programs.ts';

/** Ways out through files that need no special system call. */
const refused: readonly [title: string, text: string, answers: readonly unknown[]][] = [
  [
    'writing to the root and its folders: the root is read-only, or not ours',
    "return sorted({attempt(open, d + '/x', 'w') for d in ('/', '/usr', '/usr/bin', '/etc', '/opt', '/opt/brig', '/dev')} - {'EROFS', 'EACCES', 'EPERM'})",
    [[]],
  ],
  [
    'replacing the harness or the interpreter',
    "return sorted({attempt(os.rename, '/work', '/opt/brig/harness.pyc'), attempt(os.unlink, '/opt/brig/harness.pyc'), attempt(os.unlink, sys.executable), attempt(os.chmod, sys.executable, 0o6777)} - {'EROFS', 'EACCES', 'EPERM', 'EXDEV', 'EBUSY'})",
    [[]],
  ],
  [
    'going up out of the root by ..',
    "return os.path.samefile('/../../../../', '/') and os.listdir('/..') == os.listdir('/')",
    [true],
  ],
  [
    'core_pattern and other settings of the kernel: /proc/sys is not there',
    "return [attempt(open, '/proc/sys/kernel/core_pattern', 'w'), attempt(open, '/proc/sysrq-trigger', 'w'), attempt(open, '/proc/sys/vm/drop_caches', 'w')]",
    [['ENOENT', 'ENOENT', 'ENOENT']],
  ],
  [
    "the kernel's memory, symbols and devices: /proc/kcore and the like are not there",
    "return [one for one in ('/proc/kcore', '/proc/kallsyms', '/proc/kmsg', '/proc/keys', '/dev/mem', '/dev/kmsg', '/dev/sda', '/dev/vda', '/dev/tty', '/dev/fuse', '/dev/kvm', '/dev/net/tun') if os.path.exists(one)]",
    [[]],
  ],
  [
    'sysfs, cgroupfs, debugfs: nothing of them is mounted',
    "return [one for one in ('/sys', '/sys/fs/cgroup', '/sys/kernel/debug', '/cgroup', '/run', '/var', '/root', '/home', '/boot') if os.path.exists(one)]",
    [[]],
  ],
  [
    "a cgroup's release_agent: no file of that name, and no cgroup can be mounted",
    "found = [os.path.join(d, f) for d, _, fs in os.walk('/proc/self') for f in fs if 'release_agent' in f or 'notify_on_release' in f]\nreturn [found, syscall(165, b'cgroup', b'/tmp', b'cgroup', 0, b'memory')]",
    [[[], 'EPERM']],
  ],
  [
    'uncovering what lies below the file systems of the jail',
    "calls = {syscall(166, d, f) for d in (b'/tmp', b'/work', b'/proc', b'/dev/shm', b'/') for f in (0, 2, 8)} | {syscall(428, -100, b'/tmp', 0x80001), syscall(429, 3, b'', -100, b'/work', 4)}\nreturn [sorted(calls), [os.listdir(p) for p in ('/tmp', '/proc/self/root/tmp', '/work/../tmp', '/proc/thread-self/root/tmp')], [p for p in os.listdir('/proc') if p.isdigit() and int(p) > 9]]",
    [[['EPERM'], [[], [], [], []], []]],
  ],
  [
    'a symbolic link to a file of the host: it points into the jail',
    "os.symlink('/root/.bashrc', '/work/link')\nreturn attempt(open, '/work/link')",
    ['ENOENT'],
  ],
  [
    'a hard link to a file of the image: across mounts',
    "return attempt(os.link, '/etc/passwd', '/work/passwd')",
    ['EXDEV', 'EPERM'],
  ],
  [
    'devices on the writable mounts: they are nodev',
    "return [os.statvfs(d).f_flag & os.ST_NODEV > 0 for d in ('/', '/work', '/tmp', '/dev/shm')]",
    [[true, true, true, true]],
  ],
  [
    'pseudo-terminals of the host: the jail has an instance of its own',
    "return [os.listdir('/dev/pts'), os.statvfs('/dev/pts').f_flag & (os.ST_NOSUID | os.ST_NOEXEC), attempt(os.mkdir, '/dev/pts/x'), os.path.exists('/dev/console')]",
    [
      [['ptmx'], 10, 'EACCES', false],
      [[], 2, 'EROFS', false],
    ],
  ],
  [
    'a set-user-ID program on the writable mounts: they are nosuid',
    "return [os.statvfs(d).f_flag & os.ST_NOSUID > 0 for d in ('/', '/dev/shm', '/dev/pts')]",
    [[true, true, true]],
  ],
  [
    'starting a program from shared memory: it is noexec',
    "import shutil\nshutil.copy('/bin/sh', '/dev/shm/sh'); os.chmod('/dev/shm/sh', 0o755)\nreturn attempt(subprocess.run, ['/dev/shm/sh', '-c', 'true'])",
    ['EACCES'],
  ],
];

export const filesystem: readonly Attack[] = [
  ...refused.map(([title, text, answers]) => lines(title, text, returns(...answers))),
  lines(
    'a file of the host that everybody may read and write',
    "return [attempt(open, args[0] + '/secret'), attempt(open, '/proc/self/root' + args[0] + '/secret'), attempt(open, args[0] + '/new', 'w'), os.path.exists(args[0])]",
    returns(['ENOENT', 'ENOENT', 'ENOENT', false]),
    { needs: ['same host'], fields: ({ folder }) => ({ args: [folder] }) },
  ),
  ...programs('writing to the root', 'root'),
];
