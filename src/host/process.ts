import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';

/* The only file that starts processes. */

export interface ToolResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly ok: boolean;
}

/**
 * Runs a program of the host to its end (for set-up, never for an execution). Does not throw when the program fails.
 * @param signal ends the program early, which then counts as failed.
 */
export async function runTool(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<ToolResult> {
  const { stdout, stderr, failed } = await execa(file, args, {
    reject: false,
    stdin: 'ignore',
    timeout: 900_000,
    env,
    ...(signal && { cancelSignal: signal }),
  });
  return { stdout, stderr, ok: !failed };
}

/**
 * Helper process that runs until its standard input ends, in a session of its own, so that signals to the service's
 * group miss it.
 */
export interface Companion {
  readonly pid: number;
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves when it has ended, in whatever way. Never rejects. */
  readonly ended: Promise<void>;
  /** Sets whether an answer is awaited: only then does the helper keep the service's process alive. */
  setAwaited(isAwaited: boolean): void;
  /** Closes its input and waits for its end. */
  close(): Promise<void>;
}

/** @throws Error when it cannot be started at all. */
export function startCompanion(file: string, args: readonly string[]): Companion {
  const child = execa(file, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    buffer: false,
    detached: true,
    cleanup: false,
    reject: false,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    extendEnv: false,
  });
  const { pid, stdin: input, stdout: output } = child;
  const ended = child.then(
    () => undefined,
    () => undefined,
  );
  if (pid === undefined) throw new Error(`${file} could not be started`);
  // The helper's end reports the failure.
  input.on('error', () => undefined);
  child.nodeChildProcess.unref();
  // The pipes alone would keep an embedding program's event loop alive.
  const pipes = [input, output] as readonly Partial<Pick<Socket, 'ref' | 'unref'>>[];
  const setAwaited = (isAwaited: boolean): void => {
    for (const pipe of pipes) {
      if (isAwaited) pipe.ref?.();
      else pipe.unref?.();
    }
  };
  setAwaited(false);
  return {
    pid,
    input,
    output,
    ended,
    setAwaited,
    close: async () => {
      child.nodeChildProcess.ref();
      input.end();
      await ended;
    },
  };
}

/** Helper process with which messages are exchanged; sockets can come with its own. */
export interface Messenger {
  readonly pid: number;
  send(message: object): void;
  onMessage(listener: (message: unknown, handle: object | undefined) => void): void;
  /** Resolves when it has ended, in whatever way. Never rejects. */
  readonly ended: Promise<void>;
  /** Sets whether an answer is awaited: only then does the helper keep this process alive. */
  setAwaited(isAwaited: boolean): void;
  /** Ends it at once, when it does not answer. */
  kill(): void;
  /** Closes its channel and waits for its end. */
  close(): Promise<void>;
}

/**
 * Starts a helper that ends when its channel does, in a session of its own.
 * @throws Error when it cannot be started at all.
 */
export function startMessenger(file: string, args: readonly string[]): Messenger {
  const child = execa(file, args, {
    stdio: ['ignore', 'ignore', 'ignore'],
    ipc: true,
    serialization: 'json',
    buffer: false,
    detached: true,
    cleanup: false,
    reject: false,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    extendEnv: false,
  });
  const { pid, nodeChildProcess: node } = child;
  const ended = child.then(
    () => undefined,
    () => undefined,
  );
  if (pid === undefined) throw new Error(`${file} could not be started`);
  // The helper's end reports the failure.
  node.on('error', () => undefined);
  node.unref();
  const setAwaited = (isAwaited: boolean): void => {
    if (isAwaited) node.channel?.ref();
    else node.channel?.unref();
  };
  return {
    pid,
    send: (message) => {
      if (node.connected) node.send(message, () => undefined);
    },
    onMessage: (listener) => {
      node.on('message', (message: unknown, handle?: object) => listener(message, handle));
      setAwaited(false);
    },
    ended,
    setAwaited,
    kill: () => void node.kill('SIGKILL'),
    close: async () => {
      node.ref();
      if (node.connected) node.disconnect();
      await ended;
    },
  };
}
