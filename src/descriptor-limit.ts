import { readFileSync } from 'node:fs';

/** Returns the most file descriptors of this process; Node raises its soft limit to the hard one at start. */
export function readDescriptorLimit(): number {
  const [, soft = ''] =
    /^Max open files +(\d+|unlimited) /m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return soft === 'unlimited' ? Infinity : Number(soft);
}
