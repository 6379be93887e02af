import type { BuildEnding, BuildOptions } from '../../package-builder.ts';
import { JailFailure } from '../../sandbox.ts';
import type { Leaf } from '../cgroup/cgroup.ts';
import type { NsjailHost } from '../host.ts';
import type { RootImage } from '../image/image-store.ts';
import { interpreterInJail } from '../image/layout.ts';
import { CLOCK_WAS_SET, readNsjailLog } from '../nsjail-log.ts';
import { planEnvironment } from '../plan.ts';
import type { OutputPipe } from '../output-pipe.ts';
import type { JailProcess } from '../starter.ts';
import { atLeaf } from '../cgroup/at-leaf.ts';
import { createLineReader } from './lines.ts';
import { planBuild } from './plan-build.ts';
import type { Redact } from './redact.ts';

/** Maximum number of processes and threads of a build, compilers included. */
const PROCESSES = 256;
const LOG_BYTES = 64 * 1024;

interface Running {
  readonly child: JailProcess;
  readonly leaf: Leaf | undefined;
}

/** Inputs of one build besides the job itself. */
export interface BuildSetup {
  readonly image: RootImage;
  /** Language of the installer, which selects the filter of system calls. */
  readonly kind: 'python' | 'node';
  /** Source of the program that installs (harness/build). */
  readonly program: string;
  /** Request to that program: the members of one JSON object. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Folders of the host that hold packages. */
  readonly folders: readonly string[];
  /** Removes secrets from its output. */
  readonly redact: Redact;
}

/** Runs one build to its end; leaves nothing behind when it resolves or rejects. */
export async function runBuild(
  host: NsjailHost,
  { image, kind, program, request, folders, redact }: BuildSetup,
  options: BuildOptions,
): Promise<BuildEnding> {
  const { ids, tree } = host;
  options.signal.throwIfAborted();
  const own = ids.take();
  const { memoryMb, diskMb, cpus } = options.limits;
  let leaf: Leaf | undefined;
  let devices: string | undefined;
  try {
    devices = await host.devices.take();
    // The cgroup pays for files on a tmpfs as memory.
    leaf = tree?.createLeaf(host.nameJail(), { memory_mb: memoryMb + diskMb, processes: PROCESSES, cpus });
    const command = planBuild({
      ...{ nsjail: host.nsjail, ids: own, hasCgroup: leaf !== undefined },
      ...{ interpreter: interpreterInJail(image.interpreter), kind, program, folders },
      ...{ network: options.network, limits: options.limits, processes: PROCESSES },
    });
    const env = planEnvironment(image.folder, devices);
    const child = await host.starter.start({ command, env, joinFiles: leaf?.joinFiles ?? [] });
    return await follow({ child, leaf }, JSON.stringify(request), redact, options);
  } finally {
    leaf?.kill();
    await leaf?.remove();
    if (devices !== undefined) host.devices.giveBack(devices);
    ids.giveBack(own);
  }
}

async function follow(
  { child, leaf }: Running,
  request: string,
  redact: Redact,
  { signal, limits, onLine, receive }: BuildOptions,
): Promise<BuildEnding> {
  let [isLate, isRefused] = [false, false];
  const kill = (): void => {
    child.kill();
    leaf?.kill();
  };
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, limits.timeout * 1000);
  signal.addEventListener('abort', kill, { once: true });
  const words = gather(child.stderr);
  const lines = createLineReader(redact, onLine);
  child.stdout.onChunk = (chunk) => lines.push(chunk);
  const received = receive(child.report).then(
    () => undefined,
    (error: unknown) => {
      isRefused = !child.report.readableEnded;
      kill();
      // Closes the stream: unread data would keep it open.
      child.report.destroy();
      return error;
    },
  );
  // Ends in a newline, because the starter keeps the pipe open as long as the jail lives.
  child.request.end(`${request}\n`);
  const log = await child.closed;
  clearTimeout(timer);
  signal.removeEventListener('abort', kill);
  lines.end();
  const failure = await received;
  signal.throwIfAborted();
  if (isLate) return 'timeout';
  const usage = leaf && atLeaf(() => leaf.readUsage());
  if (leaf !== undefined && usage === undefined)
    throw new JailFailure('The cgroup of a build was removed while it ran.');
  if (usage !== undefined && usage.oomKills > 0) {
    if (usage.wasFull) return 'memory_limit';
    throw new JailFailure('The host ran out of memory.');
  }
  const { ending, isOverTime, complaints } = readNsjailLog(log);
  if (isOverTime) throw new JailFailure(CLOCK_WAS_SET);
  const hasRun = isRefused || (ending?.kind === 'exit' && ending.code !== 255);
  if (!hasRun && failure !== undefined) {
    const detail = redact([...complaints, words()].join('; ')).slice(0, 2000);
    throw new JailFailure('The build jail ended early.', {
      remedy: 'Run `brig doctor` on the host.',
      detail,
    });
  }
  if (failure !== undefined) throw failure;
  return 'ended';
}

function gather(stream: OutputPipe): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.onChunk = (chunk) => {
    // Copied, because the pipe reuses the chunk.
    if (bytes < LOG_BYTES) chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
  };
  return () => Buffer.concat(chunks).toString('utf8');
}
