import { Hono, type Context } from 'hono';
import type { Outcome } from '../../core/contract/outcome.ts';
import { planRequest } from '../../core/plan.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import type { ExecuteRequest } from '../../core/contract/request.ts';
import { refuseWhereNothingRuns } from '../../generate/refuse-where-nothing-runs.ts';
import type { AppEnv } from '../../http/app-env.ts';
import { identifyCaller, orderOf } from '../../http/caller.ts';
import type { DialectOptions } from '../dialect-options.ts';
import { cutToCeilings } from '../common/limits.ts';
import { narrowRules, readForeignBody } from '../common/read-body.ts';
import { respondDetail, respondHealth, respondForeignRefusal, respondMembers } from '../common/respond.ts';
import { toRanCode } from './answer.ts';
import { validateCode, writeCode, type JudgedCode, type ModelParts } from './ask-model.ts';
import { codeReader, queryReader, type CodeOrder, type QueryOrder } from './read-body.ts';

const UNSAFE_CODE = 'Code validation failed';
const UNSAFE_ANSWER = 'Generated code validation failed';
const NOT_GENERATED = 'Failed to generate code from query';
const NO_KEY = 'API key not configured';

/** Creates the routes of the Secure Python Code Execution Service. */
export function createSecurePython(options: DialectOptions): Hono<AppEnv> {
  const { executor, model, modelSettings: settings, rules } = options;
  const { scriptBytes } = rules;
  const parts: ModelParts = { model, executor, scriptBytes, settings };
  return new Hono<AppEnv>()
    .get('/health', (c) => respondHealth(c, executor))
    .post('/execute', async (c) => {
      const body = await readForeignBody(c, codeReader, options);
      if ('issues' in body) return respondDetail(c, 422, body.issues);
      const { isValidated, request } = body.value;
      const original = request.script;
      let judged: JudgedCode | undefined;
      if (isValidated && !model.isPresent) judged = skipValidation(original);
      else if (isValidated) {
        refuseWhereNothingRuns(executor);
        const got = await orRefusal(validateCode(parts, original, orderOf(c)));
        if (got instanceof Refusal) return respondFailure(c, UNSAFE_CODE, got);
        judged = got;
      }
      if (judged?.isSafe === false) return respondDetail(c, 400, `${UNSAFE_CODE}: ${judged.explanation}`);
      const code = judged?.code ?? original;
      const outcome = await run(c, body.value, code, options);
      if (isViolation(outcome)) return respondDetail(c, 400, `${UNSAFE_CODE}: ${outcome.message}`);
      return respondMembers(c, {
        ...toRanCode(outcome),
        original_code: original,
        executed_code: code,
        validation_result: judged?.explanation ?? null,
      });
    })
    .post('/generate-and-execute', async (c) => {
      const body = await readForeignBody(c, queryReader, options);
      if ('issues' in body) return respondDetail(c, 422, body.issues);
      const ask = orderOf(c);
      if (!model.isPresent) {
        const detail = 'BRIG_LLM_API_KEY is not set';
        model.report({ kind: 'no_key', status: undefined, detail, requestId: ask.requestId });
        return respondDetail(c, 400, `${NOT_GENERATED}: ${NO_KEY}`);
      }
      refuseWhereNothingRuns(executor);
      const { query } = body.value;
      const judged = await orRefusal(writeCode(parts, query, limitsOf(c, body.value, options), ask));
      if (judged instanceof Refusal) return respondFailure(c, NOT_GENERATED, judged);
      const { code, explanation } = judged;
      if (code === undefined) return respondDetail(c, 400, `${NOT_GENERATED}: no_code. ${explanation}`);
      if (!judged.isSafe) return respondDetail(c, 400, `${UNSAFE_ANSWER}: ${explanation}`);
      const outcome = await run(c, body.value, code, options);
      if (isViolation(outcome)) return respondDetail(c, 400, `${UNSAFE_ANSWER}: ${outcome.message}`);
      const generated = { query, generated_code: code };
      return respondMembers(c, { ...generated, ...toRanCode(outcome), validation_result: explanation });
    });
}

const skipValidation = (code: string): JudgedCode => ({
  code,
  isSafe: true,
  explanation: `Validation skipped: ${NO_KEY}`,
});

/** Returns failures of the model's API, which that service reports in its own words; throws all other refusals. */
async function orRefusal(judged: Promise<JudgedCode>): Promise<JudgedCode | Refusal> {
  try {
    return await judged;
  } catch (error) {
    if (error instanceof Refusal && error.category === 'bad_gateway') return error;
    throw error;
  }
}

const respondFailure = (c: Context<AppEnv>, what: string, refusal: Refusal): Response =>
  respondForeignRefusal(c, refusal, {
    status: 400,
    detail: `${what}: ${refusal.kind ?? refusal.category}. ${refusal.message}`,
  });

const isViolation = (outcome: Outcome): outcome is Extract<Outcome, { success: false }> =>
  !outcome.success && outcome.error === 'policy_violation';

function limitsOf(
  c: Context<AppEnv>,
  { limits: { timeout, memoryMb, cpus } }: CodeOrder | QueryOrder,
  { rules }: DialectOptions,
): ExecuteRequest['limits'] {
  const { ceilings } = narrowRules(rules, identifyCaller(c)).policy;
  return cutToCeilings({ timeout, memory_mb: memoryMb, cpus }, ceilings);
}

function run(
  c: Context<AppEnv>,
  order: CodeOrder | QueryOrder,
  script: string,
  options: DialectOptions,
): Promise<Outcome> {
  const limits = limitsOf(c, order, options);
  return options.executor.execute(planRequest({ ...order.request, script, limits }), orderOf(c));
}
