import { parseConfig, toLimitPolicy } from '../../src/config.ts';
import { planNurseryJail } from '../../src/sandbox/nsjail/nursery/plan-nursery-jail.ts';
import { renderTable } from './render-table.ts';

/** The steps of a jail of Python with every part that it can have, as rows. Steps of one name are one row. */
export function renderNurserySteps(): string {
  const steps = planNurseryJail({
    kind: 'python',
    limits: toLimitPolicy(parseConfig({})).defaults,
    ids: { uid: 1, gid: 1, isSubordinate: false, isShared: false },
    interpreter: '/usr/local/bin/python3',
    preload: [],
    hasCgroup: true,
    hasTerminals: true,
    hasNetwork: true,
    devices: '/devices/1',
    joinFiles: ['tasks'],
    hasOwnIds: true,
  });
  const jailAt = steps.find(({ ifZero }) => ifZero !== undefined)?.ifZero ?? 0;
  const rows = new Map<string, { who: string; calls: Set<string>; against: string }>();
  for (const [index, step] of steps.entries()) {
    const { call, against } = step;
    const name = call === 'setrlimit' ? 'set each limit of processes' : step.name;
    const row = rows.get(name + against) ?? {
      who: index < jailAt ? 'keeper' : 'first process',
      calls: new Set<string>(),
      against,
    };
    row.calls.add(`\`${call}\``);
    rows.set(name + against, row);
  }
  return renderTable(
    ['process', 'step', 'calls', 'why'],
    [...rows].map(([key, { who, calls, against }]) => [
      who,
      key.slice(0, -against.length),
      [...calls].join(', '),
      against,
    ]),
  );
}
