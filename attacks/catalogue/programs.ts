import { runtimeNames, type ProgramRuntime } from '../../src/core/contract/runtimes.ts';
import { runtimeScripts } from '../../test/support/runtime-scripts.ts';
import type { Answer, Attack, Complaint, Need } from '../attack.ts';
import { fails, prints } from '../expectations.ts';

const programRuntimes = runtimeNames.filter((name) => name !== 'python');

type Deed = 'root' | 'network' | 'endless' | 'greedy' | 'bomb';

interface Doing {
  readonly limits?: Readonly<Record<string, number>>;
  readonly judge: (answer: Answer) => Complaint;
  readonly needs?: readonly Need[];
}

const PROCESSES = 40;

const doings: Readonly<Record<Deed, Doing>> = {
  root: { judge: prints('ok\nok\n') },
  network: { judge: prints('ok\nok\n') },
  endless: { limits: { timeout: 1 }, judge: fails('timeout') },
  greedy: { limits: { memory_mb: 128, timeout: 60 }, judge: fails('memory_limit'), needs: ['cgroup'] },
  bomb: { limits: { processes: PROCESSES, timeout: 30 }, judge: countChildren, needs: ['cgroup'] },
};

function countChildren({ body }: Answer): Complaint {
  const lived = /"lived": ?(\d+)/.exec(body.stdout ?? '')?.[1];
  if (lived === undefined)
    return `the program did not say how many children lived: ${body.error ?? body.stdout}`;
  return Number(lived) < PROCESSES ? undefined : `${lived} children lived at once, allowed were ${PROCESSES}`;
}

/** The same attack in each language but Python. */
export const programs = (title: string, deed: Deed): Attack[] =>
  programRuntimes.map((runtime: ProgramRuntime) => {
    const { limits, judge, needs } = doings[deed];
    const request = { runtime, script: runtimeScripts[runtime][deed], ...(limits && { limits }) };
    return { kind: 'script', title, runtime, request: () => request, judge, ...(needs && { needs }) };
  });
