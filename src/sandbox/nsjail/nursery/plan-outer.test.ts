import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../filter/read-policy.ts';
import { nurseryPolicy } from '../kinds.ts';
import { nurseryFiles, planOuter, type OuterPlan } from './plan-outer.ts';

const plan: OuterPlan = {
  nsjail: '/bin/nsjail',
  kind: 'python',
  packages: undefined,
  ids: { uid: 1003, gid: 2003, isSubordinate: false, isShared: false },
  range: { uid: 1000, gid: 2000, count: 10 },
  programs: undefined,
  hasNodes: true,
  template: undefined,
};
/** Values of a flag. */
const valuesOf = (command: readonly string[], flag: string): string[] =>
  command.filter((_, index) => command[index - 1] === flag);

describe('the outer jail of a nursery', () => {
  it('runs as its own id, which no jail has, and maps those of all jails', () => {
    const command = planOuter(plan);
    expect(valuesOf(command, '--user')).toEqual(['1003:1003:1', '1000:1000:3', '1004:1004:6']);
    expect(valuesOf(command, '--group')).toEqual(['2003:2003:1', '2000:2000:3', '2004:2004:6']);
  });

  it.each([
    [1000, ['1000:1000:1', '1001:1001:9']],
    [1009, ['1009:1009:1', '1000:1000:9']],
  ])('maps around the id %i at an end of the range', (uid, maps) => {
    const ids = { ...plan.ids, uid };
    expect(valuesOf(planOuter({ ...plan, ids }), '--user')).toEqual(maps);
  });

  it('has newuidmap write maps of subordinate ids', () => {
    const command = planOuter({ ...plan, ids: { ...plan.ids, isSubordinate: true } });
    expect(valuesOf(command, '--uid_mapping')).toHaveLength(3);
    expect(valuesOf(command, '--user')).toEqual([]);
  });

  it('maps one id where all jails have the same', () => {
    expect(valuesOf(planOuter({ ...plan, range: undefined }), '--user')).toEqual(['65534:1003:1']);
  });

  it('has the packages of its jails, the control socket, and no other way in', () => {
    const command = planOuter({
      ...plan,
      packages: { folder: '/env/1', place: '/site' },
      programs: '/state/programs',
    });
    expect(valuesOf(command, '--bindmount_ro')).toEqual(['/env/1:/site', '/state/programs:/work']);
    expect(valuesOf(command, '--pass_fd')).toEqual(['4']);
    expect(command.slice(command.indexOf('--'))).toEqual(['--', '/opt/brig/nursery']);
  });

  it('is defined by files of the package', () => {
    const interpreter = { interpreter: '/usr/bin/python3', preload: ['numpy'], variables: { A: 'b' } };
    const choices = [true, false].flatMap((hasNodes) =>
      [undefined, interpreter].map((template) => ({ ...plan, hasNodes, template })),
    );
    for (const choice of choices) {
      const files = nurseryFiles('python', choice.template !== undefined);
      const [config = ''] = valuesOf(planOuter(choice), '--config');
      expect(files).toContain(config);
      for (const file of files) expect(existsSync(file), file).toBe(true);
      expect(valuesOf(planOuter(choice), '--seccomp_string')).toEqual([readPolicy(nurseryPolicy('python'))]);
    }
  });

  it('has the interpreter of a template, with its variables and modules, and a place for its output', () => {
    const command = planOuter({
      ...plan,
      template: { interpreter: '/usr/bin/python3', preload: ['numpy'], variables: { A: 'b' } },
    });
    expect(valuesOf(command, '--pass_fd')).toEqual(['4', '5']);
    expect(valuesOf(command, '--env')).toEqual(['A=b']);
    expect(command.slice(command.indexOf('--') + 1)).toEqual([
      ...['/usr/bin/python3', '-s', '-P', '-S', '/opt/brig/harness.pyc'],
      ...['--template', 'numpy'],
    ]);
  });
});
