import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeAims } from '../../attacks/aims.ts';
import { groupNames, type Aims, type Attack, type RequestBody } from '../../attacks/attack.ts';
import { catalogue } from '../../attacks/catalogue/index.ts';
import { runAttack } from '../../attacks/run-attack.ts';
import { openDoor } from '../../attacks/target.ts';
import type { RuntimeName } from '../../src/core/contract/runtimes.ts';
import { describeInJail, type Arena } from '../support/attack.ts';
import { FIRST_USE_MS, listOtherRuntimes } from '../support/warm-up.ts';

/*
 * The attacks that an operator makes with ./scripts/attack, made here with a look at the host around them: what they
 * need of it is in the other files of this folder.
 */

const runtimeOf = (attack: Attack): RuntimeName => (attack.kind === 'door' ? 'python' : attack.runtime);

/** Go and Rust may be missing on a machine: test/runtimes.test.ts looks at what is said then. */
async function openRuntimes(arena: Arena): Promise<Set<RuntimeName>> {
  const programs = await listOtherRuntimes(arena.service);
  await arena.use(...programs);
  return new Set<RuntimeName>(['python', ...programs]);
}

describeInJail('attacks', (arena) => {
  let aims: Aims & AsyncDisposable;
  let here: ReadonlySet<RuntimeName>;
  beforeAll(async () => {
    aims = await placeAims();
    here = await openRuntimes(arena);
  }, FIRST_USE_MS);
  afterAll(() => aims[Symbol.asyncDispose]());

  describe.each(groupNames)('%s', (group) => {
    it.each(catalogue[group].map((attack) => [`${attack.title} (${runtimeOf(attack)})`, attack] as const))(
      '%s',
      async (_title, attack) => {
        if (!here.has(runtimeOf(attack))) return expect(['go', 'rust']).toContain(runtimeOf(attack));
        const door = openDoor(new URL(arena.service.url), undefined);
        const execute = (body: RequestBody) => arena.service.execute(body);
        expect(await runAttack(attack, { execute, door, aims })).toBeUndefined();
      },
    );
  });
});
