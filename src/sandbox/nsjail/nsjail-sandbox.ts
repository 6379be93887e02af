import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { OptionalLayer } from '../../core/health.ts';
import type { Limits } from '../../core/limits.ts';
import type { Enforcement } from '../../core/outcome.ts';
import { JailFailure, type Jail, type LeaseOptions, type Sandbox } from '../sandbox.ts';
import { findNsjail, isExecutable } from './binary.ts';
import { CgroupUnavailable, type CgroupTree, type Leaf } from './cgroup/cgroup.ts';
import { openCgroupTree } from './cgroup/open-tree.ts';
import { createIdPool, type IdPool } from './ids.ts';
import { markUsed, provideImage, type RootImage } from './image/image-store.ts';
import { interpreterInJail } from './image/layout.ts';
import { openJail } from './jail.ts';
import { nsjailFiles, planEnvironment, planJail } from './plan.ts';
import { startCompanion, type Companion } from './process.ts';
import type { ReturnCaps } from './protocol.ts';
import { createStarter, type JailProcess, type Starter } from './starter.ts';

export interface NsjailOptions {
  readonly nsjail: string | undefined;
  readonly python: string;
  /** A folder of packages that scripts can import. */
  readonly packages: string | undefined;
  /** Modules that a jail which is to wait imports before it says that it is ready. */
  readonly preload: readonly string[];
  /** Where root images are kept. */
  readonly stateDir: string;
  readonly cgroupParent: string | undefined;
  /** Layers that may fall back to rlimits, which bound each process alone. */
  readonly optionalLayers: readonly OptionalLayer[];
  readonly caps: ReturnCaps;
}

/** What a cgroup bounds: all of it or nothing falls back to rlimits. */
const boundByCgroup = ['memory', 'processes', 'cpu'] as const satisfies readonly OptionalLayer[];

/** Far more often than unused images are removed. */
const MARK_IMAGE_MS = 60 * 60 * 1000;

interface Parts {
  readonly nsjail: string;
  readonly image: RootImage;
  readonly tree: CgroupTree | undefined;
  readonly guardian: Companion | undefined;
  readonly starter: Starter;
  readonly ids: IdPool;
  readonly tether: readonly string[];
  readonly enforcement: Enforcement;
  readonly identity: string;
  readonly caps: ReturnCaps;
  readonly preload: readonly string[];
}

/**
 * Finds nsjail, an interpreter and a cgroup on this host, sweeps what dead services left, and gives a sandbox whose
 * jails are started one by one.
 * @throws JailFailure with what is missing and how to mend it.
 */
export async function createNsjailSandbox(options: NsjailOptions): Promise<Sandbox> {
  const nsjail = findNsjail(options.nsjail);
  const image = await provideImage(options, options.stateDir);
  const tree = await openTree(options);
  const enforcement = describeEnforcement(tree);
  const parts: Parts = {
    nsjail,
    image,
    tree,
    guardian: tree && startCompanion('/bin/sh', [nsjailFiles.guardian, ...tree.folders]),
    starter: createStarter(image.interpreter.executable),
    ids: createIdPool(),
    tether: tree === undefined ? findTether() : [],
    enforcement,
    identity: identify(nsjail, image.folder, enforcement),
    caps: options.caps,
    preload: options.preload,
  };
  return createSandbox(parts);
}

async function openTree({ cgroupParent, optionalLayers }: NsjailOptions): Promise<CgroupTree | undefined> {
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

/** Without a cgroup no guardian can find what a killed service left: nsjail then dies with its parent by itself. */
function findTether(): string[] {
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find(isExecutable);
  return setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
}

function describeEnforcement(tree: CgroupTree | undefined): Enforcement {
  const cgroup = tree === undefined ? undefined : `cgroup-v${tree.version}`;
  return {
    memory: cgroup ?? 'rlimit',
    processes: cgroup ?? 'rlimit',
    cpu: cgroup ?? 'rlimit',
    network: 'namespace',
    filesystem: 'namespace',
    syscalls: 'seccomp',
  };
}

/** All that decides how well a jail isolates: this boot's kernel, the binary, the config, the image, the user. */
function identify(nsjail: string, image: string, enforcement: Enforcement): string {
  const hash = createHash('sha256').update(
    JSON.stringify([image, enforcement, process.getuid?.(), process.getgid?.()]),
  );
  hash.update(readFileSync('/proc/sys/kernel/random/boot_id'));
  for (const file of [nsjailFiles.config, nsjailFiles.seccomp]) hash.update(readFileSync(file));
  const { mtimeMs, size } = statSync(nsjail);
  return hash.update(`${nsjail} ${mtimeMs} ${size}`).digest('hex');
}

function createSandbox(parts: Parts): Sandbox {
  const open = new Set<Jail>();
  let count = 0;
  let closing: Promise<void> | undefined;

  const lease = async (limits: Limits, { signal, isAhead = false }: LeaseOptions = {}): Promise<Jail> => {
    if (closing !== undefined) throw new JailFailure('The sandbox is closed.');
    signal?.throwIfAborted();
    count += 1;
    // A start that fails or is aborted ends its jail before there is one.
    let jail: Jail | undefined;
    const onGone = (): void => {
      if (jail !== undefined) open.delete(jail);
    };
    const start = { name: `jail-${count}`, limits, preload: isAhead ? parts.preload : [] };
    jail = await startJail(parts, start, signal, onGone);
    open.add(jail);
    return jail;
  };

  const marker = setInterval(() => void markUsed(parts.image.folder), MARK_IMAGE_MS).unref();

  const close = async (): Promise<void> => {
    clearInterval(marker);
    await Promise.all([...open].map((jail) => jail[Symbol.asyncDispose]()));
    await parts.tree?.close();
    await parts.starter.close();
    await parts.guardian?.close();
  };

  return {
    enforcement: parts.enforcement,
    identity: parts.identity,
    lease,
    // The sizes of mounts and the flags of rlimits are part of a jail's start; all else is in its cgroup.
    canChange: (from, to) =>
      parts.tree !== undefined && from.disk_mb === to.disk_mb && to.timeout <= from.timeout,
    close: () => (closing ??= close()),
  };
}

interface JailStart {
  readonly name: string;
  readonly limits: Limits;
  readonly preload: readonly string[];
}

async function startJail(
  parts: Parts,
  { name, limits, preload }: JailStart,
  signal: AbortSignal | undefined,
  onGone: () => void,
): Promise<Jail> {
  const { tree, ids, image } = parts;
  const own = ids.take();
  let leaf: Leaf | undefined;
  try {
    leaf = tree?.createLeaf(name, limits);
  } catch (error) {
    ids.giveBack(own);
    throw new JailFailure('No cgroup could be made for an execution.', {
      detail: (error as Error).message,
      cause: error,
    });
  }
  const command = planJail({
    nsjail: parts.nsjail,
    limits,
    ids: own,
    interpreter: interpreterInJail(image.interpreter),
    preload,
    hasCgroup: leaf !== undefined,
    tether: parts.tether,
  });
  let child: JailProcess;
  try {
    const env = planEnvironment(image.folder);
    child = await parts.starter.start({ command, env, joinFiles: leaf?.joinFiles ?? [] });
  } catch (error) {
    await leaf?.remove();
    ids.giveBack(own);
    throw error;
  }
  const release = (): Promise<void> => {
    ids.giveBack(own);
    onGone();
    return Promise.resolve();
  };
  return openJail(
    { process: child, leaf, limits, caps: parts.caps, enforcement: parts.enforcement, release },
    signal,
  );
}
