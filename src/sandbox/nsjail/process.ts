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

/** Starts a jail. The environment is given whole: nothing of the service's own is passed on. */
export function startJailProcess(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): JailProcess {
  const [file, ...args] = command;
  const child = execa(file, args, {
    env,
    extendEnv: false,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    buffer: false,
    reject: false,
    // The guardian and nsjail's parent-death signal do this, also after a kill -9.
    cleanup: false,
  });
  const closed = child.then(
    () => undefined,
    () => undefined,
  );
  const { stdin, stdout, stderr } = child;
  const [, , , log, report] = child.stdio;
  // A jail that ends before it has read its request; what happened is told by the other streams.
  stdin.on('error', () => undefined);
  return {
    request: stdin,
    stdout,
    stderr,
    log,
    report,
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
