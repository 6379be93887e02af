import {
  cellFieldNames,
  cellLimitNames,
  cellModes,
  sessionFieldNames,
  sessionTimesSchema,
  type CellMode,
  type CellRequest,
  type SessionPolicy,
  type SessionRequest,
} from '../contract/sessions/session-request.ts';
import { Refusal } from '../contract/refusal.ts';
import { nearest } from '../text/nearest.ts';
import { nameType, quote } from '../text/words.ts';
import { describeIssues } from './describe-issue.ts';
import type { GivenContents } from './files.ts';
import { isRecord } from './is-record.ts';
import { findMembers } from './member-texts.ts';
import { readJson } from './read-json.ts';
import { validateRequest, type RequestRules } from './validate-request.ts';

export interface SessionRules extends RequestRules {
  readonly sessions: SessionPolicy;
}

type Body = Readonly<Record<string, unknown>>;

const smallestCell = `The smallest valid request: ${JSON.stringify({ script: '1 + 1' })}`;

/**
 * Reads the body of `POST /sessions`; an empty one is that of a plain session.
 * @throws Refusal `invalid_input`
 */
export function readSessionRequest(
  body: string | Uint8Array,
  rules: SessionRules,
  contents?: GivenContents,
): SessionRequest {
  const value = body.length === 0 ? {} : readJson(body).value;
  const fields = requireRecord(value, 'A session');
  refuseOthers(fields, sessionFieldNames, (name) =>
    cellFieldNames.includes(name) ? `"${name}" belongs to POST /sessions/{id}/execute` : undefined,
  );
  const { idle_timeout: idle, lifetime, ...rest } = fields;
  const times = sessionTimesSchema.safeParse({ idle_timeout: idle, lifetime });
  if (!times.success) throw new Refusal('invalid_input', `${describeIssues(times.error.issues)}.`);
  const { sessions } = rules;
  return {
    request: validateRequest({ ...rest, script: '', mode: 'script' }, {}, rules, contents),
    idleTimeout: within('idle_timeout', times.data.idle_timeout, sessions.idleTimeout),
    lifetime: within('lifetime', times.data.lifetime, sessions.lifetime),
  };
}

/**
 * Reads the body of `POST /sessions/{id}/execute`.
 * @throws Refusal `invalid_input`, or `payload_too_large` for the script.
 */
export function readCellRequest(
  body: string | Uint8Array,
  rules: RequestRules,
  contents?: GivenContents,
): CellRequest {
  const { text, value } = readJson(body, [smallestCell]);
  const fields = requireRecord(value, 'The body');
  refuseOthers(fields, cellFieldNames, (name) =>
    sessionFieldNames.includes(name) ? `"${name}" belongs to POST /sessions` : undefined,
  );
  const mode = readMode(fields['mode']);
  refuseLimits(fields['limits']);
  const texts = findMembers(text, ['args', 'kwargs']);
  // A cell is a program whose names stay.
  const [asked, named] =
    mode === 'cell' ? (['script', { nameOfScript: 'cell' }] as const) : ([mode, {}] as const);
  const request = validateRequest({ ...fields, mode: asked }, texts, { ...rules, ...named }, contents);
  return { request, mode, limits: request.limits };
}

function requireRecord(value: unknown, what: string): Body {
  if (isRecord(value)) return value;
  throw new Refusal('invalid_input', `${what} must be a JSON object, not ${nameType(value)}.`, {
    suggestions: [smallestCell],
  });
}

function refuseOthers(
  fields: Body,
  known: readonly string[],
  explain: (name: string) => string | undefined,
): void {
  const wrong = Object.keys(fields).find((name) => !known.includes(name));
  if (wrong === undefined) return;
  const [like] = nearest(wrong, known, 1);
  const place = explain(wrong);
  const hint = place === undefined ? like && `; did you mean "${like}"?` : `; ${place}.`;
  throw new Refusal('invalid_input', `Unknown field ${quote(wrong)}${hint ?? '.'}`);
}

function readMode(mode: unknown): CellMode {
  if (mode === undefined) return 'cell';
  const known = cellModes.find((one) => one === mode);
  if (known !== undefined) return known;
  throw new Refusal('invalid_input', `mode must be one of ${cellModes.map((one) => `"${one}"`).join(', ')}.`);
}

function refuseLimits(limits: unknown): void {
  if (!isRecord(limits)) return;
  const wrong = Object.keys(limits).find((name) => !cellLimitNames.some((one) => one === name));
  if (wrong === undefined) return;
  throw new Refusal('invalid_input', `limits.${wrong} is a limit of the whole session.`, {
    suggestions: [`Of one execution are ${cellLimitNames.join(', ')}; set the others at POST /sessions.`],
  });
}

function within(
  name: string,
  asked: number | undefined,
  { default: usual, most }: SessionPolicy['lifetime'],
): number {
  if (asked === undefined) return Math.min(usual, most);
  if (asked <= most) return asked;
  throw new Refusal('invalid_input', `${name} is ${asked}, above its ceiling of ${most}.`, {
    suggestions: [
      `Ask for at most ${most} seconds, or leave it out for the default of ${Math.min(usual, most)}.`,
    ],
  });
}
