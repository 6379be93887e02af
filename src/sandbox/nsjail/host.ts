import { setTimeout as sleep } from 'node:timers/promises';
import type { OptionalLayer } from '../../core/contract/health.ts';
import type { Enforcement } from '../../core/contract/outcome.ts';
import type { Doorkeeper } from '../doors.ts';
import { JailFailure } from '../sandbox.ts';
import { findNsjail } from './binary.ts';
import { CgroupUnavailable, type CgroupTree } from './cgroup/cgroup.ts';
import { openCgroupTree } from './cgroup/open-tree.ts';
import { openDevices, type DevicePool } from './devices.ts';
import { openIdPool, type IdKind, type IdPool } from './ids.ts';
import { keepNurseries, type Nurseries } from './nursery/nurseries.ts';
import type { OuterParts } from './nursery/open-outer.ts';
import { guardianFile } from './plan.ts';
import { findTrusted } from '../../host/network-settings.ts';
import { startCompanion, type Companion } from '../../host/process.ts';
import { createStarter, type Starter } from './starter.ts';

export interface NsjailHostOptions {
  readonly nsjail: string | undefined;
  /** CPython of the host, which starts the jails. */
  readonly interpreter: string;
  /** Folders that jails are made from, which their users must be able to enter. */
  readonly folders: readonly string[];
  /** Folder for the device nodes of jails. */
  readonly deviceFolder: string;
  readonly cgroupParent: string | undefined;
  /** Layers that may fall back to rlimits, which bound each process alone. */
  readonly optionalLayers: readonly OptionalLayer[];
  /** Whether Python scripts may have pseudo-terminals. */
  readonly terminals: 'on' | 'off';
  readonly templateMemoryMb: number;
  readonly templateJails: number;
  readonly templateAge: number;
  /** Opens the doors of scripts; undefined where they have no network. The caller closes it. */
  readonly doorkeeper: Doorkeeper | undefined;
}

/** Layers that a cgroup enforces; either all of them or none fall back to rlimits. */
const boundByCgroup = ['memory', 'processes', 'cpu'] as const satisfies readonly OptionalLayer[];

/**
 * First wait before a guardian that ended is replaced, in milliseconds. Doubles after each short life, so that a
 * guardian that cannot run costs little.
 */
const FIRST_GUARDIAN_WAIT_MS = 50;
const MOST_GUARDIAN_WAIT_MS = 60_000;
/** A guardian that lived this many times its wait was sound. */
const SOUND_LIFE = 10;

/** Resources that all jails of one service share on this host, whatever their kind. */
export interface NsjailHost {
  readonly nsjail: string;
  readonly tree: CgroupTree | undefined;
  readonly ids: IdPool;
  readonly devices: DevicePool;
  readonly starter: Starter;
  /** Returns the nurseries of the service; none is started before a jail is wanted. */
  nurseries(): Nurseries;
  readonly enforcement: Enforcement;
  readonly hasTerminals: boolean;
  readonly doorkeeper: Doorkeeper | undefined;
  /** Certificates for scripts with a network; undefined without one, or where the host has none. */
  readonly certificates: string | undefined;
  /** Returns a unique name for the leaf of a jail. */
  nameJail(): string;
  /** Releases the service's resources; every jail must be gone. */
  close(): Promise<void>;
}

/**
 * Finds nsjail and a cgroup on this host, and sweeps the remains of dead services.
 * @throws JailFailure with what is missing and a remedy.
 */
export async function openNsjailHost(options: NsjailHostOptions): Promise<NsjailHost> {
  const nsjail = findNsjail(options.nsjail);
  await using opened = new AsyncDisposableStack();
  const tree = await openTree(options);
  const guardian = tree && keepGuardian(tree.folders);
  const starter = createStarter(options.interpreter);
  // The guardian ends last, because it removes what the others leave.
  opened.defer(() => guardian?.close());
  opened.defer(() => starter.close());
  opened.defer(() => tree?.close());
  const ids = await openIdPool(options.interpreter, options.folders);
  const devices = await openDevices(options.interpreter, options.deviceFolder);
  opened.defer(() => devices.close());
  let nurseries: Nurseries | undefined;
  opened.defer(() => nurseries?.close());
  const owned = opened.move();
  let count = 0;
  const nameJail = (): string => `jail-${(count += 1)}`;
  const parts: OuterParts = {
    ...{ nsjail, starter, ids, devices, tree, nameLeaf: nameJail },
    templates: {
      memoryMb: options.templateMemoryMb,
      jails: options.templateJails,
      age: options.templateAge,
    },
  };
  return {
    nsjail,
    tree,
    ids,
    devices,
    starter,
    nurseries: () => (nurseries ??= keepNurseries(parts)),
    enforcement: describeEnforcement(tree, ids.kind),
    hasTerminals: options.terminals === 'on',
    doorkeeper: options.doorkeeper,
    certificates: options.doorkeeper && findTrusted(),
    nameJail,
    close: () => owned.disposeAsync(),
  };
}

/**
 * Keeps a guardian running, which removes the cgroups of a killed service. Replaces one that ends, after a growing
 * wait if it ends soon.
 */
function keepGuardian(folders: readonly string[]): Pick<Companion, 'close'> {
  let isClosing = false;
  let current = startGuardian(folders);
  const replace = async (): Promise<void> => {
    let wait = FIRST_GUARDIAN_WAIT_MS;
    for (;;) {
      const start = performance.now();
      await current?.ended;
      if (performance.now() - start > wait * SOUND_LIFE) wait = FIRST_GUARDIAN_WAIT_MS;
      await sleep(wait, undefined, { ref: false });
      if (isClosing) return;
      current = startGuardian(folders);
      wait = Math.min(wait * 2, MOST_GUARDIAN_WAIT_MS);
    }
  };
  void replace();
  return {
    close: async () => {
      isClosing = true;
      await current?.close();
    },
  };
}

/** Returns undefined when the host can start no process; a later attempt may succeed. */
function startGuardian(folders: readonly string[]): Companion | undefined {
  try {
    return startCompanion('/bin/sh', [guardianFile, ...folders]);
  } catch {
    return undefined;
  }
}

async function openTree({
  cgroupParent,
  optionalLayers,
}: NsjailHostOptions): Promise<CgroupTree | undefined> {
  try {
    return await openCgroupTree(cgroupParent);
  } catch (error) {
    if (!(error instanceof CgroupUnavailable)) throw error;
    if (boundByCgroup.every((layer) => optionalLayers.includes(layer))) return undefined;
    const instead = `Or accept that memory and processes are bounded for each process alone: BRIG_OPTIONAL_LAYERS=${boundByCgroup.join(',')}.`;
    throw new JailFailure(error.message, {
      remedy: `${error.remedy} ${instead}`,
      detail: error.detail,
      cause: error,
    });
  }
}

function describeEnforcement(tree: CgroupTree | undefined, identity: IdKind): Enforcement {
  const cgroup = tree === undefined ? undefined : `cgroup-v${tree.version}`;
  return {
    memory: cgroup ?? 'rlimit',
    processes: cgroup ?? 'rlimit',
    cpu: cgroup ?? 'rlimit',
    network: 'namespace',
    filesystem: 'namespace',
    syscalls: 'seccomp',
    identity,
  };
}
