import { HIGHEST_CALL, systemCalls } from './system-calls.ts';

/** A call to try: its number and its first arguments; the others are -1, which no kernel takes for an address. */
export interface Candidate {
  readonly number: number;
  readonly args: readonly bigint[];
}

/** Bit 30 marks calls of the x32 ABI. */
const X32 = 0x4000_0000;
/** Above the 32 bits of a command: a filter that compares 64 of them misses it, the kernel does not. */
const HIGH_BIT = 1n << 32n;

const call = (name: string): number => {
  const number = systemCalls.get(name);
  if (number === undefined) throw new Error(`there is no system call ${name}`);
  return number;
};

const range = (from: number, to: number): bigint[] =>
  Array.from({ length: to - from }, (_, index) => BigInt(from + index));

/** Commands beyond the low numbers; each with the header that names it. */
const commands = {
  // linux/prctl.h: PTRACER, VMA names
  prctl: [...range(0, 120), 0x59616d61n, 0x53564d41n],
  // asm-generic/fcntl.h, linux/fcntl.h: leases, notifications, pipe sizes, seals, hints
  fcntl: [...range(0, 64), ...range(1024, 1064)],
  // Every family there is, and some that are not there yet
  socket: range(0, 64),
  // asm-generic/ioctls.h, linux/sockios.h, linux/fs.h, linux/tiocl.h, linux/kd.h
  ioctl: [
    ...range(0x5300, 0x5500),
    ...range(0x8900, 0x8a00),
    ...range(0x4b00, 0x4ba0),
    ...range(0x1200, 0x1300),
    0x4004_6600n,
    0x4008_6602n,
    0x8008_6601n,
    0x4020_940dn,
    0x4004_9409n,
    0xc018_aa3fn,
    0x4004_54can,
    0x4008_ae01n,
    0xae01n,
    0x4008_7468n,
    0x4001_7602n,
    0x8004_7601n,
    0xc020_660bn,
    0x4020_5829n,
  ],
  // linux/futex.h: each with and without PRIVATE (128) and CLOCK_REALTIME (256)
  futex: range(0, 512).filter((value) => (value & 127n) < 16n),
  // linux/madvise.h, sched.h
  madvise: [...range(0, 32), ...range(100, 106)],
  personality: [0n, 0x40000n, 0xffffffffn],
  // linux/fadvise.h
  fadvise64: range(0, 8),
  // linux/resource.h
  prlimit64: range(0, 16),
} as const;

/** Levels of setsockopt: SOL_SOCKET, IP, TCP, UDP, IPv6, ICMPv6, raw, netlink, packet, ALG, TLS, MPTCP, SMC, unix and more. */
const levels = [
  0, 1, 6, 17, 41, 58, 132, 136, 255, 256, 263, 269, 270, 273, 274, 275, 279, 281, 282, 284, 285, 286, 288,
];
const options = [...range(0, 128), ...range(200, 210), 0xffn];

/**
 * uretprobe and uprobe: kernels from 6.13 on let them past every filter, because their own probes make them, and end whoever
 * else does with SIGILL. An attack of its own tries them.
 */
export const unfiltered: readonly number[] = [335, 336];

/** Every system call, those of the x32 ABI too, and every command of those that have commands. */
export function listCandidates(): Candidate[] {
  const numbers = Array.from({ length: HIGHEST_CALL }, (_, number) => number).filter(
    (number) => !unfiltered.includes(number),
  );
  const at = (name: keyof typeof commands, place: number): Candidate[] =>
    commands[name].flatMap((command) =>
      [command, command | HIGH_BIT].map((value) => ({
        number: call(name),
        args: [...Array.from({ length: place }, () => -1n), value],
      })),
    );
  return [
    ...numbers.map((number) => ({ number, args: [] })),
    ...numbers.map((number) => ({ number: X32 + number, args: [] })),
    { number: 0x7fff_ffff, args: [] },
    ...at('prctl', 0),
    ...at('fcntl', 1),
    ...at('ioctl', 1),
    ...at('futex', 1),
    ...at('madvise', 2),
    ...at('personality', 0),
    ...at('fadvise64', 3),
    // Calls of process 1
    ...commands.prlimit64.map((limit) => ({ number: call('prlimit64'), args: [1n, limit] })),
    ...commands.socket.flatMap((family) =>
      ['socket', 'socketpair'].flatMap((name) =>
        [1n, 2n, 3n, 4n, 5n, 10n, 0x80001n].map((type) => ({ number: call(name), args: [family, type, 0n] })),
      ),
    ),
    ...levels.flatMap((level) =>
      options.map((option) => ({ number: call('setsockopt'), args: [-1n, BigInt(level), option] })),
    ),
    ...listFlags(),
  ];
}

/** Calls whose flags a filter looks at: each flag alone, and all of them. */
function listFlags(): Candidate[] {
  const bits = Array.from({ length: 33 }, (_, bit) => 1n << BigInt(bit));
  const namespaces = bits.filter((bit) => (bit & 0x7e02_0080n) !== 0n);
  return [
    ...namespaces.map((flag) => ({ number: call('clone'), args: [flag | 17n] })),
    ...namespaces.map((flag) => ({ number: call('unshare'), args: [flag] })),
    { number: call('clone'), args: [0x7e02_0011n] },
    // Executable memory of no file, and memory that becomes executable
    { number: call('mmap'), args: [0n, 4096n, 7n, 0x22n, -1n, 0n] },
    { number: call('mmap'), args: [0n, 4096n, 4n, 0x21n, -1n, 0n] },
    // Huge pages, of every size (none of a length of 0, which the kernel says EINVAL to) and in files without a name; a map of a file that
    // is written out at once
    ...[0n, 21n, 30n].flatMap((size) => [
      { number: call('mmap'), args: [0n, 0n, 3n, 0x4_0022n | (size << 26n), -1n, 0n] },
      { number: call('memfd_create'), args: [-1n, 4n | (size << 26n)] },
    ]),
    ...[4n, 6n].map((flags) => ({ number: call('msync'), args: [1n, 4096n, flags] })),
    { number: call('mprotect'), args: [0n, 4096n, 5n] },
    { number: call('pkey_mprotect'), args: [0n, 4096n, 5n, -1n] },
  ];
}
