import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import type { JailIdentity } from '../doors.ts';
import { JailFailure } from '../sandbox.ts';
import { openOutputPipe, type OutputPipe } from './output-pipe.ts';
import { starterFile } from './plan.ts';
import { startCompanion, type Companion } from '../../host/process.ts';

/** nsjail with a jail around its one command, as the service sees it. */
export interface JailProcess {
  /** Becomes standard input of the harness. */
  readonly request: Socket;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
  /** Frames of the harness. */
  readonly report: Socket;
  /** Resolves when nothing of the jail runs any more; its streams may hold unread data. Never rejects. */
  readonly ended: Promise<unknown>;
  /** Resolves with nsjail's log when it has ended and every stream has been read to its end. Never rejects. */
  readonly closed: Promise<string>;
  kill(): void;
  /** Interrupts the interpreter of a Python jail and its process group, like Ctrl-C in a terminal. */
  interrupt(): void;
  /** Returns what proves which jail it is; before its input is closed. @throws JailFailure when it has ended. */
  identify(): Promise<JailIdentity>;
}

/** A command to start, its complete environment, and the cgroup that it enters first. */
export interface JailCommand {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Files to which `0` is written to enter the cgroup. */
  readonly joinFiles: readonly string[];
}

/**
 * The small process that forks jails in the service's place: a fork copies the page tables of all memory a process
 * has.
 */
export interface Starter {
  /** @throws JailFailure when nothing could be started. */
  start(command: JailCommand): Promise<JailProcess>;
  /**
   * Starts the outer jail of a nursery.
   * @throws JailFailure when nothing could be started.
   */
  startNursery(command: Omit<JailCommand, 'joinFiles'>): Promise<NurseryProcess>;
  /**
   * Starts the outer jail of a template.
   * @throws JailFailure when nothing could be started.
   */
  startTemplate(command: JailCommand): Promise<TemplateProcess>;
  /** Ends the starter; every jail must be gone. */
  close(): Promise<void>;
}

/** The outer jail of a nursery, from which jails are forked. */
export interface NurseryProcess {
  /**
   * Has a jail made; undefined when the nursery has ended.
   * @throws JailFailure when the host lacks something.
   */
  spawn(jail: SpawnedJail): Promise<JailProcess | undefined>;
  /** Resolves with nsjail's log when nothing of it, or of its jails, runs any more. Never rejects. */
  readonly ended: Promise<string>;
  kill(): void;
}

/** The outer jail of a template. */
export interface TemplateProcess extends NurseryProcess {
  /** Resolves with what it says once its modules are loaded, empty when it ends before. Never rejects. */
  readonly words: Promise<string>;
}

/** Steps that make a jail, as bytes, and the cgroup that it enters first. */
export interface SpawnedJail extends Pick<JailCommand, 'joinFiles'> {
  readonly table: Buffer;
}

interface Pending {
  readonly started: PromiseWithResolvers<StarterEnds>;
  readonly ended: PromiseWithResolvers<string>;
  /** Pid of its first process; there once it was asked for. */
  first?: PromiseWithResolvers<number>;
  /** Words of a template; settles for templates only. */
  readonly words: PromiseWithResolvers<string>;
}

/** File descriptors in the starter: request, stdout, stderr, report. */
interface StarterEnds {
  readonly pid: number;
  readonly descriptors: readonly number[];
}

/**
 * Starts jails through nsjail/starter.py, which `python` runs; a starter that ended is replaced at the next start.
 */
export function createStarter(python: string): Starter {
  let running: OpenStarter | undefined;
  let closing = false;
  const find = (): OpenStarter => {
    if (closing) throw new JailFailure('The sandbox is closed.');
    if (running === undefined || running.isBroken()) running = openStarter(python);
    return running;
  };
  return {
    start: (command) => find().start(command),
    startNursery: (command) => find().startNursery(command),
    startTemplate: (command) => find().startTemplate(command),
    close: async () => {
      closing = true;
      await running?.close();
    },
  };
}

interface OpenStarter extends Omit<Starter, 'close'> {
  isBroken(): boolean;
  close(): Promise<void>;
}

/** Starts one starter process, and tracks the requests to it. */
function openStarter(python: string): OpenStarter {
  const companion = startStarter(python);
  const pending = new Map<string, Pending>();
  let count = 0;
  let isBroken = false;

  const send = (fields: readonly (string | number)[], rest?: Buffer): void => {
    const head = Buffer.from(fields.join('\0'));
    const payload = rest === undefined ? head : Buffer.concat([head, separator, rest]);
    const header = Buffer.alloc(4);
    header.writeUInt32BE(payload.length);
    companion.input.write(Buffer.concat([header, payload]));
  };

  const forget = (id: string): void => {
    pending.delete(id);
    if (pending.size === 0) companion.setAwaited(false);
  };

  const onAnswer = ([kind, id = '', ...rest]: readonly string[]): void => {
    const asked = pending.get(id);
    if (asked === undefined) return;
    if (kind === 'started') {
      const [pid = 0, ...descriptors] = rest.map(Number);
      asked.started.resolve({ pid, descriptors });
      return;
    }
    if (kind === 'first') return asked.first?.resolve(Number(rest[0]));
    if (kind === 'told') return asked.words.resolve(rest[0] ?? '');
    forget(id);
    asked.words.resolve('');
    asked.first?.reject(new JailFailure('The jail has ended.'));
    if (kind === 'gone') asked.started.resolve(GONE);
    else if (kind === 'ended') asked.ended.resolve(rest[0] ?? '');
    else asked.started.reject(notStarted(rest[0]));
  };

  readAnswers(companion.output, onAnswer);
  const giveUp = async (): Promise<void> => {
    await companion.ended;
    isBroken = true;
    // The starter's keeper ended after all jails had.
    for (const { started, ended, first, words } of pending.values()) {
      words.resolve('');
      first?.reject(notStarted('the process that starts jails ended'));
      started.reject(notStarted('the process that starts jails ended'));
      ended.resolve('');
    }
    pending.clear();
  };
  void giveUp();

  /** Sends a command under a name of its own, and waits for the start. */
  const ask = async (
    write: (id: string) => void,
  ): Promise<{ id: string; asked: Pending; ends: StarterEnds; kill: () => void }> => {
    count += 1;
    const id = String(count);
    const asked: Pending = {
      started: Promise.withResolvers(),
      ended: Promise.withResolvers(),
      words: Promise.withResolvers(),
    };
    pending.set(id, asked);
    companion.setAwaited(true);
    write(id);
    const ends = await asked.started.promise;
    const kill = (): void => {
      if (pending.has(id)) send(['kill', id]);
    };
    return { id, asked, ends, kill };
  };

  const findFirst = (id: string): Promise<number> => {
    const asked = pending.get(id);
    if (asked === undefined) throw new JailFailure('The jail has ended.');
    const isNew = asked.first === undefined;
    asked.first ??= Promise.withResolvers();
    if (isNew) send(['first', id]);
    return asked.first.promise;
  };

  const follow = async (write: (id: string) => void): Promise<JailProcess | undefined> => {
    const { id, asked, ends, kill } = await ask(write);
    if (ends === GONE) return undefined;
    try {
      const { pipe, ...streams } = openEnds(ends);
      const ended = asked.ended.promise;
      const identify = async (): Promise<JailIdentity> => ({ pid: await findFirst(id), pipe: pipe() });
      const interrupt = (): void => {
        if (pending.has(id)) send(['interrupt', id]);
      };
      return { ...streams, kill, interrupt, identify, ended, closed: whenClosed(streams, ended) };
    } catch (error) {
      kill();
      throw notStarted((error as Error).message);
    } finally {
      // Until then the numbers of the starter's descriptors mean this jail, even if it has ended.
      send(['opened', id]);
    }
  };

  const start = async ({ command, env, joinFiles }: JailCommand): Promise<JailProcess> => {
    const started = await follow((id) =>
      send([
        'start',
        id,
        joinFiles.length,
        ...countVariables(env),
        ...joinFiles,
        ...listVariables(env),
        ...command,
      ]),
    );
    if (started === undefined) throw notStarted('it has no nursery');
    return started;
  };

  const openNursery = async (write: (id: string) => void): Promise<TemplateProcess> => {
    const { id, asked, kill } = await ask(write);
    const spawn = ({ table, joinFiles }: SpawnedJail): Promise<JailProcess | undefined> =>
      follow((own) => send(['spawn', own, id, joinFiles.length, ...joinFiles], table));
    return { spawn, kill, ended: asked.ended.promise, words: asked.words.promise };
  };

  const startNursery: Starter['startNursery'] = ({ command, env }) =>
    openNursery((own) => send(['nursery', own, ...countVariables(env), ...listVariables(env), ...command]));
  const startTemplate: Starter['startTemplate'] = ({ command, env, joinFiles }) =>
    openNursery((own) =>
      send([
        ...['template', own, joinFiles.length, ...countVariables(env)],
        ...joinFiles,
        ...listVariables(env),
        ...command,
      ]),
    );

  return {
    ...{ start, startNursery, startTemplate },
    isBroken: () => isBroken,
    close: () => companion.close(),
  };
}

/** Stands for a jail that no nursery made. */
const GONE: StarterEnds = { pid: 0, descriptors: [] };

/** Ends a field before those of any bytes. */
const separator = Buffer.alloc(1);

const listVariables = (env: JailCommand['env']): string[] =>
  Object.entries(env).map(([name, value]) => `${name}=${value}`);
const countVariables = (env: JailCommand['env']): [number] => [Object.keys(env).length];

const notStarted = (detail: string | undefined): JailFailure =>
  new JailFailure('The jail could not be started.', { remedy: 'Run `brig doctor` on the host.', detail });

/** @throws JailFailure when the host cannot start a process. */
function startStarter(python: string): Companion {
  try {
    return startCompanion(python, ['-I', '-S', '-B', starterFile]);
  } catch (error) {
    throw notStarted((error as Error).message);
  }
}

interface Ends extends Pick<JailProcess, 'request' | 'stdout' | 'stderr' | 'report'> {
  /** Returns the inode of the pipe that is the jail's input. */
  readonly pipe: () => number;
}

/** Opens the starter's ends of four pipes in this process. @throws Error when they cannot be opened. */
function openEnds({ pid, descriptors }: StarterEnds): Ends {
  const opened: number[] = [];
  try {
    for (const [index, descriptor] of descriptors.entries()) {
      const mode = index === 0 ? constants.O_WRONLY : constants.O_RDONLY;
      opened.push(openSync(`/proc/${pid}/fd/${descriptor}`, mode | constants.O_NONBLOCK));
    }
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor);
    throw error;
  }
  const [toRequest, fromStdout, fromStderr, fromReport] = opened;
  if (
    toRequest === undefined ||
    fromStdout === undefined ||
    fromStderr === undefined ||
    fromReport === undefined
  ) {
    throw new Error('the process that starts jails gave fewer than four pipes');
  }
  const request = new Socket({ fd: toRequest, readable: false, writable: true });
  const report = new Socket({ fd: fromReport, readable: true, writable: false });
  // A jail may end before it has read its request; the other streams tell what happened.
  for (const stream of [request, report]) stream.on('error', () => undefined);
  const [stdout, stderr] = [openOutputPipe(fromStdout), openOutputPipe(fromStderr)];
  return { request, stdout, stderr, report, pipe: () => fstatSync(toRequest).ino };
}

async function whenClosed(
  { request, stdout, stderr, report }: Omit<Ends, 'pipe'>,
  ended: Promise<string>,
): Promise<string> {
  const log = await ended;
  request.destroy();
  await Promise.allSettled([stdout.ended, stderr.ended, finished(report)]);
  return log;
}

/** Reads frames of NUL-separated fields from a program of Brig's own. */
function readAnswers(stream: NodeJS.ReadableStream, onAnswer: (fields: readonly string[]) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4) {
      const end = 4 + rest.readUInt32BE(0);
      if (rest.length < end) return;
      onAnswer(rest.toString('utf8', 4, end).split('\0'));
      rest = rest.subarray(end);
    }
  });
}
