import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';

/*
 * The one file that starts processes.
 */

/** nsjail with a jail around its one command, seen from the service. */
export interface JailProcess {
  /** Becomes the harness's descriptor 0. */
  readonly request: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** nsjail's own words. */
  readonly log: Readable;
  /** The harness's frames. */
  readonly report: Readable;
  /** Resolves when nsjail has ended and every stream has been read to its end. Never rejects. */
  readonly closed: Promise<void>;
  kill(): void;
}

/** Descriptors as the command line of nsjail and the harness know them. */
export const LOG_FD = 3;
export const REPORT_FD = 4;

/**
 * Starts a jail. The environment is given whole: nothing of the service's own is passed on.
 *
 * By Node's own means: execa's convenience costs a millisecond of CPU time, for every execution.
 * @throws Error where not even a pipe can be made; nothing was started then.
 */
export function startJailProcess(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): JailProcess {
  const [file, ...args] = command;
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'] });
  // What could not be started closes as well.
  child.on('error', () => undefined);
  // Without descriptors left there are no streams, whatever the type says, and the error comes only later (EMFILE, ENFILE).
  const streams = child.stdio as typeof child.stdio | undefined;
  if (streams === undefined) throw new Error('no file descriptor is left');
  const [request, stdout, stderr, log, report] = streams;
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  // A jail that ends before it has read its request; what happened is told by the other streams.
  request.on('error', () => undefined);
  return {
    request,
    stdout,
    stderr,
    log: log as Readable,
    report: report as Readable,
    closed,
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}

export interface ToolResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly ok: boolean;
}

/** Runs a program of the host to its end (set-up only, never for an execution). Does not throw when it fails. */
export async function runTool(file: string, args: readonly string[]): Promise<ToolResult> {
  const { stdout, stderr, failed } = await execa(file, args, {
    reject: false,
    stdin: 'ignore',
    timeout: 300_000,
  });
  return { stdout, stderr, ok: !failed };
}

/** A helper that runs until its standard input ends, in a session of its own, so that signals to the service's group miss it. */
export interface Companion {
  /** Ends its input and waits for it. */
  close(): Promise<void>;
}

export function startCompanion(file: string, args: readonly string[]): Companion {
  const child = execa(file, args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cleanup: false,
    reject: false,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    extendEnv: false,
  });
  child.nodeChildProcess.unref();
  // The pipe alone would keep an embedding program's event loop alive.
  (child.stdin as Writable & { unref?: () => void }).unref?.();
  const ended = child.then(
    () => undefined,
    () => undefined,
  );
  return {
    close: async () => {
      child.nodeChildProcess.ref();
      child.stdin.end();
      await ended;
    },
  };
}
