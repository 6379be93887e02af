import type { Analyzer, Asking } from '../analysis/analyzer.ts';
import type { Caller } from '../core/contract/caller.ts';
import type { NetworkEntry } from '../core/contract/network/entry.ts';
import { resolveNetwork } from '../core/contract/network/grant.ts';
import { allows } from '../core/contract/keys.ts';
import type { Outcome } from '../core/contract/outcome.ts';
import type { PolicyReport } from '../core/contract/policy/policy.ts';
import { judgePreflight } from '../core/judging/preflight/judge-preflight.ts';
import type { ExecutionPlan } from '../core/plan.ts';
import { classify } from '../core/judging/verdict/classify.ts';
import { classifyCompilation } from '../core/judging/verdict/classify-compilation.ts';
import {
  missingMain,
  rejectUnsafe,
  violatePolicy,
  type NotStarted,
} from '../core/judging/verdict/not-started.ts';
import { viewerOf, type Viewer } from '../core/contract/viewer.ts';
import type { EnvironmentView } from '../environments/environments.ts';
import type { Admission } from '../pool/admission.ts';
import { queueKeyOf, type ExecutionContext } from './execution-context.ts';
import type { Reviewer } from './executor.ts';
import { judgePolicy } from './judge-policy.ts';
import { findProtection, openPlace, type PlaceParts, type Protection } from './open-place.ts';
import type { Patience } from '../pool/patience.ts';
import { runInTurn, type TurnParts } from './run-in-turn.ts';

export interface PipelineParts extends PlaceParts, TurnParts {
  readonly analyzer: Analyzer;
  readonly admission: Admission;
  readonly patience: Patience;
  /** Called only for plans that ask for a review. */
  readonly review: Reviewer;
  readonly environments: { as(viewer: Viewer): Pick<EnvironmentView, 'findModule'> };
  /** Builds that callers of the API may ask for. */
  readonly builds: 'off' | 'wheels' | 'all';
  /** Hosts that scripts may reach at most; empty for none. */
  readonly network: readonly NetworkEntry[];
}

/**
 * Takes an execution through every step. Whatever refuses a script cheaply comes before a runtime is opened, which can take a
 * minute at its first use, and before the wait for a turn and a jail.
 * @throws Refusal; JailFailure when the machine failed; otherwise the reason of the aborted signal.
 */
export async function runPipeline(
  parts: PipelineParts,
  execution: ExecutionContext,
  endings: Set<Promise<void>>,
): Promise<Outcome> {
  const { plan, options, signal, timings } = execution;
  const { admission, patience } = parts;
  const waiting = { maxWait: admission.options.maxWait, patience };
  const protection = await findProtection(parts, execution, waiting);
  const analysis = await analyse(parts.analyzer, execution);
  const context = toContext(parts, execution, analysis);
  const notStarted = { ...context, limits: execution.limits, ...protection };
  if (options.review?.is_safe === false) return rejectUnsafe(notStarted, options.review);
  const stopped = judgeUnstarted(notStarted, plan, analysis);
  if (stopped !== undefined) return stopped;
  const review = options.review ?? (await askReviewer(parts.review, execution));
  if (review?.is_safe === false) return rejectUnsafe(notStarted, review);
  const place = await openPlace(parts, execution, waiting);
  const { caller } = options;
  execution.starts.queue = performance.now();
  const turn = await admission.enter(queueKeyOf(options), {
    signal,
    arrival: execution.arrival,
    share: caller?.share,
  });
  timings.queue = turn.waitedMs;
  const { evidence, step } = await runInTurn(parts, execution, { place, turn, endings });
  const reviewed = { ...context, review };
  if (step === 'compilation')
    return classifyCompilation(evidence, { ...reviewed, boundBy: caller?.ceilings && caller.key });
  return plan.isPreflight
    ? judgePreflight(evidence, reviewed, { isMissing: analysis.isMissing })
    : classify(evidence, reviewed);
}

/** Knowledge of a script before it is started. */
interface Analysed {
  readonly isMissing: boolean;
  readonly availableFunctions: readonly string[];
  readonly policy: PolicyReport | undefined;
}

/** Analyses the script's text before anything is started. */
async function analyse(analyzer: Analyzer, execution: ExecutionContext): Promise<Analysed> {
  const { plan, options, signal, timings, starts } = execution;
  const started = performance.now();
  starts.analysis = started;
  const asking = { queueKey: queueKeyOf(options), signal };
  const found = await findEntryPoint(analyzer, plan, asking);
  const policy = execution.policy && (await judgePolicy(analyzer, plan, execution.policy, asking));
  timings.analysis = performance.now() - started;
  return { ...found, policy };
}

/** Looks for the entry point of a plan that calls a function. */
async function findEntryPoint(
  analyzer: Analyzer,
  { script, entry, workspace: { files } }: ExecutionPlan,
  asking: Asking,
): Promise<Omit<Analysed, 'policy'>> {
  if (entry.kind !== 'function') return { isMissing: false, availableFunctions: [] };
  const analysis = await analyzer.analyze(script, entry.name, asking);
  // Includes the wanted name: a script whose entry point failed does define it.
  const names = new Set(analysis.functions.map(({ name }) => name));
  // Files can shadow the modules that a script imports, and `no` relies on those.
  const isMissing = analysis.defines === 'no' && files.length === 0;
  return { isMissing, availableFunctions: [...names] };
}

export const toContext = (
  { environments, builds, network }: PipelineParts,
  { id, plan, packages, ceilings, options }: ExecutionContext,
  { availableFunctions, policy }: Analysed,
): Omit<NotStarted, 'limits' | keyof Protection> => ({
  id,
  script: plan.script,
  runtime: plan.runtime,
  environment: packages.name,
  hasPackages: packages.environment !== undefined,
  coming: packages.coming,
  canBuild: canBuild(options.caller, builds),
  offersNetwork: offersNetwork(options.caller, network),
  findModule: (module) =>
    environments
      .as(viewerOf(options.caller))
      .findModule(module, { runtime: plan.runtime, environment: packages.name }),
  functionName: plan.entry.kind === 'function' ? plan.entry.name : 'main',
  availableFunctions,
  givenFiles: plan.workspace.files.map(({ path }) => path),
  returnsFiles: plan.workspace.returnFiles.length > 0 && !plan.isPreflight,
  ceilings,
  policy,
});

/** Whether a caller may build environments; a caller in this process is the operator. */
const canBuild = (caller: Caller | undefined, builds: PipelineParts['builds']): boolean =>
  caller === undefined || (builds !== 'off' && allows(caller.scopes ?? ['environments'], ['environments']));

const offersNetwork = (caller: Caller | undefined, network: readonly NetworkEntry[]): boolean =>
  'grant' in resolveNetwork(true, network, caller?.network);

/** Returns the outcome of a script that is not to be started; undefined when it is. */
function judgeUnstarted(
  context: NotStarted,
  { isPreflight }: ExecutionPlan,
  { isMissing, policy }: Analysed,
): Outcome | undefined {
  if (policy?.mode === 'enforce' && policy.total > 0) return violatePolicy(context, policy);
  return isMissing && !isPreflight ? missingMain(context) : undefined;
}

async function askReviewer(
  review: Reviewer,
  { plan, options, signal, timings, starts }: ExecutionContext,
): Promise<Awaited<ReturnType<Reviewer>> | undefined> {
  if (!plan.isReviewed) return undefined;
  const started = performance.now();
  starts.model = started;
  const given = await review(plan, { ...options, signal });
  timings.model = performance.now() - started;
  return given;
}
