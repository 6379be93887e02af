/*
 * Actions of the filters for commands of fcntl, prctl, ioctl, setsockopt and the like. refused-commands.test.ts compares the
 * allowed commands with nsjail/parts/common.kafel, and tries all others in a jail.
 */

export type Commanded = 'fcntl' | 'prctl' | 'ioctl' | 'setsockopt';

/** Commands that the policies allow: for `setsockopt` level and option. */
export const allowedCommands = {
  fcntl: [0, 1, 2, 3, 4, 5, 6, 7, 1030, 1031, 1032],
  prctl: [4, 15, 16, 0x53564d41, 21, 38, 39],
  ioctl: [0x541b, 0x5421, 0x5451, 0x5450, 0x8910, 0x8933],
  terminals: [
    ...[0x5401, 0x5402, 0x5403, 0x5404, 0x802c542a, 0x402c542b, 0x402c542c, 0x402c542d],
    ...[0x5409, 0x540a, 0x540b, 0x5413, 0x5414, 0x540e, 0x5422, 0x540f, 0x5410, 0x5429],
    ...[0x80045430, 0x40045431, 0x5441],
  ],
  setsockopt: [
    ...[2, 6, 9, 13, 15, 20, 21].map((option) => [1, option] as const),
    ...[1, 2, 11].map((option) => [0, option] as const),
    ...[26, 25].map((option) => [41, option] as const),
    ...[1, 3, 9, 4, 5, 6, 12, 18].map((option) => [6, option] as const),
  ],
} as const;

/** Commands of `setsockopt` that succeed and change nothing: sizes of buffers, and the place of urgent data. */
export const ignoredOptions: readonly (readonly [level: number, option: number])[] = [
  [1, 7],
  [1, 8],
  [1, 10],
];

/** Errors of each for every other command. */
export const refusals: Readonly<Record<Commanded, string>> = {
  fcntl: 'EINVAL',
  prctl: 'EINVAL',
  ioctl: 'ENOTTY',
  setsockopt: 'ENOPROTOOPT',
};

export interface RefusedCall {
  readonly name: string;
  /** An expression of Python that a kernel without the filter answers with `ok`, where it has the command at all. */
  readonly call: string;
  readonly answer: string;
}

const fcntl = (name: string, code: number, argument = '0', descriptor = 'file'): RefusedCall => ({
  name: `fcntl ${name}`,
  call: `syscall(72, ${descriptor}, ${code}, ${argument})`,
  answer: refusals.fcntl,
});
const prctl = (name: string, code: number, ...rest: readonly (number | string)[]): RefusedCall => ({
  name: `prctl ${name}`,
  call: `syscall(157, ${[code, ...rest, 0, 0, 0, 0].slice(0, 5).join(', ')})`,
  answer: refusals.prctl,
});
const ioctl = (name: string, code: number, descriptor = 'file'): RefusedCall => ({
  name: `ioctl ${name}`,
  call: `syscall(16, ${descriptor}, ${code}, buffer)`,
  answer: refusals.ioctl,
});
const setsockopt = (name: string, level: number, option: number, value: string, on = 'tcp'): RefusedCall => ({
  name: `setsockopt ${name}`,
  call: `option(${on}, ${level}, ${option}, ${value})`,
  answer: refusals.setsockopt,
});
const number = (value: number): string => `(${value}).to_bytes(4, 'little')`;

/** Objects that the calls below are made on: lines of Python, after those of test/support/attack.ts. */
export const prelude = `
buffer = ctypes.create_string_buffer(4096)
file = os.open('/work/commanded', os.O_RDWR | os.O_CREAT)
readable = os.open('/work/commanded', os.O_RDONLY)
folder = os.open('/work', os.O_RDONLY)
memory = os.memfd_create('commanded', os.MFD_ALLOW_SEALING)
tcp, udp, six = socket.socket(), socket.socket(type=socket.SOCK_DGRAM), socket.socket(socket.AF_INET6)
left, right = socket.socketpair()
os.close(os.open('/work/commanded', os.O_RDONLY))
def option(on, level, name, value):
    return syscall(54, on.fileno(), level, name, value, len(value))
# BPF that lets every packet through: one instruction, and struct sock_fprog
program = ctypes.create_string_buffer(bytes.fromhex('06000000ffff0000'))
filter = (1).to_bytes(8, 'little') + ctypes.addressof(program).to_bytes(8, 'little')
word = ctypes.c_uint32(0)
part = (ctypes.c_uint64 * 2)(ctypes.addressof(buffer), 1)
message = (ctypes.c_uint64 * 7)(0, 0, ctypes.addressof(part), 1, 0, 0, 0)
many = (ctypes.c_uint64 * 8)(*message, 0)
`;

/** Commands with a name that are refused, each with arguments that would work. */
export const refusedCommands: readonly RefusedCall[] = [
  fcntl('F_SETOWN', 8, 'os.getpid()'),
  fcntl('F_GETOWN', 9),
  fcntl('F_SETSIG', 10, '10'),
  fcntl('F_GETSIG', 11),
  fcntl('F_SETOWN_EX', 15, 'buffer'),
  fcntl('F_GETOWN_EX', 16, 'buffer'),
  fcntl('F_GETOWNER_UIDS', 17, 'buffer'),
  fcntl('F_OFD_GETLK', 36, 'buffer'),
  fcntl('F_OFD_SETLK', 37, 'buffer'),
  fcntl('F_OFD_SETLKW', 38, 'buffer'),
  fcntl('F_SETLEASE', 1024, '2'),
  fcntl('F_SETLEASE for reading', 1024, '0', 'readable'),
  fcntl('F_SETLEASE with high bits set', 1024 + 2 ** 32, '2'),
  fcntl('F_GETLEASE', 1025),
  fcntl('F_NOTIFY', 1026, '0x80000001', 'folder'),
  fcntl('F_DUPFD_QUERY', 1027, 'file'),
  fcntl('F_CREATED_QUERY', 1028),
  fcntl('F_ADD_SEALS', 1033, '1', 'memory'),
  fcntl('F_GET_SEALS', 1034, '0', 'memory'),
  fcntl('F_GET_RW_HINT', 1035, 'buffer'),
  fcntl('F_SET_RW_HINT', 1036, 'buffer'),
  fcntl('F_SETFL with O_ASYNC', 4, '0x2000', 'left.fileno()'),
  prctl('PR_SET_PDEATHSIG', 1, 0),
  prctl('PR_SET_PDEATHSIG with high bits set', 1 + 2 ** 32, 0),
  prctl('PR_GET_PDEATHSIG', 2, 'buffer'),
  prctl('PR_GET_DUMPABLE', 3),
  prctl('PR_SET_DUMPABLE', 4, 1),
  prctl('PR_SET_KEEPCAPS', 8, 1),
  prctl('PR_SET_SECCOMP', 22, 2, '(ctypes.c_uint64 * 2)(1, ctypes.addressof(program))'),
  prctl('PR_CAPBSET_READ', 23, 0),
  prctl('PR_GET_TSC', 25, 'buffer'),
  prctl('PR_SET_TSC', 26, 1),
  prctl('PR_GET_SECUREBITS', 27),
  prctl('PR_SET_TIMERSLACK', 29, 1),
  prctl('PR_GET_TIMERSLACK', 30),
  prctl('PR_TASK_PERF_EVENTS_DISABLE', 31),
  prctl('PR_MCE_KILL', 33),
  prctl('PR_SET_MM', 35, 8, 'ctypes.addressof(buffer)'),
  prctl('PR_SET_CHILD_SUBREAPER', 36, 1),
  prctl('PR_GET_TID_ADDRESS', 40, 'buffer'),
  prctl('PR_SET_THP_DISABLE', 41, 1),
  prctl('PR_CAP_AMBIENT', 47, 4),
  prctl('PR_GET_SPECULATION_CTRL', 52),
  prctl('PR_SET_SPECULATION_CTRL', 53, 0, 4),
  prctl('PR_SET_SYSCALL_USER_DISPATCH', 59, 1, 0, 0, 'buffer'),
  prctl('PR_SCHED_CORE', 62),
  prctl('PR_SET_MDWE', 65, 1),
  prctl('PR_SET_MEMORY_MERGE', 67, 1),
  prctl('PR_SET_PTRACER', 0x59616d61, '-1'),
  ioctl('TIOCSTI', 0x5412, '0'),
  ioctl('TIOCLINUX', 0x541c, '0'),
  ioctl('TIOCSETD', 0x5423, '0'),
  ioctl('FIOASYNC', 0x5452, 'left.fileno()'),
  ioctl('FIOQSIZE', 0x5460),
  ioctl('FIGETBSZ', 2),
  ioctl('FICLONE', 0x40049409),
  ioctl('FS_IOC_GETFLAGS', 0x80086601),
  ioctl('FS_IOC_SETFLAGS', 0x40086602),
  ioctl('SIOCSPGRP', 0x8902, 'tcp.fileno()'),
  ioctl('SIOCATMARK', 0x8905, 'tcp.fileno()'),
  ioctl('SIOCGIFCONF', 0x8912, 'tcp.fileno()'),
  ioctl('SIOCGIFFLAGS', 0x8913, 'tcp.fileno()'),
  ioctl('SIOCOUTQ', 0x5411, 'tcp.fileno()'),
  ioctl('SIOCUNIXFILE', 0x89e0, 'left.fileno()'),
  setsockopt('SO_DEBUG', 1, 1, number(0)),
  setsockopt('SO_PRIORITY', 1, 12, number(1)),
  setsockopt('SO_PASSCRED', 1, 16, number(1), 'left'),
  setsockopt('SO_RCVLOWAT', 1, 18, number(1)),
  setsockopt('SO_BINDTODEVICE', 1, 25, "b'lo\\0'"),
  setsockopt('SO_ATTACH_FILTER', 1, 26, 'filter'),
  setsockopt('SO_DETACH_FILTER', 1, 27, number(0)),
  setsockopt('SO_TIMESTAMP', 1, 29, number(1)),
  setsockopt('SO_SNDBUFFORCE', 1, 32, number(65_536)),
  setsockopt('SO_RCVBUFFORCE', 1, 33, number(65_536)),
  setsockopt('SO_MARK', 1, 36, number(1)),
  setsockopt('SO_PEEK_OFF', 1, 42, number(0), 'left'),
  setsockopt('SO_LOCK_FILTER', 1, 44, number(0)),
  setsockopt('SO_BUSY_POLL', 1, 46, number(0)),
  setsockopt('SO_ATTACH_BPF', 1, 50, number(0)),
  setsockopt('SO_ATTACH_REUSEPORT_CBPF', 1, 51, 'filter', 'udp'),
  setsockopt('SO_ATTACH_REUSEPORT_EBPF', 1, 52, number(0)),
  setsockopt('SO_ZEROCOPY', 1, 60, number(1)),
  setsockopt('SO_TXTIME', 1, 61, 'bytes(8)', 'udp'),
  setsockopt('SO_BUF_LOCK', 1, 72, number(1)),
  setsockopt('IP_OPTIONS', 0, 4, 'bytes(4)'),
  setsockopt('IP_PKTINFO', 0, 8, number(1)),
  setsockopt('IP_FREEBIND', 0, 15, number(1)),
  setsockopt('IP_MINTTL', 0, 21, number(255)),
  setsockopt('IP_ADD_MEMBERSHIP', 0, 35, 'bytes((224, 0, 0, 9, 127, 0, 0, 1))', 'udp'),
  setsockopt('IPT_SO_SET_REPLACE', 0, 64, 'bytes(100)'),
  setsockopt('IPV6_MINHOPCOUNT', 41, 73, number(255), 'six'),
  setsockopt('IPV6_RTHDR', 41, 57, 'bytes(0)', 'six'),
  setsockopt('IPV6_FLOWLABEL_MGR', 41, 32, 'bytes(32)', 'six'),
  setsockopt('TCP_MAXSEG', 6, 2, number(88)),
  setsockopt('TCP_CONGESTION', 6, 13, "b'reno'"),
  setsockopt('TCP_MD5SIG', 6, 14, 'bytes(216)'),
  setsockopt('TCP_REPAIR', 6, 19, number(1)),
  setsockopt('TCP_FASTOPEN', 6, 23, number(1)),
  setsockopt('TCP_ULP', 6, 31, "b'tls'"),
  setsockopt('UDP_CORK', 17, 1, number(1), 'udp'),
  setsockopt('UDP_SEGMENT', 17, 103, number(0), 'udp'),
  setsockopt('NETLINK_ADD_MEMBERSHIP', 270, 1, number(1)),
  setsockopt('SOL_TLS', 282, 1, 'bytes(40)'),
  {
    name: 'getsockopt SO_PEERPIDFD',
    call: 'syscall(55, left.fileno(), 1, 77, buffer, ctypes.byref(ctypes.c_uint(4)))',
    answer: 'ENOPROTOOPT',
  },
  {
    name: 'getsockopt TCP_ZEROCOPY_RECEIVE',
    call: 'syscall(55, tcp.fileno(), 6, 35, buffer, ctypes.byref(ctypes.c_uint(40)))',
    answer: 'ENOPROTOOPT',
  },
  { name: 'prlimit64 RLIMIT_CPU of process 1', call: 'syscall(302, 1, 0, part, None)', answer: 'EPERM' },
  {
    name: 'prlimit64 RLIMIT_RTTIME of process 1, with high bits set',
    call: 'syscall(302, 1 + 2**32, 15, part, None)',
    answer: 'EPERM',
  },
  { name: 'madvise MADV_MERGEABLE', call: 'syscall(28, 0, 0, 12)', answer: 'EINVAL' },
  { name: 'memfd_create MFD_HUGETLB', call: "syscall(319, b'huge', 4)", answer: 'EINVAL' },
  { name: 'sendmsg', call: 'syscall(46, left.fileno(), message, 0)', answer: 'EPERM' },
  { name: 'sendmmsg', call: 'syscall(307, left.fileno(), many, 1, 0)', answer: 'EPERM' },
  {
    name: 'sendto with MSG_OOB',
    call: 'syscall(44, left.fileno(), buffer, 1, 1, None, 0)',
    answer: 'ENOTSUP',
  },
  {
    name: 'recvfrom with MSG_OOB',
    call: 'syscall(45, right.fileno(), buffer, 1, 0x41, None, None)',
    answer: 'ENOTSUP',
  },
  ...[
    ['FUTEX_LOCK_PI', 6],
    ['FUTEX_UNLOCK_PI', 7],
    ['FUTEX_TRYLOCK_PI', 8],
    ['FUTEX_WAIT_REQUEUE_PI', 11],
    ['FUTEX_CMP_REQUEUE_PI', 12],
    ['FUTEX_LOCK_PI2', 13],
  ].flatMap(([name, code]) =>
    [0, 128, 256].map((flag) => ({
      name: `futex ${name} with flags ${flag}`,
      call: `syscall(202, ctypes.byref(word), ${Number(code) + flag}, 1, None, ctypes.byref(word), 0)`,
      answer: 'ENOSYS',
    })),
  ),
  ...[
    ['futex_waitv', 449],
    ['futex_wake', 454],
    ['futex_wait', 455],
    ['futex_requeue', 456],
    ['get_robust_list', 274],
  ].map(([name, code]) => ({
    name: String(name),
    call: `syscall(${code}, 0, buffer, buffer, 0, 0)`,
    answer: 'ENOSYS',
  })),
  ...[
    ['ICMP', 2, 2, 1],
    ['MPTCP', 2, 1, 262],
    ['SCTP', 2, 1, 132],
    ['SCTP by its type', 2, 5, 0],
    ['UDP-Lite', 2, 2, 136],
    ['DCCP', 2, 6, 33],
    ['L2TP', 10, 2, 115],
  ].map(([name, family, type, protocol]) => ({
    name: `socket of ${name}`,
    call: `syscall(41, ${family}, ${type}, ${protocol})`,
    answer: 'EPROTONOSUPPORT',
  })),
];

/** Every number in reach but the allowed ones: expressions of Python that give what was not refused as it has to be. */
export const sweeps: Readonly<Record<Commanded, string>> = {
  fcntl: `[c for c in range(2048) if c not in allowed and syscall(72, memory, c, 0) != answer]`,
  prctl: `[c for c in range(256) if c not in allowed and syscall(157, c, 0, 0, 0, 0) != answer]`,
  ioctl: `[c for c in (*range(0x5400, 0x5500), *range(0x8900, 0x8a00)) if c not in allowed for f in (memory, tcp.fileno()) if syscall(16, f, c, 0) != answer]`,
  setsockopt: `[(l, c) for l in (*range(300), 0xffff) for c in range(140) if [l, c] not in allowed for s in (tcp, udp) if option(s, l, c, bytes(4)) != answer]`,
};
