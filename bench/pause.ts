import { setTimeout as sleep } from 'node:timers/promises';

/** @throws the signal's reason where it aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : error;
  });
}

/** A process that has just become idle still gives memory back. */
const REST_MS = 3000;

export const rest = (signal: AbortSignal): Promise<void> => pause(REST_MS, signal);
