import { getSystemErrorName } from 'node:util';
import { STEP_BYTES, TABLE_ADDRESS } from '../image/nursery-layout.ts';
import type { Step } from './table.ts';

/** Line of the starter: address of the step, error number. */
const LINE = /^\[F\]\[nursery\] (\d+) (-?\d+)$/m;

/** Returns the log of a jail with the name of the step that failed, if one did, in the place of its address. */
export function nameFailedStep(log: string, steps: readonly Step[]): string {
  return log.replace(LINE, (_, address: string, error: string) => {
    const step = steps[(Number(address) - TABLE_ADDRESS) / STEP_BYTES];
    return `[F][nursery] A jail could not ${step?.name ?? 'be made'}: ${describe(Number(error))}`;
  });
}

/** Errno with which the host denies namespaces or mounts; nsjail's own message names it, and the remedy depends on it. */
const EPERM = 1;

function describe(error: number): string {
  if (error === EPERM) return 'Operation not permitted';
  return error > 0 ? getSystemErrorName(-error) : `the result was ${-error}`;
}
