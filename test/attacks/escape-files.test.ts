import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';

/** Ways out through files, processes and privileges that need no special system call. */
const refused: readonly [why: string, lines: string, answers: readonly unknown[]][] = [
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
    "following a process's root out of the jail",
    "return [os.path.samefile(f'/proc/{p}/root', '/') for p in os.listdir('/proc') if p.isdigit()]",
    [[true]],
  ],
  [
    "the memory of a process that is not one's own child",
    "return sorted({attempt(open, f'/proc/{p}/mem', 'r+b') for p in os.listdir('/proc') if p.isdigit() and p != str(os.getpid())})",
    [[]],
  ],
  [
    'core_pattern and other settings of the kernel: /proc/sys is not there',
    "return [attempt(open, '/proc/sys/kernel/core_pattern', 'w'), attempt(open, '/proc/sysrq-trigger', 'w'), attempt(open, '/proc/sys/vm/drop_caches', 'w')]",
    [['ENOENT', 'ENOENT', 'ENOENT']],
  ],
  [
    "the kernel's memory, symbols and devices: /proc/kcore and the like are not there",
    "return [one for one in ('/proc/kcore', '/proc/kallsyms', '/proc/kmsg', '/proc/keys', '/dev/mem', '/dev/kmsg', '/dev/sda', '/dev/vda', '/dev/tty', '/dev/ptmx', '/dev/fuse', '/dev/kvm', '/dev/net/tun') if os.path.exists(one)]",
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
    'mapping another user: the maps are written already',
    "return sorted({attempt(lambda: open(f'/proc/self/{m}', 'w').write('0 0 1')) for m in ('uid_map', 'gid_map', 'setgroups')} - {'EPERM', 'EACCES', 'EROFS'})",
    [[]],
  ],
  [
    'a lower oom_score_adj than its own',
    "return attempt(lambda: open('/proc/self/oom_score_adj', 'w').write('-1000')) in ('EACCES', 'EROFS', 'EPERM')",
    [true],
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
    'a program with set-user-id: the bit is ignored on /work, and no privilege is gained',
    "import shutil\nshutil.copy('/bin/sh', '/work/sh'); os.chmod('/work/sh', 0o6755)\nreturn [os.statvfs('/work').f_flag & os.ST_NOSUID > 0, libc.prctl(39, 0, 0, 0, 0)]",
    [[true, 1]],
  ],
  [
    'set-user-id programs in the image: there is none',
    "return [os.path.join(d, f) for d, _, fs in os.walk('/usr') for f in fs if os.lstat(os.path.join(d, f)).st_mode & 0o6000]",
    [[]],
  ],
  [
    'devices on the writable mounts: they are nodev',
    "return [os.statvfs(d).f_flag & os.ST_NODEV > 0 for d in ('/', '/work', '/tmp', '/dev/shm')]",
    [[true, true, true, true]],
  ],
  [
    'starting a program from shared memory: it is noexec',
    "import shutil\nshutil.copy('/bin/sh', '/dev/shm/sh'); os.chmod('/dev/shm/sh', 0o755)\nreturn attempt(subprocess.run, ['/dev/shm/sh', '-c', 'true'])",
    ['EACCES'],
  ],
  [
    'typing into a terminal with TIOCSTI, also with high bits set',
    "import fcntl\nreturn [attempt(fcntl.ioctl, 0, 0x5412, b'x'), syscall(16, 0, 0x5412 | 1 << 32, b'x'), syscall(16, 0, 0x541c, b'x')]",
    [['ENOTTY', 'ENOTTY', 'ENOTTY']],
  ],
  ['a controlling terminal: there is none', "return attempt(open, '/dev/tty')", ['ENOENT']],
  [
    'keeping capabilities with prctl: there are none to keep, and none may be raised',
    "libc.prctl(8, 1, 0, 0, 0)\nreturn [line.split()[1] for line in open('/proc/self/status') if line.startswith('Cap')] + [libc.prctl(47, 2, 0, 0, 0)]",
    [
      [
        '0000000000000000',
        '0000000000000000',
        '0000000000000000',
        '0000000000000000',
        '0000000000000000',
        -1,
      ],
    ],
  ],
  [
    'shedding the filter or no_new_privs: both stay, in children too',
    'libc.prctl(38, 0, 0, 0, 0); libc.prctl(22, 0, 0, 0, 0)\nreturn [in_child(lambda: [libc.prctl(21, 0, 0, 0, 0), libc.prctl(39, 0, 0, 0, 0)])]',
    [['[2, 1]']],
  ],
  [
    'entering a namespace through /proc: setns is refused for each of them',
    "return sorted({syscall(308, os.open(f'/proc/1/ns/{n}', os.O_RDONLY), 0) for n in os.listdir('/proc/1/ns')})",
    [['EPERM']],
  ],
  [
    'signalling processes of the host: no such process',
    'return sorted({attempt(os.kill, p, 0) for p in range(2, 5000)})',
    [['ESRCH']],
  ],
  [
    'another network namespace by its file',
    "return [os.path.exists('/run/netns'), os.path.exists('/var/run/netns'), os.path.exists('/proc/net/dev') and len(open('/proc/net/dev').readlines())]",
    [
      [false, false, false],
      [false, false, 3],
    ],
  ],
];

describeInJail('escape by files, processes and privileges', (arena) => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'target-'));
    await chmod(folder, 0o777);
    await writeFile(join(folder, 'secret'), 'secret');
    await chmod(join(folder, 'secret'), 0o666);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(refused)('%s', async (_why, lines, answers) => {
    expect(answers).toContainEqual(await arena.attack(lines));
  });

  it('a file of the host that everybody may read and write is not there', async () => {
    const tries =
      "return [attempt(open, args[0] + '/secret'), attempt(open, '/proc/1/root' + args[0] + '/secret'), attempt(open, args[0] + '/new', 'w'), os.path.exists(args[0])]";
    expect(await arena.attack(tries, { args: [folder] })).toEqual(['ENOENT', 'ENOENT', 'ENOENT', false]);
  });

  it('descriptors: besides 0 to 4 nothing of the service or of nsjail is open', async () => {
    expect(await arena.attack("return [d for d in range(256) if attempt(os.fstat, d) == 'ok']")).toEqual([
      0, 1, 2, 4,
    ]);
  });
});
