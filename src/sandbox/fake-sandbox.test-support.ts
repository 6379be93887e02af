import type { Evidence } from '../core/contract/evidence.ts';
import type { Limits } from '../core/contract/limits.ts';
import type { JsonText } from '../core/contract/outcome.ts';
import type { JailSession, Job, LeaseOptions, RunOptions, Sandbox } from './sandbox.ts';

/** Acts as a script in a fake jail: returns evidence, or throws. */
export type Act = (
  job: Job,
  options: RunOptions,
  limits: Limits,
) => Promise<Partial<Evidence>> | Partial<Evidence>;

/** Sandbox without processes, for tests of the code in front of it. */
export interface FakeSandbox extends Sandbox {
  /** Jails that were leased and not disposed of. */
  readonly open: Set<object>;
  /** Limits and options of each lease, in order. */
  readonly leases: { readonly limits: Limits; readonly options: LeaseOptions }[];
  isClosed: boolean;
}

export const nothingHeld = {
  ...{ memory: 'none', processes: 'none', cpu: 'none', network: 'none' },
  ...{ filesystem: 'none', syscalls: 'none', identity: 'none' },
};

const stream = { text: '', bytes: 0, truncated: false };

/** Returns the evidence of a script that returned a value. */
export const evidenceOf = (mode: Evidence['mode'], limits: Limits, json = 'null'): Evidence => ({
  mode,
  limits,
  stop: undefined,
  ending: { kind: 'exit', code: 0 },
  report: { kind: 'result', json: json as JsonText },
  stdout: stream,
  stderr: stream,
  usage: { durationMs: 1, cpuMs: 1, memoryPeakBytes: 1, oomKills: 0, processRefusals: 0 },
  enforcement: nothingHeld,
  isolation: 'nsjail',
});

/** Returns a promise that rejects with the reason of the signal once it is aborted. */
export const untilAborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    const giveUp = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
  });

export function createFakeSandbox(
  act: Act = () => ({}),
  beforeLease: (options: LeaseOptions) => Promise<void> | void = () => undefined,
): FakeSandbox {
  const open = new Set<object>();
  const sandbox: FakeSandbox = {
    open,
    leases: [],
    isClosed: false,
    enforcement: nothingHeld,
    isolation: 'nsjail',
    identity: 'fake',
    canChange: (from, to) => from.disk_mb === to.disk_mb,
    lease: async (limits, options = {}) => {
      sandbox.leases.push({ limits, options });
      await beforeLease(options);
      options.signal?.throwIfAborted();
      const gone = Promise.withResolvers<void>();
      let now = limits;
      const jail = {
        gone: gone.promise,
        setLimits: (changed: Limits) => {
          now = changed;
        },
        run: async (job: Job, running: RunOptions = {}): Promise<Evidence> => ({
          ...evidenceOf(job.entry.kind, now),
          ...(await act(job, running, now)),
        }),
        openSession: async (job: Job, running: RunOptions = {}): Promise<JailSession> => {
          await act(job, running, now);
          return {
            run: async (next, given) => ({
              ...evidenceOf(next.entry.kind, given.limits),
              ...(await act(next, given, given.limits)),
            }),
            isReady: () => open.has(jail),
            interrupt: () => undefined,
            canFreeze: true,
            freeze: () => undefined,
            thaw: () => undefined,
            lost: gone.promise.then(() => 'ended'),
          };
        },
        [Symbol.asyncDispose]: (): Promise<void> => {
          open.delete(jail);
          gone.resolve();
          return Promise.resolve();
        },
      };
      open.add(jail);
      return jail;
    },
    close: () => {
      sandbox.isClosed = true;
      return Promise.resolve();
    },
  };
  return sandbox;
}
