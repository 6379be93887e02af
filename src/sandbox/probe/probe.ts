import { chmod, mkdtemp, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layers, type Layer, type LayerReport, type OptionalLayer } from '../../core/contract/health.ts';
import type { Enforcement } from '../../core/contract/outcome.ts';
import { judgeOwner, ownName } from '../owner.ts';
import { JailFailure, type Sandbox } from '../sandbox.ts';
import { attackDoors, DOORS_TRIED } from './attack-doors.ts';
import { attacks, probeLimits, type Attack, type Targets } from './attacks.ts';
import { makeProbeJob } from './probe-job.ts';

export type LayerReports = Record<Layer, LayerReport>;

const FOLDER_PREFIX = 'brig-probe-';
/** Attacks that run at the same time. */
const AT_ONCE = 2;

const remedies: Record<Layer, string> = {
  filesystem: 'See that nsjail/python.cfg is unchanged and that the kernel allows mount namespaces.',
  network: 'See that nsjail/python.cfg is unchanged and that the kernel allows network namespaces.',
  processes: 'Give the service a cgroup with the pids controller.',
  memory: 'Give the service a cgroup with the memory controller.',
  cpu: 'Give the service a cgroup with the cpu controller.',
  syscalls: 'See that nsjail/python.kafel is unchanged and that the kernel has seccomp filters.',
  identity: 'See that nsjail/python.cfg and its filters are unchanged.',
  deadline: 'See that the host has CPU time to spare: the service could not stop a script in time.',
  disk: 'See that nsjail/python.cfg is unchanged and that the kernel has tmpfs.',
};

export interface ProbeOptions {
  /** Whether the jails have epoll whatever their user: a risk that the operator accepted is not attacked. */
  readonly mayHaveEpoll?: boolean;
  /** Whether scripts may have a network: a jail with doors is another than one without. */
  readonly hasDoors?: boolean;
}

/**
 * Attacks every layer of isolation in real jails and reports which held: observed facts, not the configuration.
 * Reports a layer that may be missing (`optional`) as well.
 * @throws JailFailure when no jail can be started at all.
 */
export async function probeSandbox(
  sandbox: Sandbox,
  optional: readonly OptionalLayer[],
  { mayHaveEpoll = false, hasDoors = false }: ProbeOptions = {},
): Promise<LayerReports> {
  const { identity } = sandbox.enforcement;
  await using placed = await placeTargets();
  const targets: Targets = { ...placed, sharesUser: identity === SHARED && !mayHaveEpoll };
  const breaches: Partial<Record<Layer, string>> = {};
  const pending = [...attacks];
  const work = async (): Promise<void> => {
    for (let attack = pending.shift(); attack !== undefined; attack = pending.shift()) {
      Object.assign(breaches, await attempt(sandbox, attack, targets));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const leak = hasDoors ? await tryDoors(sandbox) : undefined;
  if (leak !== undefined) breaches.network ??= leak;
  const tried = hasDoors ? [...attacks, { tried: { network: DOORS_TRIED } }] : attacks;
  const reports = layers.map(
    (layer) => [layer, report(layer, breaches[layer], tried, { sandbox, optional })] as const,
  );
  return Object.fromEntries(reports) as LayerReports;
}

async function attempt(
  sandbox: Sandbox,
  attack: Attack,
  targets: Targets,
): Promise<Partial<Record<Layer, string>>> {
  const limits = { ...probeLimits, ...attack.limits };
  const job = await makeProbeJob(attack.script, attack.args(targets));
  await using jail = await sandbox.lease(limits);
  return attack.judge(await jail.run(job), limits);
}

/**
 * Returns what got through open doors. Doors that cannot be opened are none that hold; a helper that failed once was
 * replaced.
 */
async function tryDoors(sandbox: Sandbox, isLast = false): Promise<string | undefined> {
  try {
    return await attackDoors(sandbox);
  } catch (error) {
    if (!(error instanceof JailFailure)) throw error;
    if (!isLast) return tryDoors(sandbox, true);
    return [error.message, error.detail].filter((text) => text !== undefined).join(' ');
  }
}

function report(
  layer: Layer,
  breach: string | undefined,
  made: readonly Pick<Attack, 'tried'>[],
  { sandbox, optional }: { readonly sandbox: Sandbox; readonly optional: readonly OptionalLayer[] },
): LayerReport {
  const tried = made.flatMap((attack) => attack.tried[layer] ?? []).join('; ');
  return {
    active: breach === undefined,
    required: !optional.some((name) => name === layer),
    how: describeHow(layer, sandbox.enforcement),
    tried,
    ...(breach === undefined ? {} : { reason: breach, remedy: remedies[layer] }),
  };
}

/** The name in src/sandbox/nsjail/ids.ts. */
const SHARED = 'shared-id';

/** Enforcement of the layers that every host has, which the sandbox does not name. */
const fixed = { deadline: 'service', disk: 'tmpfs' } as const;

function describeHow(layer: Layer, enforcement: Enforcement): string {
  const identity = `user namespace, no capabilities, ${enforcement.identity}`;
  return { ...enforcement, ...fixed, identity }[layer];
}

/** Creates a file and a listening port on the host that no script may reach. */
async function placeTargets(): Promise<Omit<Targets, 'sharesUser'> & AsyncDisposable> {
  await sweepTargets();
  await using made = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), `${FOLDER_PREFIX}${ownName()}-`));
  const canaryFile = join(folder, 'canary');
  // Without a look into the folder, for which a service may have no descriptor left.
  made.defer(() => rmdir(folder));
  made.defer(() => rm(canaryFile, { force: true }));
  // Readable by everybody, so that only the jail's own mounts keep a script from it.
  await chmod(folder, 0o755);
  await writeFile(canaryFile, 'canary', { mode: 0o644 });
  const server = createServer((socket) => socket.destroy());
  made.defer(() => void server.close());
  const port = await listen(server);
  const kept = made.move();
  return { canaryFile, port, pid: process.pid, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Removes the remains of probes of services that were killed. */
async function sweepTargets(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    // Without the random suffix of mkdtemp.
    const owner = name.startsWith(FOLDER_PREFIX)
      ? name.slice(FOLDER_PREFIX.length, name.lastIndexOf('-'))
      : undefined;
    if (owner === undefined || judgeOwner(owner) !== 'dead') continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function listen(server: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) resolve(address.port);
    else reject(new Error('a listening server has a port'));
  });
  return promise;
}
