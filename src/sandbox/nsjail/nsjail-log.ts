import type { Ending } from '../../core/contract/evidence.ts';

/** Content of nsjail's log, at level INFO. */
export interface NsjailLog {
  /** End of the jailed process, from waitpid(2), in nsjail's words. */
  readonly ending: Ending | undefined;
  /** True when nsjail's own wall clock limit ended the jail. */
  readonly isOverTime: boolean;
  /** Warnings and errors: reasons why a jail could not be made. */
  readonly complaints: readonly string[];
}

/** The service's own deadline comes before nsjail's limit, whose clock can be set. */
export const CLOCK_WAS_SET = 'nsjail ended a jail before its deadline: the clock of the host was set.';

const exited = /\) exited with status: (\d+), \(PIDs left/;
const OVER_TIME = ' run time >= time limit (';
const terminated = /\) terminated with signal: (\w+) \((\d+)\), \(PIDs left/;

export function readNsjailLog(text: string): NsjailLog {
  const lines = text.split('\n');
  const complaints = lines
    .filter((line) => /^\[[WEF]\]/.test(line))
    .map((line) => line.replace(/^\[\w\]\[[^\]]*\](\[\d+\])? /, ''));
  return {
    ending: readEnding(lines),
    isOverTime: lines.some((line) => line.startsWith('[I]') && line.includes(OVER_TIME)),
    complaints,
  };
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
