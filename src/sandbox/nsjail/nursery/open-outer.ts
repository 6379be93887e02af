import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { CgroupTree, Leaf, LeafLimits } from '../cgroup/cgroup.ts';
import type { DevicePool } from '../devices.ts';
import type { IdPool } from '../ids.ts';
import { planEnvironment } from '../plan.ts';
import type { NurseryProcess, Starter } from '../starter.ts';
import type { NurseryJail } from './plan-nursery-jail.ts';
import { planOuter } from './plan-outer.ts';
import { startTemplate } from './start-template.ts';

/** Needs of a jail of a nursery besides its plan. */
export interface JailFromNursery extends Omit<NurseryJail, 'hasOwnIds' | 'devices'> {
  readonly image: string;
  /** Folder of device nodes, as the pool gave it. */
  readonly devices: string;
}

/** Parts of outer jails. */
export interface OuterParts {
  readonly nsjail: string;
  readonly starter: Pick<Starter, 'startNursery' | 'startTemplate'>;
  readonly ids: IdPool;
  readonly devices: Pick<DevicePool, 'root'>;
  /** Undefined without cgroups; templates need them. */
  readonly tree: Pick<CgroupTree, 'createLeaf'> | undefined;
  /** Returns a unique name for a leaf. */
  readonly nameLeaf: () => string;
  readonly templates: TemplateBounds;
}

/** Bounds of templates that the operator sets. */
export interface TemplateBounds {
  /** MiB of memory of one. */
  readonly memoryMb: number;
  /** Jails that are made of one. */
  readonly jails: number;
  /** Age in seconds at which one is replaced. */
  readonly age: number;
}

export interface Outer {
  readonly process: Promise<NurseryProcess>;
  /** Resolves with nsjail's log when nothing of it is left, cgroup and ids included. Never rejects. */
  readonly over: Promise<string>;
}

/** Jails with the same come from the same nursery. */
export const keyOf = ({ image, kind, packages, programFile, ...jail }: JailFromNursery): string =>
  JSON.stringify([
    ...[image, kind, packages, programFile && dirname(programFile)],
    ...(jail.isForked ? [jail.preload, jail.variables] : []),
  ]);

/** Most processes of a template: keepers are its children until they enter their own cgroups. */
const MOST_PROCESSES = 512;

const limitTemplate = ({ memoryMb }: TemplateBounds): LeafLimits => ({
  memory_mb: memoryMb,
  processes: MOST_PROCESSES,
  cpus: availableParallelism(),
});

/** Starts the outer jail of a nursery or a template, for a jail and those like it. */
export function openOuter(parts: OuterParts, jail: JailFromNursery): Outer {
  const { nsjail, starter, ids, devices } = parts;
  const { image, kind, packages, certificates, programFile } = jail;
  const own = ids.take();
  let leaf: Leaf | undefined;
  const start = async (): Promise<NurseryProcess> => {
    const command = planOuter({
      ...{ nsjail, kind, packages, certificates },
      programs: programFile && dirname(programFile),
      ids: own,
      range: ids.range,
      hasNodes: devices.root !== undefined,
      template: jail.isForked ? jail : undefined,
    });
    const env = planEnvironment(image, devices.root ?? '/dev');
    if (!jail.isForked) return await starter.startNursery({ command, env });
    leaf = parts.tree?.createLeaf(parts.nameLeaf(), limitTemplate(parts.templates));
    return await startTemplate(starter, { command, env, joinFiles: leaf?.joinFiles ?? [] }, () =>
      describeLeaf(leaf, parts.templates),
    );
  };
  const process = start();
  const follow = async (): Promise<string> => {
    let log = '';
    try {
      log = await (await process).ended;
    } catch {
      // Whoever wants a jail of it learns why.
    }
    try {
      leaf?.kill();
      await leaf?.remove();
    } catch {
      // The next service sweeps up what stays.
    }
    ids.giveBack(own);
    return log;
  };
  return { process, over: follow() };
}

/** Says whether it was memory that ended a template. */
function describeLeaf(leaf: Leaf | undefined, { memoryMb }: TemplateBounds): string {
  const isFull = leaf?.readUsage()?.wasFull === true;
  return isFull ? `its modules took more than ${memoryMb} MiB (BRIG_TEMPLATE_MEMORY_MB)` : '';
}
