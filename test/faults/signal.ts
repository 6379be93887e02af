import { tryRead } from '../../bench/processes.ts';
import { isRunning } from '../support/host-state.ts';
import { waitFor } from './arena.ts';

/** Sends a signal. @throws Error where the process has ended before: nothing was struck then. */
export function signal(pid: number, name: NodeJS.Signals): void {
  if (!isRunning(pid)) throw new Error('what was to be struck had ended before');
  process.kill(pid, name);
}

/** Sends a signal to a process that may be gone. */
export function signalIfThere(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended before.
  }
}

/** Kills a process, and sees it dead. */
export async function killAndSee(pid: number): Promise<string> {
  const life = identify(pid);
  signal(pid, 'SIGKILL');
  await waitFor(() => !isRunning(pid) || identify(pid) !== life, 'the end of what was killed');
  return 'seen dead';
}

/** Stops a process, and sees it stopped. */
export async function stopAndSee(pid: number): Promise<string> {
  signal(pid, 'SIGSTOP');
  await waitFor(() => /\) T /.test(tryRead(`/proc/${pid}/stat`)), 'a process that is stopped');
  return 'seen stopped';
}

/** A process as no other is: its pid, and when that was given out (proc(5), field 22 of stat). */
export function identify(pid: number): string {
  const stat = tryRead(`/proc/${pid}/stat`);
  return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
}
