import { parseConfig, toLimitPolicy } from '../../src/config.ts';
import { planNurseryJail } from '../../src/sandbox/nsjail/nursery/plan-nursery-jail.ts';
import { renderTable } from './render-table.ts';

export const renderNurserySteps = (): string => render([...describeSteps(false).values()]);

/** The steps of a jail from a template that one from a nursery has not. */
export function renderTemplateSteps(): string {
  const others = describeSteps(false);
  return render([...describeSteps(true)].filter(([key]) => !others.has(key)).map(([, row]) => row));
}

const render = (rows: readonly string[][]): string => renderTable(['process', 'step', 'calls', 'why'], rows);

/** The steps of a jail of Python with every part that it can have, as rows. Steps of one name are one row. */
function describeSteps(isForked: boolean): Map<string, string[]> {
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
    isForked,
  });
  const [jailAt = 0, interpreterAt = steps.length] = steps
    .map(({ ifZero }) => ifZero)
    .filter((at) => at !== undefined);
  const rows = new Map<string, { words: string[]; calls: Set<string> }>();
  for (const [index, step] of steps.entries()) {
    const { call, against } = step;
    const who = index < jailAt ? 'keeper' : index < interpreterAt ? 'first process' : 'interpreter';
    const name = call === 'setrlimit' ? 'set each limit of processes' : step.name;
    const key = `${who}: ${name}${against}`;
    const row = rows.get(key) ?? { words: [who, name, against], calls: new Set<string>() };
    row.calls.add(`\`${call}\``);
    rows.set(key, row);
  }
  return new Map(
    [...rows].map(([key, { words, calls }]) => [key, words.toSpliced(2, 0, [...calls].join(', '))]),
  );
}
