import type { Answer, Attack, Complaint } from '../attack.ts';
import { both, fails, returnsOnly } from '../expectations.ts';
import { lines, script } from '../python.ts';

const burn = 'def main():\n    while True: pass';
const burnTogether = 'import os\ndef main():\n    for _ in range(3): os.fork()\n    while True: pass';
const share =
  'import os, time\ndef main():\n    own = os.getpid()\n    for _ in range(3): os.fork()\n    end = time.monotonic() + 1.5\n    while time.monotonic() < end: pass\n    os.getpid() == own or os._exit(0)';

/** Some periods of bandwidth more than the share of what it lasted. */
const isWithin =
  (cpus: number) =>
  ({ body }: Answer): Complaint => {
    const { cpu_ms = 0, duration_ms = 0 } = body.execution ?? {};
    const allowed = duration_ms * cpus + 250;
    if (body.success !== true) return `it ended as ${String(body.error)}`;
    return cpu_ms < allowed
      ? undefined
      : `${Math.round(cpu_ms)} ms of CPU time were used, allowed were ${Math.round(allowed)}`;
  };

const usesAtMost =
  (milliseconds: number) =>
  ({ body }: Answer): Complaint => {
    const used = body.execution?.cpu_ms ?? 0;
    return used < milliseconds
      ? undefined
      : `${Math.round(used)} ms of CPU time were used, allowed were ${milliseconds}`;
  };

export const cpu: readonly Attack[] = [
  script('burning beyond the CPU time', burn, both(fails('cpu_limit'), usesAtMost(5000)), {
    needs: ['cgroup'],
    fields: { limits: { cpu_time: 0.5, timeout: 30 } },
  }),
  script('processes that share the burning', burnTogether, both(fails('cpu_limit'), usesAtMost(5000)), {
    needs: ['cgroup'],
    fields: { limits: { cpu_time: 0.5, timeout: 30 } },
  }),
  script('more processors than allowed', share, isWithin(0.25), {
    needs: ['cgroup'],
    fields: { limits: { cpus: 0.25 } },
  }),
  lines(
    'a higher priority, and real time',
    'return [attempt(os.nice, -5), attempt(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(1)), attempt(os.setpriority, 0, 0, -20)]',
    returnsOnly('EPERM', 'EACCES'),
  ),
  lines(
    'a priority of real time without its policy',
    'return [attempt(os.sched_setparam, 0, os.sched_param(1)), attempt(os.sched_setparam, 1, os.sched_param(99))]',
    returnsOnly('EINVAL'),
  ),
];
