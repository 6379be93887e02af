import type { Context } from 'hono';
import { allows } from '../../core/contract/keys.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { viewerOf } from '../../core/contract/viewer.ts';
import type { AppEnv } from '../../http/app-env.ts';
import { identifyCaller, orderOf } from '../../http/caller.ts';
import { CUT_HEADER, describeCuts } from '../common/limits.ts';
import { narrowRules, readForeignBody } from '../common/read-body.ts';
import { respondDetail, respondForeignRefusal, respondMembers } from '../common/respond.ts';
import { toAnswer } from './answer.ts';
import { runtimeOfImage } from './images.ts';
import { isBuilt, nameOfSpec, prebuild, PrebuildFailure } from './prebuild.ts';
import { runReader, type RunOrder } from './read-run.ts';
import type { DialectOptions } from '../dialect-options.ts';
import type { QuartermasterSettings } from './settings.ts';
import { complainAboutTag, nameOf } from './tags.ts';
import { toPlan, type ImageMeaning } from './to-plan.ts';

/** Answers `POST /run`. */
export async function answerRun(
  c: Context<AppEnv>,
  options: DialectOptions,
  settings: QuartermasterSettings,
): Promise<Response> {
  const body = await readForeignBody(c, runReader, options);
  if ('issues' in body) return respondDetail(c, 422, body.issues);
  const order = body.value;
  const run = orderOf(c);
  const { caller } = run;
  try {
    const meaning = await findMeaning(c, order, options);
    const rules = narrowRules(options.rules, caller);
    const plan = toPlan(order, meaning, settings, rules);
    const cuts = describeCuts(order.limits, rules.policy.ceilings);
    if (cuts !== undefined) c.header(CUT_HEADER, cuts);
    const outcome = await options.executor.execute(plan, run);
    // The code did not run, so there is no exit code for this.
    if (!outcome.success && outcome.error === 'policy_violation')
      return respondDetail(c, 403, outcome.message);
    return await respondMembers(c, { ...(await toAnswer(outcome, plan.entry.kind === 'command')) });
  } catch (error) {
    if (!(error instanceof PrebuildFailure)) throw error;
    const refusal = new Refusal('overloaded', `Build failed: ${error.message}`);
    return respondForeignRefusal(c, refusal, { status: 503 });
  }
}

/**
 * Returns the runtime and environment of an order's image; builds it when the order has a specification. @throws
 * Refusal, PrebuildFailure.
 */
async function findMeaning(
  c: Context<AppEnv>,
  { image, prebuild: spec }: RunOrder,
  options: DialectOptions,
): Promise<ImageMeaning> {
  const viewer = viewerOf(identifyCaller(c));
  const environments = options.environments.as(viewer);
  const runtime = runtimeOfImage(image);
  if (spec !== undefined) {
    const name = runtime === undefined ? nameOfTag(image) : nameOfSpec(spec, viewer);
    if (!isBuilt(environments, { ...spec, name })) {
      requireBuilder(c);
      await prebuild(environments, options.builds, { ...spec, name }, c.get('disconnect'));
    }
    return { runtime: runtimeOfImage(spec.base_image) ?? 'python', environment: name };
  }
  if (runtime !== undefined) return { runtime };
  const name = nameOf(image);
  const built = name === undefined ? undefined : environments.runtimeOf(name);
  if (name !== undefined && built !== undefined) return { runtime: built, environment: name };
  throw new Refusal(
    'not_found',
    `Image '${image.slice(0, 100)}' not found. GET /images lists those there are; POST /prebuild makes others.`,
  );
}

/** Returns the environment of an image that a specification builds under a name. @throws Refusal for a bad tag. */
function nameOfTag(image: string): string {
  const complaint = complainAboutTag(image);
  const name = nameOf(image);
  if (complaint === undefined && name !== undefined) return name;
  throw new Refusal('invalid_input', `Image '${image.slice(0, 100)}' cannot be built: ${complaint ?? ''}.`);
}

/** Requires the right to build, which the right to run code does not include. */
function requireBuilder(c: Context<AppEnv>): void {
  const { scopes } = identifyCaller(c);
  if (scopes === undefined || allows(scopes, ['environments'])) return;
  throw new Refusal(
    'forbidden',
    'A prebuild_spec that is not built yet needs a key with the scope environments.',
  );
}
