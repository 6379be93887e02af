import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { planRequest, type ExecutionPlan } from '../../core/plan.ts';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import type { AppEnv } from '../../http/app-env.ts';
import { orderOf } from '../../http/caller.ts';
import type { DialectOptions } from '../dialect-options.ts';
import { findSyntaxError } from '../common/find-syntax-error.ts';
import { cutToCeilings } from '../common/limits.ts';
import { narrowRules, readForeignBody } from '../common/read-body.ts';
import { respondDetail, respondHealth, respondMembers } from '../common/respond.ts';
import { toAnswer } from './answer.ts';
import { executorReader, type CodeExecutorOrder } from './read-body.ts';
import type { CodeExecutorSettings } from './settings.ts';
import { isUnsafe, unsafeLists } from './unsafe-code.ts';

/** Ceilings that the service documents; the operator's may be lower. */
const CEILINGS = { timeout: 600, memoryMb: 8192 } as const;

const UNSAFE = 'Unsafe code detected';
/** Maximum UTF-16 units of a language's name that a message repeats. */
const MOST_LANGUAGE = 100;

/** Creates the routes of the Code Executor Service. */
export function createCodeExecutor(options: DialectOptions, settings: CodeExecutorSettings): Hono<AppEnv> {
  const { executor } = options;
  return new Hono<AppEnv>()
    .get('/health', (c) => respondHealth(c, executor))
    .post('/execute', async (c) => {
      const body = await readForeignBody(c, executorReader, options);
      if ('issues' in body) return respondDetail(c, 422, body.issues);
      const { language, executionId } = body.value;
      if (language !== 'python')
        return respondDetail(c, 400, `Language ${language.slice(0, MOST_LANGUAGE)} not supported`);
      const run = orderOf(c);
      const plan = toPlan(body.value, settings, narrowRules(options.rules, run.caller));
      const survey = await executor.survey(plan.script, unsafeLists, run);
      const id = executionId === '' ? randomUUID() : executionId;
      if (isUnsafe(survey)) {
        const syntaxError =
          survey?.isReadable === false ? await findSyntaxError(executor, plan, run) : undefined;
        if (syntaxError === undefined) return respondDetail(c, 400, UNSAFE);
        return respondMembers(c, { ...toAnswer(syntaxError, id) });
      }
      const outcome = await executor.execute(plan, run);
      if (!outcome.success && outcome.error === 'policy_violation') return respondDetail(c, 400, UNSAFE);
      return respondMembers(c, { ...toAnswer(outcome, id) });
    });
}

function toPlan(
  { request, timeout, memoryMb, executionId }: CodeExecutorOrder,
  settings: CodeExecutorSettings,
  rules: RequestRules,
): ExecutionPlan {
  const seconds = Math.min(timeout || settings.timeout, CEILINGS.timeout);
  const asked = {
    timeout: seconds,
    memory_mb: Math.min(memoryMb || settings.memoryMb, CEILINGS.memoryMb),
    output_bytes: settings.outputBytes,
  };
  // Its ids may be anything, but Brig's appear in the log.
  const id = /^[\x21-\x7e]{1,128}$/.test(executionId) ? executionId : undefined;
  return { ...planRequest(request), id, limits: cutToCeilings(asked, rules.policy.ceilings) };
}
