import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { cpuVariables } from '../../core/cpu-variables.ts';
import type { Limits } from '../../core/contract/limits.ts';
import { JailFailure, type Jail, type LeaseOptions, type Sandbox } from '../sandbox.ts';
import { checkHostFolder } from './check-host-folder.ts';
import type { Leaf } from './cgroup/cgroup.ts';
import type { NsjailHost } from './host.ts';
import { ownIds, type OutsideIds } from './ids.ts';
import { markUsed, type RootImage } from './image/image-store.ts';
import { interpreterInJail, sitePackagesInJail } from './image/layout.ts';
import { NODE_MODULES } from '../jail-paths.ts';
import { forLeaf, openJail } from './jail.ts';
import { jailFiles, runsPython } from './kinds.ts';
import type { Isolation } from '../../core/contract/isolation.ts';
import { nurseryFiles } from './nursery/plan-outer.ts';
import type { Nurseries } from './nursery/nurseries.ts';
import type { JailKindName } from '../jail-kind.ts';
import { planEnvironment, planJail } from './plan.ts';
import type { ReturnCaps } from './protocol/encode-job.ts';

export interface NsjailOptions {
  readonly kind: JailKindName;
  readonly image: RootImage;
  readonly caps: ReturnCaps;
  readonly isolation: Isolation;
  /** True when programs of this sandbox need epoll; others of the same kind do without it. */
  readonly keepsEpoll?: boolean | undefined;
}

/** The kernel does not enforce RLIMIT_NPROC, its bound of a user's processes, for root. */
const UNBOUNDED_ROOT = 'A directory of root needs a cgroup, which this host does not hand out.';

const NO_CGROUP_FOR_TEMPLATES = 'Templates need a cgroup, which this host does not hand out.';

/** Interval of marking the image as used, far shorter than the age at which unused images are removed. */
const MARK_IMAGE_MS = 60 * 60 * 1000;

interface Parts extends NsjailOptions {
  readonly host: NsjailHost;
  /** Undefined where nsjail starts each jail. */
  readonly nurseries: Nurseries | undefined;
}

/** Hashes everything that affects isolation: this boot's kernel, the binary, the config, the image, the user. */
function identify(
  { nsjail, enforcement, hasTerminals, doorkeeper }: NsjailHost,
  { kind, image, keepsEpoll, isolation }: NsjailOptions,
): string {
  const hash = createHash('sha256').update(
    JSON.stringify([
      image.folder,
      isolation,
      keepsEpoll === true,
      enforcement,
      process.getuid?.(),
      process.getgid?.(),
      doorkeeper !== undefined,
    ]),
  );
  hash.update(readFileSync('/proc/sys/kernel/random/boot_id'));
  for (const isSecond of [false, true]) {
    const files = jailFiles(kind, {
      withoutEpoll: isSecond,
      withoutCgroup: isSecond,
      withTerminals: hasTerminals,
    });
    for (const file of Object.values(files)) hash.update(readFileSync(file));
  }
  for (const file of isolation === 'nsjail' ? [] : nurseryFiles(kind, isolation === 'template'))
    hash.update(readFileSync(file));
  const { mtimeMs, size } = statSync(nsjail);
  return hash.update(`${nsjail} ${mtimeMs} ${size}`).digest('hex');
}

/**
 * Creates a sandbox that starts each jail on demand from one root image. Closing it leaves the host open.
 * @throws JailFailure where the host lacks what this way of making jails needs.
 */
export function createNsjailSandbox(host: NsjailHost, options: NsjailOptions): Sandbox {
  if (options.isolation === 'template' && host.tree === undefined)
    throw new JailFailure(NO_CGROUP_FOR_TEMPLATES, {
      remedy: 'Give the service a cgroup, or set BRIG_ISOLATION=nursery.',
    });
  const { image } = options;
  const nurseries = options.isolation === 'nsjail' ? undefined : host.nurseries();
  const parts: Parts = { ...options, host, nurseries };
  const open = new Set<Jail>();
  let closing: Promise<void> | undefined;

  const lease = async (limits: Limits, leased: LeaseOptions = {}): Promise<Jail> => {
    if (closing !== undefined) throw new JailFailure('The sandbox is closed.');
    leased.signal?.throwIfAborted();
    // Undefined during the start, which ends its own jail when it fails or is aborted.
    let jail: Jail | undefined;
    const onGone = (): void => {
      if (jail !== undefined) open.delete(jail);
    };
    jail = await startJail(parts, limits, leased, onGone);
    open.add(jail);
    return jail;
  };

  const marker = setInterval(() => void markUsed(image.folder), MARK_IMAGE_MS).unref();

  const close = async (): Promise<void> => {
    clearInterval(marker);
    await Promise.all([...open].map((jail) => jail[Symbol.asyncDispose]()));
  };

  return {
    enforcement: host.enforcement,
    isolation: options.isolation,
    identity: identify(host, options),
    lease,
    // Sizes of mounts and rlimits are fixed at a jail's start; all other limits are in its cgroup.
    canChange: (from, to) =>
      host.tree !== undefined &&
      from.disk_mb === to.disk_mb &&
      from.open_files === to.open_files &&
      to.timeout <= from.timeout,
    close: () => (closing ??= close()),
  };
}

/**
 * Returns the modules of the template that a jail is forked from. Code of a package that a key chose would decide what
 * jails the template makes.
 */
function chooseModules(
  environment: LeaseOptions['environment'],
  asked: readonly string[],
  prefersPreloaded = false,
): readonly string[] {
  if (environment?.isOperators !== true) return [];
  return prefersPreloaded ? environment.preload : asked;
}

/** Starts a jail; gives back whatever it took when the start fails, and otherwise when the jail has ended. */
async function startJail(
  parts: Parts,
  limits: Limits,
  {
    signal,
    environment,
    preload: asked = [],
    prefersPreloaded,
    ahead,
    programFile,
    root,
    isKept,
  }: LeaseOptions,
  onGone: () => void,
): Promise<Jail> {
  const { host, image, nurseries } = parts;
  const isForked = parts.isolation === 'template';
  const preload = isForked ? chooseModules(environment, asked, prefersPreloaded) : asked;
  const { tree, ids } = host;
  const folder = root?.hostFolder;
  if (folder !== undefined) await checkHostFolder(image.interpreter.executable, folder);
  await using taken = new AsyncDisposableStack();
  taken.defer(onGone);
  const own = folder === undefined ? taken.adopt(ids.take(), ids.giveBack) : ownersOf(folder);
  if (own.uid === 0 && tree === undefined)
    throw new JailFailure(UNBOUNDED_ROOT, { remedy: 'Use a directory of an ordinary user.' });
  let devices: string;
  let leaf: Leaf | undefined;
  try {
    devices = taken.adopt(await host.devices.take(), host.devices.giveBack);
    leaf = tree?.createLeaf(host.nameJail(), forLeaf(limits), { freezes: isKept });
  } catch (error) {
    throw new JailFailure('No cgroup or device nodes could be made for an execution.', {
      detail: (error as Error).message,
      cause: error,
    });
  }
  const emptyLeaf = taken.use(new AsyncDisposableStack());
  emptyLeaf.defer(() => leaf?.remove());
  const plan = {
    kind: parts.kind,
    keepsEpoll: parts.keepsEpoll,
    programFile,
    limits,
    ids: own,
    interpreter: interpreterInJail(image.interpreter),
    preload,
    ahead,
    variables:
      preload.length === 0
        ? {}
        : { ...cpuVariables(limits, availableParallelism()), ...environment?.variables },
    packages: environment && {
      folder: environment.folder,
      place: runsPython(parts.kind) ? sitePackagesInJail(image.interpreter) : NODE_MODULES,
    },
    root,
    hasCgroup: leaf !== undefined,
    hasTerminals: host.hasTerminals,
    hasNetwork: host.doorkeeper !== undefined,
    certificates: host.certificates,
  };
  const joinFiles = leaf?.joinFiles ?? [];
  const child =
    nurseries === undefined
      ? await host.starter.start({
          command: planJail({ ...plan, nsjail: host.nsjail }),
          env: planEnvironment(image.folder, devices),
          joinFiles,
        })
      : await nurseries.start({
          ...{ ...plan, image: image.folder, devices, joinFiles },
          isForked,
        });
  // The jail removes its leaf itself, before it releases the rest.
  emptyLeaf.move();
  const kept = taken.move();
  return openJail(
    {
      process: child,
      leaf,
      limits,
      caps: parts.caps,
      enforcement: host.enforcement,
      isolation: parts.isolation,
      doorkeeper: host.doorkeeper,
      hasCertificates: host.certificates !== undefined,
      release: () => kept.disposeAsync(),
    },
    signal,
  );
}

/**
 * Returns the ids of the owner of a directory that a jail writes in. As root, a jail is mapped to the owner, so that
 * new files belong to the owner too; without root, to the service's own user.
 */
function ownersOf(folder: string): OutsideIds {
  const own = ownIds();
  if (own.uid !== 0) return own;
  const { uid, gid } = statSync(folder);
  return { uid, gid, isSubordinate: false, isShared: uid === own.uid };
}
