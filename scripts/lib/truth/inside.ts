import { constants } from 'node:os';
import {
  createBrig,
  fileBytes,
  type Brig,
  type ExecuteOutcome,
  type ExecuteRequest,
} from '../../../src/index.ts';
import type { Ending } from './outside.ts';

/** Limits that no honest program of these needs: they are compared, not bounded. */
export const amplyLimited = {
  cpu_time: 600,
  memory_mb: 2048,
  cpus: 2,
  processes: 512,
  disk_mb: 1024,
  output_bytes: 10 * 1024 * 1024,
} as const;

/** Opens a service with a place for each of so many jobs. @throws Error where no script can run here. */
export async function openBrig(jobs: number): Promise<Brig> {
  const brig = await createBrig({
    ...{ BRIG_MAX_CONCURRENT: String(jobs), BRIG_MAX_WARM_JAILS: '0', BRIG_TERMINALS: 'on' },
    ...{ BRIG_MAX_TIMEOUT: '3600', BRIG_MAX_CPU_TIME: '3600' },
  });
  const { status, reason } = brig.health();
  if (status === 'healthy') return brig;
  await brig.close();
  throw new Error(`No script can run here: ${reason ?? 'unknown'}`);
}

/** Runs a program in a jail, as a caller does. */
export async function runInside(brig: Brig, request: ExecuteRequest, seconds: number): Promise<Ending> {
  const limits = { ...amplyLimited, timeout: seconds, ...request.limits };
  return readOutcome(await brig.execute({ ...request, limits }));
}

/** Statuses that say nothing: the category says how the script ended. */
function readOutcome(outcome: ExecuteOutcome): Ending {
  const { stdout, stderr, return_code: code } = outcome;
  const isOwn = outcome.success || outcome.error === 'runtime_error' || outcome.error === 'exited';
  // The traceback of an uncaught exception is a field of its own.
  const trace = outcome.success ? undefined : outcome.traceback;
  return {
    ...{ stdout, stderr: stderr + (trace ?? ''), folder: '/work' },
    end: isOwn && code !== null ? code : describeFailure(outcome),
    files: {
      ...Object.fromEntries(outcome.files.map((file) => [file.path, fileBytes(file)])),
      // A value of mode `function`, as the file that its caller outside writes.
      ...(outcome.success &&
        outcome.resultJson !== 'null' && { 'result.json': Buffer.from(outcome.resultJson) }),
    },
  };
}

function describeFailure(outcome: ExecuteOutcome): string {
  if (outcome.success) return 'success';
  if (outcome.error === 'crashed' && outcome.return_code !== null)
    return signalName(-outcome.return_code) ?? outcome.error;
  return outcome.error;
}

function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
