import type { AllowedRoot } from '../../core/allowed-root.ts';
import { planRequest, type ExecutionPlan, type JobEntry } from '../../core/plan.ts';
import type { Survey, SurveyLists } from '../../core/contract/survey.ts';
import type { ExecuteOptions, Executor } from '../../executor/executor.ts';
import { findSyntaxError } from '../common/find-syntax-error.ts';
import { answerError, answerViolation, toAnswer, type CantationAnswer } from './answer.ts';
import type { CantationOrder } from './read-body.ts';
import { describeViolations, listUnsafe } from './safety.ts';

/** Environment and directory in which the code runs. */
export interface CantationTarget {
  /** Package environment; undefined for the default one. */
  readonly environment?: string | undefined;
  readonly root?: AllowedRoot | undefined;
}

const noLists: SurveyLists = { modules: [], functions: [] };

/**
 * Checks the code like Code Cantation, and runs it when nothing unsafe was found.
 * @throws Refusal when it cannot be run at all; otherwise the reason of the aborted signal.
 */
export async function runCantation(
  executor: Executor,
  { request, codeType, safety }: CantationOrder,
  { environment, root }: CantationTarget,
  options: ExecuteOptions,
): Promise<CantationAnswer> {
  const usual = planRequest(request);
  const plan: ExecutionPlan = {
    ...usual,
    environment: environment ?? usual.environment,
    workspace: { ...usual.workspace, root },
    resultEncoding: 'lenient',
  };
  const lists = safety === undefined ? noLists : listUnsafe(safety);
  const survey = await executor.survey(plan.script, lists, options);
  const found = safety === undefined ? undefined : describeViolations(survey, safety);
  if (found !== undefined) {
    const syntaxError =
      survey?.isReadable === false ? await findSyntaxError(executor, plan, options) : undefined;
    return syntaxError === undefined ? answerViolation(found) : toAnswer(syntaxError, false, true);
  }
  const called = findFunction(survey, codeType);
  // Unreadable code is most likely no Python, and CPython reports that best.
  if (called === undefined && codeType === 'FUNCTION' && survey?.isReadable === true)
    return answerError('No function found in the code');
  const entry: JobEntry =
    called === undefined
      ? { kind: 'script', argsJson: '[]', file: undefined }
      : { kind: 'function', name: called, argsJson: request.argsJson, kwargsJson: request.kwargsJson };
  const outcome = await executor.execute({ ...plan, entry }, options);
  return toAnswer(outcome, called !== undefined, safety !== undefined);
}

/** Returns the function to call; undefined when the code runs as a script. */
function findFunction(survey: Survey | undefined, codeType: CantationOrder['codeType']): string | undefined {
  if (codeType === 'SCRIPT' || survey === undefined) return undefined;
  const isFunction = codeType === 'FUNCTION' || (survey.isReadable && survey.isFunctionsOnly);
  return isFunction ? survey.lastFunction : undefined;
}
