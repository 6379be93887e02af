import { randomUUID } from 'node:crypto';
import type { Evidence } from '../core/contract/evidence.ts';
import { narrowPolicy, resolveLimits, type Limits } from '../core/contract/limits.ts';
import { resolvePolicy, type PolicyReport } from '../core/contract/policy/policy.ts';
import type { Outcome } from '../core/contract/outcome.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { displayCaps, type Display } from '../core/contract/sessions/display.ts';
import type { CellRequest } from '../core/contract/sessions/session-request.ts';
import { planRequest } from '../core/plan.ts';
import { classify } from '../core/judging/verdict/classify.ts';
import { violatePolicy } from '../core/judging/verdict/not-started.ts';
import { queueKeyOf, signalOf, type ExecutionContext } from '../executor/execution-context.ts';
import { judgePolicy } from '../executor/judge-policy.ts';
import { toContext } from '../executor/pipeline.ts';
import { bareJob } from '../sandbox/sandbox.ts';
import type { OpeningParts } from './open-jail.ts';
import type { SessionRecord } from './session-record.ts';
import type { CellOptions } from './sessions.ts';

/** An execution that was judged, or that a policy keeps from running. */
export type Judged =
  | { readonly outcome: Outcome; readonly evidence: Evidence }
  | { readonly outcome: Outcome; readonly evidence: undefined };

/** Resolves what an execution asks for, within its session. @throws Refusal */
export function planCell(
  parts: OpeningParts,
  { opened, ended }: SessionRecord,
  { request }: CellRequest,
  options: CellOptions,
): ExecutionContext {
  const plan = { ...planRequest(request), environment: opened.plan.environment };
  return {
    ...opened,
    id: plan.id ?? randomUUID(),
    plan,
    limits: limitCell(parts, opened.limits, request.limits, options),
    policy: resolvePolicy(plan.policy, parts.policy),
    options,
    signal: signalOf(options, ended.signal),
    arrival: performance.now(),
    timings: { analysis: 0, queue: 0, jail: 0, run: 0, collect: 0 },
    starts: {},
  };
}

/** Limits of a session are the defaults of its executions. */
function limitCell(
  { limitPolicy }: OpeningParts,
  session: Limits,
  asked: CellRequest['limits'],
  { caller }: CellOptions,
): Limits {
  const { ceilings } = narrowPolicy(limitPolicy, caller?.ceilings);
  const resolved = resolveLimits(asked, { defaults: session, ceilings });
  if ('excess' in resolved) throw new Refusal('invalid_input', 'A limit is above its ceiling.');
  return resolved.limits;
}

/** Judges the text of an execution by the policy, if there is one. */
export async function judgeText(
  { analyzer }: OpeningParts,
  { plan, policy, options, signal, timings, starts }: ExecutionContext,
): Promise<PolicyReport | undefined> {
  if (policy === undefined) return undefined;
  starts.analysis = performance.now();
  const report = await judgePolicy(analyzer, plan, policy, { queueKey: queueKeyOf(options), signal });
  timings.analysis = performance.now() - starts.analysis;
  return report;
}

export interface CellTerms extends Pick<CellRequest, 'mode'> {
  readonly policy: PolicyReport | undefined;
  readonly options: CellOptions;
}

/** Runs an execution in the jail of its session, and judges it. @throws as `JailSession.run`. */
export async function runCell(
  parts: OpeningParts,
  record: SessionRecord,
  execution: ExecutionContext,
  { mode, policy, options }: CellTerms,
): Promise<Judged> {
  const { plan, limits, signal, timings, starts } = execution;
  if (record.session === undefined || record.protection === undefined)
    throw new Error('no session to run in');
  const analysed = { isMissing: false, availableFunctions: [], policy };
  const context = { ...toContext(parts, execution, analysed), isCell: mode === 'cell' };
  if (policy?.mode === 'enforce' && policy.total > 0) {
    const outcome = violatePolicy({ ...context, limits, ...record.protection }, policy);
    return { outcome, evidence: undefined };
  }
  if (plan.entry.kind === 'command') throw new Error('a session runs no commands');
  const started = performance.now();
  starts.run = started;
  options.onStart?.({ id: execution.id, timings });
  const evidence = await record.session.run(
    {
      ...bareJob,
      script: plan.script,
      entry: plan.entry,
      stdin: plan.input.stdin,
      env: plan.input.env,
      files: plan.workspace.files,
      returnFiles: plan.workspace.returnFiles,
      session: { mode, number: record.status.executions },
    },
    {
      limits,
      signal,
      onOutput: options.onOutput,
      onDisplay: (data) => {
        if (isShown(data)) options.onResult?.({ event: 'result', data });
      },
    },
  );
  timings.run = evidence.usage.durationMs;
  timings.collect = performance.now() - started - evidence.usage.durationMs;
  starts.collect = started + evidence.usage.durationMs;
  return { outcome: classify(evidence, context), evidence };
}

/** An empty one says that there were more. */
const isShown = ({ data, omitted }: Display): boolean =>
  Object.keys(data).length + Object.keys(omitted).length > 0;

export const readResults = (
  evidence: Evidence | undefined,
): { results: readonly Display[]; isTruncated: boolean } => {
  const all = evidence?.displays ?? [];
  const results = all.filter(isShown).slice(0, displayCaps.count);
  return { results, isTruncated: results.length < all.length };
};
