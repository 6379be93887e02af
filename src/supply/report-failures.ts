import { JailFailure, type Jail, type Sandbox } from '../sandbox/sandbox.ts';

/** Returns the same sandbox, which calls `onFailure` when one of its jails cannot be made or fails while it runs. */
export function reportFailures(sandbox: Sandbox, onFailure: () => void): Sandbox {
  const watch = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      if (error instanceof JailFailure) onFailure();
      throw error;
    }
  };
  const watchJail = (jail: Jail): Jail => ({
    gone: jail.gone,
    setLimits: (limits) => jail.setLimits(limits),
    run: (job, options) => watch(() => jail.run(job, options)),
    openSession: async (job, options) => {
      const session = await watch(() => jail.openSession(job, options));
      return { ...session, run: (next, given) => watch(() => session.run(next, given)) };
    },
    [Symbol.asyncDispose]: () => jail[Symbol.asyncDispose](),
  });
  return {
    enforcement: sandbox.enforcement,
    isolation: sandbox.isolation,
    identity: sandbox.identity,
    canChange: (from, to) => sandbox.canChange(from, to),
    lease: (limits, options) => watch(async () => watchJail(await sandbox.lease(limits, options))),
    close: () => sandbox.close(),
  };
}
