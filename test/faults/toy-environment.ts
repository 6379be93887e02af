import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentSchema } from '../../src/core/contract/environment.ts';
import { writeWheel } from '../support/wheels.ts';
import { PATIENCE_MS, type Arena } from './arena.ts';
import { judge, type Prepared, type Seen } from './fault.ts';

/** A state folder that is a file system in memory, of so many bytes, and a wheel that environments can be built of. */
export const onTmpfs =
  (size: string, settings: Readonly<Record<string, string>> = {}) =>
  (): Promise<Prepared> => {
    const folder = mkdtempSync(join(tmpdir(), 'brig-faults-'));
    const [state, wheels] = [join(folder, 'state'), join(folder, 'wheels')];
    execFileSync('chmod', ['755', folder]);
    for (const one of [state, wheels]) mkdirSync(one);
    writeWheel(wheels, 'brig_toy', '1.0', { 'brig_toy/__init__.py': 'VALUE = 7\n' });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'brig-faults', state]);
    return Promise.resolve({
      settings: {
        ...{ BRIG_STATE_DIR: state, BRIG_BUILDS: 'wheels', BRIG_BUILD_NETWORK: 'off' },
        ...{ BRIG_INSTALLER: 'pip', PIP_FIND_LINKS: wheels, PIP_NO_INDEX: '1' },
        ...settings,
      },
      [Symbol.asyncDispose]: () => {
        execFileSync('umount', ['--lazy', state]);
        rmSync(folder, { recursive: true });
        return Promise.resolve();
      },
    });
  };

/** Errors of a build that blame the machine, never the packages. */
const machineFailures = new Set<string>(['store_full', 'sandbox_unavailable']);

/** Builds an environment to its end, and runs a script in it. */
export async function buildToy(arena: Arena): Promise<Seen> {
  const order = { name: 'toy', packages: ['brig-toy'] };
  const accepted = await arena.send({ path: '/environments', body: order });
  if (accepted instanceof Error || accepted.status !== 202) return judge(accepted, () => false);
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const told = await arena.send({ method: 'GET', path: '/environments/toy' });
    if (told instanceof Error) return judge(told, () => false);
    const { build } = environmentSchema.parse(told.body);
    if (build?.state === 'succeeded') break;
    if (build?.state === 'failed') {
      const { reason = '', message = '' } = build.error ?? {};
      const isWrong = !machineFailures.has(reason);
      return { verdict: isWrong ? `WRONG: ${reason}: ${message}` : `build: ${reason}`, isWrong };
    }
    if (performance.now() > deadline) return { verdict: 'WRONG: a build without an end', isWrong: true };
    await sleep(100);
  }
  const script = 'import brig_toy\ndef main():\n    return brig_toy.VALUE';
  return judge(await arena.send({ body: { script, environment: 'toy' } }), ({ body }) => body.result === 7);
}
