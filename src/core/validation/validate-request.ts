import { limitNames, resolveLimits, type LimitPolicy, type RequestedLimits } from '../contract/limits.ts';
import { isRecord } from './is-record.ts';
import { Refusal } from '../contract/refusal.ts';
import { defaultMode, executeRequestSchema, requestCaps, type ExecuteRequest } from '../contract/request.ts';
import { complainAboutArguments, type ArgumentTexts } from './arguments.ts';
import { complainAboutDisk, readFiles, type GivenContents } from './files.ts';
import {
  complainAboutEnvironment,
  complainAboutMode,
  complainAboutPreflight,
  complainAboutProgram,
} from './modes.ts';
import { complainAboutUnknownFields, complainAboutShape, fieldNames } from './fields.ts';
import { countUtf8, MOST_MISTAKES, nameType, type Mistake } from '../text/words.ts';

export interface RequestRules {
  readonly policy: LimitPolicy;
  /** Maximum bytes of a script, in UTF-8. */
  readonly scriptBytes: number;
  /** The caller's name for mode `script`. */
  readonly nameOfScript?: 'script' | 'cell';
}

/** The smallest valid request. */
export const smallestRequest = JSON.stringify({ script: "def main():\n    return 'hello'" });

/**
 * Converts a parsed body into a request that the rest of the pipeline trusts. `texts` are those of its arguments,
 * which are passed on as written.
 *
 * @throws Refusal `invalid_input` that reports all mistakes, or `payload_too_large` for the script.
 */
export function validateRequest(
  body: unknown,
  texts: ArgumentTexts,
  { policy, scriptBytes, nameOfScript }: RequestRules,
  contents?: GivenContents,
): ExecuteRequest {
  if (!isRecord(body)) {
    throw new Refusal('invalid_input', `The body must be a JSON object, not ${nameType(body)}.`, {
      suggestions: [`The smallest valid request: ${smallestRequest}`],
    });
  }
  refuseLargeScript(body['script'], scriptBytes);
  const parsed = executeRequestSchema.safeParse(pickForSchema(body));
  const { files, mistakes: fileMistakes } = readFiles(body['files'], contents);
  const mistakes = [
    ...complainAboutUnknownFields(body),
    ...complainAboutShape(parsed.error?.issues ?? [], body),
    ...complainAboutMode(body, nameOfScript),
    ...complainAboutPreflight(body),
    ...complainAboutEnvironment(body),
    ...complainAboutProgram(body),
    ...complainAboutEnv(body['env']),
    ...complainAboutArguments(texts),
    ...complainAboutCeilings(body['limits'], policy),
    ...fileMistakes,
    ...complainAboutDisk(files, parsed.data?.limits ?? {}, policy),
  ];
  if (!parsed.success || mistakes.length > 0) throw toRefusal(mistakes);
  const { args: _args, kwargs: _kwargs, ...rest } = parsed.data;
  const mode = rest.mode ?? defaultMode(rest.runtime);
  return { ...rest, mode, files, argsJson: texts.args?.json ?? '[]', kwargsJson: texts.kwargs?.json ?? '{}' };
}

/**
 * Picks the known fields; unknown ones are reported elsewhere. Leaves out arguments, which may be any value, because
 * the schema would copy a million of them.
 */
function pickForSchema(body: Record<string, unknown>): Record<string, unknown> {
  const known: Record<string, unknown> = {};
  for (const name of fieldNames) if (Object.hasOwn(body, name)) known[name] = body[name];
  if (Array.isArray(body['args'])) known['args'] = [];
  if (isRecord(body['kwargs'])) known['kwargs'] = {};
  return known;
}

function refuseLargeScript(script: unknown, most: number): void {
  if (typeof script !== 'string') return;
  const bytes = countUtf8(script);
  if (bytes <= most) return;
  throw new Refusal('payload_too_large', `The script has ${bytes} bytes; at most ${most} are taken.`, {
    suggestions: ['Pass data as args, kwargs or stdin instead of writing it into the script.'],
  });
}

function complainAboutEnv(env: unknown): Mistake[] {
  if (!isRecord(env)) return [];
  const mistakes: Mistake[] = [];
  if (Object.hasOwn(env, '__proto__')) {
    mistakes.push({ message: 'env.__proto__: "__proto__" cannot be the name of an environment variable' });
  }
  if (Object.keys(env).some((name) => !name.isWellFormed())) {
    mistakes.push({
      message: 'env: a name is not well-formed Unicode: it holds a lone surrogate',
    });
  }
  // Counted like in the kernel: NAME=value, and a NUL after each.
  const bytes = Object.entries(env).reduce(
    (sum, [name, value]) => sum + countUtf8(name) + (typeof value === 'string' ? countUtf8(value) : 0) + 2,
    0,
  );
  if (bytes > requestCaps.envBytes) {
    mistakes.push({
      message: `env has ${bytes} bytes; at most ${requestCaps.envBytes} are taken`,
      suggestion: 'Pass large data as args, kwargs or stdin.',
    });
  }
  return mistakes;
}

function complainAboutCeilings(limits: unknown, policy: LimitPolicy): Mistake[] {
  if (!isRecord(limits)) return [];
  const asked: RequestedLimits = {};
  for (const name of limitNames) {
    const value = limits[name];
    if (typeof value === 'number' && Number.isFinite(value)) asked[name] = value;
  }
  const resolved = resolveLimits(asked, policy);
  if (!('excess' in resolved)) return [];
  return resolved.excess.map(({ name, asked: value, ceiling }) => ({
    message: `limits.${name} is ${value}, above its ceiling of ${ceiling}`,
    suggestion: `Ask for a ${name} of at most ${ceiling}, or leave it out for the default of ${policy.defaults[name]}.`,
  }));
}

function toRefusal(mistakes: readonly Mistake[]): Refusal {
  const told = mistakes.slice(0, MOST_MISTAKES);
  const suggestions = new Set(told.flatMap(({ suggestion }) => suggestion ?? []));
  const rest = mistakes.length - told.length;
  const lines = told.map(({ message }) => message).join('; ');
  const message =
    mistakes.length === 1
      ? `${lines}.`
      : `${mistakes.length} things are wrong: ${lines}${rest > 0 ? `; and ${rest} more` : ''}.`;
  return new Refusal('invalid_input', message.replace(/\?\.$/, '?'), { suggestions: [...suggestions] });
}
