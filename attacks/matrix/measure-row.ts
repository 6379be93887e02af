import { setMaxListeners } from 'node:events';
import PQueue from 'p-queue';
import type { Layer } from '../../src/core/contract/health.ts';
import { JailFailure } from '../../src/sandbox/sandbox.ts';
import { groupNames, type Aims, type Attack, type Group } from '../attack.ts';
import { listAttacks } from '../catalogue/index.ts';
import { runAttack } from '../run-attack.ts';
import type { LayerOff } from './layers.ts';
import type { Weakened } from './open-weakened.ts';

/** One attack that a missing layer let through. */
export interface Breach {
  readonly group: Group;
  readonly title: string;
  readonly reason: string;
}

/** Observations with one layer off. */
export interface Row {
  readonly layer: LayerOff;
  /** Why no jail starts, if none does: nothing runs then, which is safe. */
  readonly refusal?: string;
  /** Layers that the probe at start finds broken: the service would not run scripts. */
  readonly noticed: readonly Layer[];
  /** Number of attacks made in each group. */
  readonly made: ReadonlyMap<Group, number>;
  readonly breaches: readonly Breach[];
  /** Enforcement of memory in its jails. */
  readonly memory: string;
}

/** Attacks at once: most wait for something. */
const AT_ONCE = 8;

/** Groups in which no layer of a jail has a part: the door refuses requests, the service judges what the channel says. */
const elsewhere: ReadonlySet<Group> = new Set<Group>(['requests', 'forging', 'door', 'fairness']);
export const jailGroups: readonly Group[] = groupNames.filter((group) => !elsewhere.has(group));

/** Attacks in jails of Python. */
export function selectAttacks(groups: readonly Group[], layer: LayerOff): { group: Group; attack: Attack }[] {
  return listAttacks(groups).filter(
    ({ group, attack }) =>
      attack.kind !== 'door' &&
      jailGroups.includes(group) &&
      attack.runtime === 'python' &&
      !(layer.opensNetwork === true && attack.leavesMachine === true),
  );
}

export async function measureRow(
  layer: LayerOff,
  weakened: Weakened,
  aims: Aims,
  groups: readonly Group[] = groupNames,
): Promise<Row> {
  const attacks = selectAttacks(groups, layer);
  const made = new Map<Group, number>();
  const breaches: Breach[] = [];
  const { memory } = weakened;
  let noticed: readonly Layer[];
  try {
    noticed = await weakened.probe();
  } catch (error) {
    if (!(error instanceof JailFailure)) throw error;
    return { layer, refusal: error.detail ?? error.message, noticed: [], made, breaches, memory };
  }
  setMaxListeners(100);
  const attempt = async (group: Group, attack: Attack): Promise<void> => {
    const { execute } = weakened;
    made.set(group, (made.get(group) ?? 0) + 1);
    const reason = await runAttack(attack, { execute, door: undefined, aims }).catch(String);
    if (reason !== undefined) breaches.push({ group, title: attack.title, reason });
  };
  // One at a time: otherwise nobody can tell which attack reached the host.
  for (const { group, attack } of attacks.filter((one) => one.group === 'network'))
    await attempt(group, attack);
  const queue = new PQueue({ concurrency: AT_ONCE });
  await queue.addAll(
    attacks
      .filter(({ group }) => group !== 'network')
      .map(
        ({ group, attack }) =>
          () =>
            attempt(group, attack),
      ),
  );
  return { layer, noticed, made, breaches, memory };
}
