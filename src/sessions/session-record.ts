import type { Session, SessionPosition } from '../core/contract/sessions/session.ts';
import type { SessionStatus } from '../core/sessions/advance-session.ts';
import type { Jail, JailSession } from '../sandbox/sandbox.ts';
import type { ExecutionContext } from '../executor/execution-context.ts';
import type { Protection } from '../executor/open-place.ts';

/** A session and its jail. */
export interface SessionRecord {
  readonly id: string;
  readonly owner: string;
  /** The plan that it was opened with, and what that was resolved to. */
  readonly opened: ExecutionContext;
  readonly createdAt: number;
  /** Milliseconds. */
  readonly idleTimeout: number;
  readonly lifetime: number;
  status: SessionStatus;
  /** When it was last used, in milliseconds since 1970. */
  usedAt: number;
  /** Undefined while it is being opened. */
  jail: Jail | undefined;
  session: JailSession | undefined;
  protection: Protection | undefined;
  readonly timers: { idle?: NodeJS.Timeout; freeze?: NodeJS.Timeout; life?: NodeJS.Timeout };
  /** Aborts its opening when it ends before. */
  readonly ended: AbortController;
  /** Resolves when nothing of it is left. */
  readonly gone: PromiseWithResolvers<void>;
}

/** A new interpreter would be a session of its own. */
const GENERATION = 1;

const toTime = (ms: number): string => new Date(ms).toISOString();

export function positionOf({
  id,
  status,
  usedAt,
  createdAt,
  idleTimeout,
  lifetime,
}: SessionRecord): SessionPosition {
  return {
    ...{ id, state: status.state, generation: GENERATION, execution_count: status.executions },
    expires_at: toTime(Math.min(usedAt + idleTimeout, createdAt + lifetime)),
    ...(status.loss !== undefined && { lost: status.loss }),
  };
}

/** Returns the session as its owner sees it. */
export function viewOf(record: SessionRecord): Session {
  const { createdAt, idleTimeout, lifetime, opened, protection } = record;
  return {
    ...positionOf(record),
    created_at: toTime(createdAt),
    ends_at: toTime(createdAt + lifetime),
    idle_timeout: idleTimeout / 1000,
    environment: opened.packages.name,
    isolation: protection?.isolation ?? opened.isolation,
    limits: opened.limits,
  };
}
