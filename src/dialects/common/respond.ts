import type { Context } from 'hono';
import { serializeMembers } from '../../core/serialize-members.ts';
import type { Refusal } from '../../core/contract/refusal.ts';
import type { Executor } from '../../executor/executor.ts';
import type { AppEnv } from '../../http/app-env.ts';
import { errorStatus, type RefusalStatus } from '../../http/error-status.ts';
import { jsonType } from '../../http/headers.ts';
import { respondPieces } from '../../http/respond-outcome.ts';
import { retryHeaders } from '../../http/respond-refusal.ts';
import type { FieldIssue } from './fields.ts';

/** Maximum UTF-16 units of text in an answer written in one go. */
const AT_ONCE = 128 * 1024;

/** Answers 200 with an object whose members may be long texts. */
export async function respondMembers(
  c: Context<AppEnv>,
  members: Readonly<Record<string, unknown>>,
): Promise<Response> {
  const pieces = serializeMembers(members);
  if (countUnits(members) > AT_ONCE) return respondPieces(c, pieces);
  return c.body([...pieces].join(''), 200, { 'Content-Type': jsonType });
}

function countUnits(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, member) => sum + countUnits(member), 0);
}

/** Answers 200 with a short body. */
export const respondJson = (c: Context<AppEnv>, body: unknown): Response =>
  c.body(JSON.stringify(body), 200, { 'Content-Type': jsonType });

/** Answers `{"status":"healthy"}`, or 503 when no code can run. */
export function respondHealth(c: Context<AppEnv>, executor: Pick<Executor, 'health'>): Response {
  const { status } = executor.health();
  return c.body(JSON.stringify({ status }), status === 'healthy' ? 200 : 503, { 'Content-Type': jsonType });
}

export type DetailStatus = RefusalStatus | 422;

/** Member of a refusal's body that holds its text: `detail` in FastAPI. */
export type RefusalMember = 'detail' | 'message';

/** Answers with one member, like FastAPI's HTTPException. */
export function respondDetail(
  c: Context<AppEnv>,
  status: DetailStatus,
  detail: string | readonly FieldIssue[],
  headers: Readonly<Record<string, string>> = {},
  member: RefusalMember = 'detail',
): Response {
  return c.body(JSON.stringify({ [member]: detail }), status, { 'Content-Type': jsonType, ...headers });
}

/** Answers with a refusal of Brig, in their format. */
export function respondForeignRefusal(
  c: Context<AppEnv>,
  refusal: Refusal,
  { status = errorStatus[refusal.category], detail = refusal.message, incident, member }: ForeignRefusal = {},
): Response {
  c.set('refusal', refusal);
  const shown = incident === undefined ? detail : `${detail} Incident: ${incident}.`;
  return respondDetail(c, status, shown, retryHeaders(refusal), member);
}

interface ForeignRefusal {
  readonly status?: DetailStatus | undefined;
  readonly detail?: string | undefined;
  readonly member?: RefusalMember | undefined;
  /** Id of the incident in the log. */
  readonly incident?: string | undefined;
}
