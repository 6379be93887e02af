import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../src/paths.ts';

export interface ProbeOptions {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** JSON text. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly everyMs: number;
}

export interface ProbeResult {
  /** Milliseconds from each request to the end of its answer. */
  readonly latencies: readonly number[];
  /** Why an answer did not come or was none. */
  readonly failures: readonly string[];
  /** Milliseconds by which the prober itself was late at most: what of the latencies may be the machine's. */
  readonly lateMs: number;
}

/** Requests of a prober's first milliseconds are not counted: its program is not yet compiled, its connection not yet open. */
export const proberWarmUpMs = 700;

/** Asks the same thing at a fixed pace, in a process of its own. */
export interface Prober extends Disposable {
  /** Waits for the last answers. */
  stop(): Promise<ProbeResult>;
}

export function startProber(options: ProbeOptions): Prober {
  const child = fork(join(packageRoot, 'bench', 'prober.ts'), [JSON.stringify(options)]);
  return {
    stop: async () => {
      const answer = once(child, 'message');
      const ended = once(child, 'exit').then(([code]) => {
        throw new Error(`The prober of ${options.url} ended with ${code}.`);
      });
      child.send('stop');
      const [result] = (await Promise.race([answer, ended])) as [ProbeResult];
      return result;
    },
    [Symbol.dispose]: () => child.kill('SIGKILL'),
  };
}
