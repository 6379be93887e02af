import type { Ending } from '../../core/contract/evidence.ts';
import { SIGNAL_LINE } from './image/init-program.ts';

/** Content of a jail's log: nsjail's words, at level INFO, and those of the init process. */
export interface NsjailLog {
  /** End of process 1, or of the interpreter that its init process waited for; both from wait4(2). */
  readonly ending: Ending | undefined;
  /** True when the init process saw a signal end the interpreter, so that it was not killed itself. */
  readonly isSignalTold: boolean;
  /** True when nsjail's own wall clock limit ended the jail. */
  readonly isOverTime: boolean;
  /** Warnings and errors: reasons why a jail could not be made. */
  readonly complaints: readonly string[];
}

/** The service's own deadline comes before nsjail's limit, whose clock can be set. */
export const CLOCK_WAS_SET = 'nsjail ended a jail before its deadline: the clock of the host was set.';

// Lines on mounts contain paths of callers, so nsjail's words count only where its own lines begin with them.
const exited = /^\[I\]\[[^\]]*\] pid=\d+ \([^)]*\) exited with status: (\d+), \(PIDs left/;
const overTime = /^\[I\]\[[^\]]*\] pid=\d+ run time >= time limit \(/;
const terminated = /^\[I\]\[[^\]]*\] pid=\d+ \([^)]*\) terminated with signal: (\w+) \((\d+)\), \(PIDs left/;

export function readNsjailLog(text: string): NsjailLog {
  const lines = text.split('\n');
  const complaints = lines
    .filter((line) => /^\[[WEF]\]/.test(line))
    .map((line) => line.replace(/^\[\w\]\[[^\]]*\](\[\d+\])? /, ''));
  const signal = readInitSignal(lines);
  return {
    ending: signal === undefined ? readEnding(lines) : { kind: 'signal', signal, name: '' },
    isSignalTold: signal !== undefined,
    isOverTime: lines.some((line) => overTime.test(line)),
    complaints,
  };
}

/**
 * Returns the signal that ended the interpreter, in the words of the init process; undefined if the number is missing,
 * because the init process was killed before it wrote that.
 */
function readInitSignal(lines: readonly string[]): number | undefined {
  const number = lines.find((one) => one.startsWith(SIGNAL_LINE))?.slice(SIGNAL_LINE.length) ?? '';
  return /^\d\d$/.test(number) ? Number(number) : undefined;
}

function readEnding(lines: readonly string[]): Ending | undefined {
  for (const line of lines.toReversed()) {
    const code = exited.exec(line)?.[1];
    if (code !== undefined) return { kind: 'exit', code: Number(code) };
    const [, name, signal] = terminated.exec(line) ?? [];
    if (name !== undefined) return { kind: 'signal', signal: Number(signal), name };
  }
  return undefined;
}
