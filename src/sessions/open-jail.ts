import { strongerOf } from '../core/contract/isolation.ts';
import { viewerOf } from '../core/contract/viewer.ts';
import {
  beginExecution,
  queueKeyOf,
  signalOf,
  type ExecutionContext,
} from '../executor/execution-context.ts';
import type { ExecutorParts } from '../executor/create-executor.ts';
import { openPlace } from '../executor/open-place.ts';
import { prepareScript } from '../executor/prepare-job.ts';
import { leaseInTime, waitForBuild } from '../executor/wait-for-jail.ts';
import type { ExecutionPlan } from '../core/plan.ts';
import type { Patience } from '../pool/patience.ts';
import { bareJob, type Jail, type JailSession, type Sandbox } from '../sandbox/sandbox.ts';
import type { OpenOptions } from './sessions.ts';

export interface OpeningParts extends ExecutorParts {
  readonly patience: Patience;
}

export interface OpenedJail {
  readonly sandbox: Sandbox;
  readonly jail: Jail;
  readonly session: JailSession;
}

/** Resolves what a session asks for. @throws Refusal as an execution would. */
export async function planSession(
  parts: OpeningParts,
  id: string,
  plan: ExecutionPlan,
  options: OpenOptions,
  shutdown: AbortSignal,
): Promise<ExecutionContext> {
  const { caller } = options;
  const asked = { queueKey: queueKeyOf(options), signal: signalOf(options, shutdown) };
  await waitForBuild(parts.environments.as(viewerOf(caller)), plan, parts.patience, asked);
  const execution = beginExecution(parts, id, plan, options, shutdown);
  // A copy of an interpreter saves time at a start, which a session has once.
  return { ...execution, isolation: strongerOf(execution.isolation, 'nursery') };
}

/**
 * Makes the jail of a session, and places its files. Its own timeout is the life of the session; those of executions
 * are the service's to watch.
 * @throws Refusal; JailFailure; the reason of the aborted signal. Nothing of the jail is left then.
 */
export async function openJail(
  parts: OpeningParts,
  execution: ExecutionContext,
  lifetimeSeconds: number,
): Promise<OpenedJail> {
  const { maxWait } = parts.admission.options;
  const { sandbox } = await openPlace(parts, execution, { maxWait, patience: parts.patience });
  const limits = { ...execution.limits, timeout: lifetimeSeconds };
  const { lease, env } = prepareSession(execution);
  const jail = await leaseInTime({ ...execution, limits }, sandbox, { ...lease, isKept: true }, maxWait);
  try {
    jail.setLimits({ ...execution.limits, timeout: Math.max(execution.limits.timeout, OPENING_SECONDS) });
    const session = await jail.openSession(
      {
        ...bareJob,
        ...{ script: '', entry: { kind: 'script', argsJson: '[]', file: undefined }, env },
        ...{ files: execution.plan.workspace.files, network: execution.network },
        session: { mode: 'files', number: 0 },
      },
      { signal: execution.signal },
    );
    return { sandbox, jail, session };
  } catch (error) {
    await jail[Symbol.asyncDispose]();
    throw error;
  }
}

/** Least time for the files of a session, however short its executions may be. */
const OPENING_SECONDS = 10;

/** Environment and lease of an execution with the same plan. */
function prepareSession(execution: ExecutionContext) {
  const prepared = prepareScript(execution);
  if ('failed' in prepared) throw new Error('a session is not compiled');
  return { lease: prepared.lease, env: prepared.job.env };
}
