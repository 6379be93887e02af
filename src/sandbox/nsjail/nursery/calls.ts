import { ownCalls } from '../image/nursery-layout.ts';

/** Numbers of the system calls of steps on x86-64 (asm/unistd_64.h), and of the calls that a template has besides. */
export const callNumbers = {
  read: 0,
  write: 1,
  open: 2,
  close: 3,
  munmap: 11,
  rt_sigaction: 13,
  rt_sigprocmask: 14,
  ioctl: 16,
  dup2: 33,
  alarm: 37,
  socket: 41,
  sendmsg: 46,
  clone: 56,
  execve: 59,
  wait4: 61,
  chdir: 80,
  setsid: 112,
  getgroups: 115,
  setresuid: 117,
  setresgid: 119,
  capset: 126,
  prctl: 157,
  setrlimit: 160,
  mount: 165,
  exit_group: 231,
  pipe2: 293,
  seccomp: 317,
  close_range: 436,
  ...ownCalls,
} as const;

export type CallName = keyof typeof callNumbers;
