import type { Sandbox } from './sandbox.ts';

/** A sandbox that is opened when it is first asked for, once; what fails is tried again with the next request. */
export interface Opener {
  open(): Promise<Sandbox>;
  /** Closes it, where it was opened; idempotent. */
  close(): Promise<void>;
}

/** @param make leaves nothing behind where it fails. */
export function createOpener(make: () => Promise<Sandbox>): Opener {
  let opening: Promise<Sandbox> | undefined;
  const open = async (): Promise<Sandbox> => {
    opening ??= make();
    const current = opening;
    try {
      return await current;
    } catch (error) {
      if (opening === current) opening = undefined;
      throw error;
    }
  };
  return {
    open,
    close: async () => {
      const sandbox = await opening?.catch(() => undefined);
      await sandbox?.close();
    },
  };
}
