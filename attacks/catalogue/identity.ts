import type { Attack } from '../attack.ts';
import { returns } from '../expectations.ts';
import { lines } from '../python.ts';

const refused: readonly [title: string, text: string, answers: readonly unknown[]][] = [
  [
    'mapping another user: the maps are written already',
    "return sorted({attempt(lambda: open(f'/proc/self/{m}', 'w').write('0 0 1')) for m in ('uid_map', 'gid_map', 'setgroups')} - {'EPERM', 'EACCES', 'EROFS'})",
    [[]],
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
    "return sorted({syscall(308, os.open(f'/proc/self/ns/{n}', os.O_RDONLY), 0) for n in os.listdir('/proc/self/ns')})",
    [['EPERM']],
  ],
];

/** A walk through the whole image takes a slow machine more than the default. */
const patient = { fields: { limits: { timeout: 60 } } };

export const identity: readonly Attack[] = refused.map(([title, text, answers]) =>
  lines(title, text, returns(...answers), patient),
);
