import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig, toLimitPolicy } from '../../../config.ts';
import { jailKindNames } from '../../jail-kind.ts';
import { compileFilter } from '../filter/compile-filter.ts';
import { ALLOW } from '../filter/policy.ts';
import { loadFilter, X86_64 } from '../filter/run-filter.test-support.ts';
import { TABLE_ADDRESS } from '../image/nursery-layout.ts';
import { readPolicy } from '../filter/read-policy.ts';
import { hasNursery, jailFiles, nurseryPolicy } from '../kinds.ts';
import { callNumbers } from './calls.ts';
import { planNurseryJail, type NurseryJail } from './plan-nursery-jail.ts';
import { readJailConfig } from './read-config.ts';
import { encodeTable, type Step } from './table.ts';

const limits = toLimitPolicy(parseConfig({})).defaults;
const jail: NurseryJail = {
  kind: 'python',
  limits,
  ids: { uid: 1007, gid: 1008, isSubordinate: false, isShared: false },
  interpreter: '/usr/local/bin/python3',
  preload: [],
  hasCgroup: true,
  devices: '/state/devices/abc/3',
  joinFiles: ['/a/tasks', '/b/tasks'],
  hasOwnIds: true,
  isForked: false,
};
const plan = (changed: Partial<NurseryJail> = {}): Step[] => planNurseryJail({ ...jail, ...changed });
const find = (steps: readonly Step[], name: string): number => {
  const index = steps.findIndex((step) => step.name === name);
  expect(index, name).toBeGreaterThanOrEqual(0);
  return index;
};
/** First text argument of a step. */
const texts = ({ args }: Step): string[] =>
  args.flatMap((value) => (typeof value === 'object' && 'text' in value ? [value.text] : []));
const limitsOf = (steps: readonly Step[]) =>
  Object.fromEntries(
    steps.filter(({ call }) => call === 'setrlimit').map(({ name, args: [, pair] }) => [name.slice(6), pair]),
  );
const CLONE = 'make the namespaces and the first process';

describe('the steps of a jail of a nursery', () => {
  it('enter every cgroup before anything of the jail is there, and close its files', () => {
    const steps = plan();
    const joins = steps.filter(({ name }) => name === 'enter the cgroup');
    expect(joins.map(({ args }) => args[0])).toEqual([7, 8]);
    expect(steps.lastIndexOf(joins.at(-1) as Step)).toBeLessThan(
      find(steps, 'close the files of the cgroup'),
    );
    expect(find(steps, 'close the files of the cgroup')).toBeLessThan(find(steps, CLONE));
    expect(plan({ joinFiles: [] }).map(({ name }) => name)).not.toContain('enter the cgroup');
  });

  it('take the ids of the jail before its namespaces are made, and map only these', () => {
    const steps = plan();
    expect(steps[find(steps, 'take the user of the jail')]?.args).toEqual([1007, 1007, 1007]);
    expect(steps[find(steps, 'take the group of the jail')]?.args).toEqual([1008, 1008, 1008]);
    expect(find(steps, 'take the user of the jail')).toBeLessThan(find(steps, CLONE));
    const written = steps.filter(({ call }) => call === 'write').flatMap(texts);
    expect(written).toEqual(['0', '0', 'deny', '65534 1007 1', '65534 1008 1']);
    const shared = plan({ hasOwnIds: false });
    expect(shared.map(({ call }) => call)).not.toContain('setresuid');
    expect(shared.filter(({ call }) => call === 'write').flatMap(texts)).toContain('65534 65534 1');
  });

  it('make every namespace in one call, whose child goes on at its own first step', () => {
    const steps = plan();
    const clone = steps[find(steps, CLONE)];
    // CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET; PIDFD; SIGCHLD
    expect(clone?.args[0]).toBe(0x7e_02_00_00 + 0x10_00 + 17);
    expect(steps[clone?.ifZero ?? 0]?.name).toBe('die with the keeper');
    expect(steps[(clone?.ifZero ?? 0) - 1]?.call).toBe('exit_group');
  });

  it('mount all that the config mounts, the nodes before what covers them', () => {
    const steps = plan();
    const { mounts } = readJailConfig(readFileSync(jailFiles('python').config, 'utf8'));
    const places = steps.filter(({ name }) => name.startsWith('mount /')).map(({ name }) => name.slice(6));
    const wanted = mounts.map(({ place }) => place).filter((place) => place !== '/');
    expect(places.toSorted()).toEqual(wanted.toSorted());
    expect(texts(steps[find(steps, 'mount /dev/null')] as Step)).toEqual(['/tmp/3/null', '/dev/null']);
    expect(find(steps, 'mount /dev/urandom')).toBeLessThan(find(steps, 'mount /tmp'));
    expect(steps[find(steps, 'mount /proc')]).toMatchObject({ result: 0, mayFail: false });
    expect(plan({ devices: undefined }).map(({ name }) => name)).not.toContain('mount /dev/null');
  });

  it('bind the one program that was compiled, before its folder is covered', () => {
    const steps = plan({ kind: 'native', programFile: '/state/programs/program-1' });
    expect(texts(steps[find(steps, 'mount /opt/brig/program')] as Step)).toEqual([
      '/work/program-1',
      '/opt/brig/program',
    ]);
    expect(find(steps, 'mount /opt/brig/program')).toBeLessThan(find(steps, 'mount /work'));
    expect(find(steps, 'close the log')).toBeLessThan(find(steps, 'become the program'));
  });

  it('have the size of files and the number of open files that the limits say', () => {
    const changed = plan({ limits: { ...limits, disk_mb: 7, open_files: 99 } });
    for (const place of ['/work', '/tmp'])
      expect(texts(changed[find(changed, `mount ${place}`)] as Step).at(-1)).toMatch(
        /^size=7m,nr_inodes=8192,/,
      );
    expect(limitsOf(changed)['nofile']).toEqual({ words: [99, 99] });
  });

  it('limit processes by themselves where no cgroup does', () => {
    const bound = { ...limits, memory_mb: 100, cpu_time: 2.5, processes: 9, disk_mb: 7 };
    expect(limitsOf(plan({ hasCgroup: false, limits: bound }))).toMatchObject({
      as: { words: [164 * 2 ** 20, 164 * 2 ** 20] },
      cpu: { words: [3, 3] },
      nproc: { words: [10, 10] },
      fsize: { words: [7 * 2 ** 20, 7 * 2 ** 20] },
    });
    expect(limitsOf(plan())).toMatchObject({ as: { words: [-1, -1] }, cpu: { words: [-1, -1] } });
  });

  it('drop all privileges after the last step that needs them, and install the filter last', () => {
    const steps = plan();
    const drops = steps.filter(({ name }) => name === 'give up each capability for ever');
    expect(drops.length).toBeGreaterThan(40);
    const order = steps.slice(-7).map(({ call }) => call);
    expect(order).toEqual(['prctl', 'prctl', 'capset', 'prctl', 'close_range', 'seccomp', 'execve']);
    expect(plan({ kind: 'python' }).map(({ name }) => name)).not.toContain('close the log');
  });

  it('fit into a table, each with a name and a reason', () => {
    const steps = plan({ preload: ['numpy', 'pandas'], variables: { A: 'b' } });
    expect(encodeTable(steps).length).toBeLessThan(20_000);
    for (const { name, against } of steps) expect(`${name}: ${against}`).toMatch(/^[a-z].+: [A-Z].+\.$/);
    expect(plan().at(-1)?.args[2]).toMatchObject({
      words: expect.arrayContaining([{ text: 'HOME=/work' }, 0]),
    });
  });

  it.each(jailKindNames.filter(hasNursery))(
    'are allowed by the filter of a nursery of the kind %s, and their end by no jail',
    (kind) => {
      const judge = loadFilter(compileFilter(readPolicy(nurseryPolicy(kind))));
      const inner = loadFilter(compileFilter(readPolicy(jailFiles(kind))));
      const steps = plan({ kind, programFile: '/programs/one', hasTerminals: true });
      for (const step of steps) expect(judge(toCall(step)), `${step.name} (${step.call})`).toBe(ALLOW);
      const building = new Set(['clone', 'mount', 'setresuid', 'setresgid', 'capset', 'seccomp', 'sendmsg']);
      for (const step of steps.filter(({ call }) => building.has(call)))
        expect(inner(toCall(step)), `${step.name} (${step.call})`).not.toBe(ALLOW);
    },
  );
});

/** Whatever is in memory has an address. */
const toNumber = (value: Step['args'][number] = 0): number =>
  typeof value === 'number' ? value : TABLE_ADDRESS;

const toCall = ({ call, args }: Step) => ({
  number: callNumbers[call],
  architecture: X86_64,
  arguments: Array.from({ length: 6 }, (_, index) => BigInt.asUintN(64, BigInt(toNumber(args[index])))),
});
