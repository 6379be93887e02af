import type { Answer, Attack, Complaint } from '../attack.ts';
import { unfiltered } from '../kafel/candidates.ts';
import { returns } from '../expectations.ts';
import { lines, script } from '../python.ts';
import { sweeps } from './sweeps.ts';

/** Raw system calls by their x86_64 numbers, each made by a script in a jail of its own. */
const EPERM = ['EPERM'];
const ENOSYS = ['ENOSYS'];

const calls: readonly [why: string, call: string, answers: readonly string[]][] = [
  ['mounting a file system', "syscall(165, b'none', b'/tmp', b'tmpfs', 0, None)", EPERM],
  ['remounting the root writable', "syscall(165, b'none', b'/', None, 32, None)", EPERM],
  ['unmounting /work', "syscall(166, b'/work', 2)", EPERM],
  ['changing the root with pivot_root', "syscall(155, b'/work', b'/work')", EPERM],
  ['changing the root with chroot', "syscall(161, b'/work')", EPERM],
  ['the newer mount interface, fsopen', "syscall(430, b'tmpfs', 0)", EPERM],
  ['the newer mount interface, open_tree', "syscall(428, -100, b'/', 1)", EPERM],
  ['the newer mount interface, move_mount', "syscall(429, -100, b'/tmp', -100, b'/work', 0)", EPERM],
  ['changing attributes of mounts', "syscall(442, -100, b'/', 0, None, 0)", EPERM],
  ['joining a namespace with setns', "syscall(308, os.open('/proc/self/ns/net', os.O_RDONLY), 0)", EPERM],
  ['clone3, whose flags no filter can see', 'syscall(435, ctypes.create_string_buffer(88), 88)', ENOSYS],
  ['tracing its own child', 'syscall(101, 0, 0, 0, 0)', EPERM],
  ["reading another process's memory", 'syscall(310, os.getpid(), None, 0, None, 0, 0)', EPERM],
  ["writing another process's memory", 'syscall(311, os.getpid(), None, 0, None, 0, 0)', EPERM],
  ["taking another process's descriptor", 'syscall(438, os.pidfd_open(os.getpid()), 1, 0)', EPERM],
  ['comparing kernel objects with kcmp', 'syscall(312, os.getpid(), os.getpid(), 0, 0, 0)', EPERM],
  ['performance counters', 'syscall(298, ctypes.create_string_buffer(128), 0, -1, -1, 0)', EPERM],
  ['loading BPF into the kernel', 'syscall(321, 0, ctypes.create_string_buffer(128), 128)', EPERM],
  ['faults in user space, userfaultfd', 'syscall(323, 0)', EPERM],
  ['io_uring, which works past the filter', 'syscall(425, 8, ctypes.create_string_buffer(120))', ENOSYS],
  ['kernel AIO', 'syscall(206, 8, ctypes.byref(ctypes.c_ulong(0)))', ENOSYS],
  ['key rings, keyctl', 'syscall(250, 0, -3, 1)', EPERM],
  ['key rings, add_key', "syscall(248, b'user', b'name', b'secret', 6, -3)", EPERM],
  ['key rings, request_key', "syscall(249, b'user', b'name', None, 0)", EPERM],
  [
    'opening a file of the host by its handle',
    'syscall(304, -100, ctypes.create_string_buffer(128), 0)',
    EPERM,
  ],
  [
    'asking for the handle of a file',
    "syscall(303, -100, b'/', ctypes.create_string_buffer(128), ctypes.byref(ctypes.c_int()), 0)",
    EPERM,
  ],
  ['a device node', "syscall(133, b'/work/disk', 0o60666, 0x800)", EPERM],
  ['a device node by mknodat', "syscall(259, -100, b'/work/memory', 0o20666, 0x101)", EPERM],
  ['a device node, with high bits set', "syscall(133, b'/work/disk', 0o60666 | 1 << 32, 0x800)", EPERM],
  ['a socket as a node', "syscall(259, -100, b'/work/socket', 0o140666, 0)", EPERM],
  ['becoming root with setuid', 'syscall(105, 0)', EPERM],
  ['becoming root with setgid', 'syscall(106, 0)', EPERM],
  ['becoming root with setresuid', 'syscall(117, 0, 0, 0)', EPERM],
  ['joining groups with setgroups', 'syscall(116, 1, ctypes.byref(ctypes.c_uint(0)))', EPERM],
  [
    'taking capabilities',
    'syscall(126, ctypes.byref((ctypes.c_uint32 * 2)(0x20080522, 0)), ctypes.byref((ctypes.c_uint32 * 6)(*[0xffffffff] * 6)))',
    EPERM,
  ],
  ['loading a kernel module', "syscall(175, b'x', 1, b'')", EPERM],
  ['loading a kernel module from a file', "syscall(313, 0, b'', 0)", EPERM],
  ['unloading a kernel module', "syscall(176, b'loop', 0)", EPERM],
  ['another kernel by kexec', 'syscall(246, 0, 0, None, 0)', EPERM],
  ['another kernel by kexec from a file', "syscall(320, 0, 0, 0, b'', 0)", EPERM],
  ['rebooting', 'syscall(169, 0xfee1dead, 672274793, 0x1234567, None)', EPERM],
  ['swap on a file', "syscall(167, b'/work/swap', 0)", EPERM],
  ['process accounting', "syscall(163, b'/work/account')", EPERM],
  ['disk quotas', "syscall(179, 0x800007 << 8, b'/dev/null', 0, None)", EPERM],
  ['setting the clock', 'syscall(227, 0, ctypes.byref((ctypes.c_long * 2)(0, 0)))', EPERM],
  ['I/O ports by iopl', 'syscall(172, 3)', EPERM],
  ['I/O ports by ioperm', 'syscall(173, 0, 8, 1)', EPERM],
  ['descriptor tables of the processor', 'syscall(154, 1, ctypes.create_string_buffer(16), 16)', EPERM],
  ["the kernel's log", 'syscall(103, 3, ctypes.create_string_buffer(4096), 4096)', EPERM],
  ['another host name', "syscall(170, b'host', 4)", EPERM],
  ['watching whole file systems', 'syscall(300, 0, 0)', EPERM],
  ['a filter of its own in the kernel', 'syscall(317, 1, 0, None)', EPERM],
  ['another personality (no randomised addresses)', 'syscall(135, 0x0040000)', EPERM],
  ['memory placed on nodes of the host', 'syscall(237, None, 0, 0, None, 0, 0)', EPERM],
  ['secret memory', 'syscall(447, 0)', EPERM],
  ["moving other processes' pages", 'syscall(279, os.getppid(), 0, None, None, None, 0)', EPERM],
  ['System V shared memory', 'syscall(29, 0, 4096, 0o1666)', EPERM],
  ['System V semaphores', 'syscall(64, 0, 1, 0o1666)', EPERM],
  ['System V messages', 'syscall(68, 0, 0o1666)', EPERM],
  ['POSIX message queues', "syscall(240, b'queue', 0o102, 0o600, None)", EPERM],
  ['a system call that does not exist yet', 'syscall(1023)', ENOSYS],
];

const namespaces: readonly [name: string, flag: string][] = [
  ['mounts', '0x00020000'],
  ['cgroups', '0x02000000'],
  ['host names', '0x04000000'],
  ['IPC', '0x08000000'],
  ['users', '0x10000000'],
  ['processes', '0x20000000'],
  ['network', '0x40000000'],
];

const oldCalls = `
import ctypes, mmap
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes.fromhex('b814000000cd80c3'))  # mov eax, 20 (getpid); int 0x80; ret
def main():
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
`;

/** Ended by a signal that says so: numbers of another table have no place in this one. */
const endsBySignal =
  (...signals: readonly number[]) =>
  ({ body }: Answer): Complaint =>
    body.error === 'crashed' && signals.includes(body.return_code ?? 0)
      ? undefined
      : `answered ${body.error ?? 'success'} (${body.return_code}); expected was a signal`;

const SIGILL = -4;
const SIGSEGV = -11;
const SIGSYS = -31;

const endsByItself = endsBySignal(SIGILL);

export const syscalls: readonly Attack[] = [
  ...sweeps,
  ...calls.map(([title, call, answers]) => lines(title, `return ${call}`, returns(...answers))),
  ...namespaces.map(([name, flag]) =>
    lines(
      `a new namespace of ${name}, by unshare and by clone`,
      `return [syscall(272, ${flag}), syscall(56, ${flag} | 17, 0, 0, 0, 0), in_child(lambda: syscall(272, 0x10000000 | ${flag}))]`,
      returns(['EPERM', 'EPERM', 'EPERM']),
    ),
  ),
  lines('a new namespace of time, by unshare', 'return syscall(272, 0x80)', returns('EPERM')),
  lines(
    'system calls of the x32 ABI',
    'return syscall(0x40000000 + 272, 0x10000000)',
    // The filter of a container's engine ends whoever makes one.
    (answer) => (answer.body.success === true ? returns('ENOSYS') : endsBySignal(SIGSYS))(answer),
  ),
  script('system calls by int 0x80, whose numbers are other ones', oldCalls, endsBySignal(SIGSYS, SIGSEGV)),
  ...unfiltered.map((number) =>
    lines(
      `the call ${number} of probes, which kernels from 6.13 on let past every filter`,
      `return syscall(${number})`,
      (answer) => (answer.body.success === true ? returns('ENOSYS', 'ENXIO')(answer) : endsByItself(answer)),
    ),
  ),
];
