import type { Evidence } from '../core/contract/evidence.ts';
import { measureOutcome } from '../core/contract/measure-outcome.ts';
import type { Outcome } from '../core/contract/outcome.ts';
import {
  sessionStates,
  type LossReason,
  type SessionState,
} from '../core/contract/sessions/session-state.ts';
import { planRequest } from '../core/plan.ts';
import { advanceSession, createSessionStatus, type SessionEvent } from '../core/sessions/advance-session.ts';
import { judgeLoss } from '../core/sessions/judge-loss.ts';
import { createPatience } from '../pool/patience.ts';
import { JailFailure, type JailLoss } from '../sandbox/sandbox.ts';
import { auditCell } from './audit-cell.ts';
import { openJail, planSession, type OpeningParts } from './open-jail.ts';
import { performEffect } from './perform-effect.ts';
import { judgeText, planCell, readResults, runCell } from './run-cell.ts';
import { createSessionBook } from './session-book.ts';
import { createSessionIds } from './session-ids.ts';
import { positionOf, viewOf, type SessionRecord } from './session-record.ts';
import { refuseFor, sessionBusy, sessionLost, shuttingDown, stillOpening } from './session-refusals.ts';
import { findFile, inspectSource, listSessionFiles, writeSessionFile } from './session-files.ts';
import type { Sessions } from './sessions.ts';

export interface SessionsOptions {
  readonly parts: Omit<OpeningParts, 'patience'>;
  /** Makes ids that are known again after a restart. */
  readonly secret: Uint8Array;
  readonly most: number;
  readonly mostPerOwner: number;
  /** Milliseconds without a call after which a session is frozen. */
  readonly freezeAfter: number;
}

/** Creates the sessions of a service, in memory: a restart loses them, and their ids tell so. */
export function createSessions(options: SessionsOptions): Sessions {
  const parts = { ...options.parts, patience: createPatience(options.parts.admission.options.waitingRoom) };
  const { onEvent } = parts;
  const ids = createSessionIds(options.secret);
  const book = createSessionBook({ ...options, ids, startedAt: Date.now() });
  const shutdown = new AbortController();

  /** The one place that moves a session, and does what follows; returns whether it moved. */
  const apply = (record: SessionRecord, event: SessionEvent): boolean => {
    const { status, effects } = advanceSession(record.status, event);
    if (status === record.status) return false;
    record.status = status;
    if (status.loss !== undefined) bury(record, status.loss);
    for (const effect of effects)
      performEffect(record, effect, {
        freezeAfter: options.freezeAfter,
        apply: (next) => apply(record, next),
        onEnded: () => book.release(record),
        onFailure: (error) => onEvent({ type: 'jail_failed', id: record.id, error }),
      });
    return true;
  };

  const bury = (record: SessionRecord, reason: LossReason): void => {
    const now = Date.now();
    book.bury(record, reason, now);
    const { id, opened, status, createdAt } = record;
    const { key } = opened.options.caller ?? {};
    onEvent({ type: 'session_ended', id, key, reason, executions: status.executions, ms: now - createdAt });
  };

  /** Uses a session for one thing, and finds out afterwards whether its jail is there. */
  const use = async <T>(
    record: SessionRecord,
    counts: boolean,
    act: (note: (evidence: Evidence | undefined) => void) => Promise<T>,
  ): Promise<T> => {
    if (!apply(record, { type: 'use', counts }))
      throw record.status.state === 'opening' ? stillOpening() : sessionBusy();
    let evidence: Evidence | undefined;
    try {
      const value = await act((seen) => (evidence = seen));
      settle(record, evidence === undefined ? 'exited' : judgeLoss(evidence));
      return value;
    } catch (error) {
      const { loss } = record.status;
      // It ended under what used it, whose caller learns why there is no outcome.
      if (loss !== undefined) throw sessionLost(loss, Date.now());
      settle(record, error instanceof JailFailure ? 'host' : 'timeout');
      throw error;
    }
  };

  const settle = (record: SessionRecord, reason: LossReason): void => {
    apply(record, record.session?.isReady() !== false ? { type: 'rest' } : { type: 'lose', reason });
  };

  /** Notes that a jail ended by itself, while nothing ran in it whose end tells more. */
  const noteLoss = (record: SessionRecord, loss: JailLoss): void => {
    if (record.status.state === 'idle' || record.status.state === 'frozen')
      apply(record, { type: 'lose', reason: loss === 'memory' ? 'memory_limit' : 'exited' });
  };

  const open: Sessions['open'] = async ({ request, idleTimeout, lifetime }, given) => {
    if (shutdown.signal.aborted) throw shuttingDown();
    const owner = given.caller.queueKey;
    book.requirePlace(owner);
    const createdAt = Date.now();
    const id = ids.create(owner, createdAt);
    const ended = new AbortController();
    const aborts = [shutdown.signal, ended.signal, ...(given.signal === undefined ? [] : [given.signal])];
    const signal = AbortSignal.any(aborts);
    const plan = planRequest(request);
    const opened = await planSession(parts, id, plan, { ...given, signal }, shutdown.signal);
    const record: SessionRecord = {
      ...{ id, owner, opened, createdAt, ended, usedAt: createdAt, status: createSessionStatus() },
      ...{ idleTimeout: idleTimeout * 1000, lifetime: lifetime * 1000, timers: {} },
      ...{ jail: undefined, session: undefined, gone: Promise.withResolvers<void>() },
      protection: undefined,
    };
    // Others may have come meanwhile.
    await book.add(record, signal);
    try {
      const { jail, session, sandbox } = await openJail(parts, opened, lifetime);
      Object.assign(record, { jail, session, protection: sandbox });
      onEvent({ type: 'jail_leased', runtime: 'python' });
      void jail.gone.then(() => onEvent({ type: 'jail_returned', runtime: 'python' }));
      void session.lost.then((loss) => noteLoss(record, loss));
      if (!apply(record, { type: 'opened' })) {
        await jail[Symbol.asyncDispose]();
        throw sessionLost(record.status.loss ?? 'closed', Date.now());
      }
    } catch (error) {
      apply(record, { type: 'lose', reason: 'host' });
      if (error instanceof JailFailure) onEvent({ type: 'jail_failed', id, error });
      throw error instanceof JailFailure ? refuseFor(error) : error;
    }
    onEvent({ type: 'session_opened', id, key: given.caller.key });
    return viewOf(record);
  };

  const execute: Sessions['execute'] = async (owner, id, request, given = {}) => {
    const record = book.find(owner, id);
    const execution = planCell(parts, record, request, given);
    return auditCell(onEvent, execution, record.id, () =>
      use(record, true, async (note) => {
        const policy = await judgeText(parts, execution);
        const terms = { mode: request.mode, policy, options: given };
        const { outcome, evidence } = await runCell(parts, record, execution, terms);
        note(evidence);
        return { outcome, evidence };
      }).then(({ outcome, evidence }): Outcome => {
        const whole = { ...outcome, cell: { ...readResults(evidence), session: positionOf(record) } };
        given.caller?.owe?.(measureOutcome(whole));
        return whole;
      }),
    );
  };

  const files = <T>(owner: string, id: string, act: Parameters<typeof use<T>>[2]): Promise<T> =>
    use(book.find(owner, id), false, act).catch((error: unknown) => {
      throw error instanceof JailFailure ? refuseFor(error) : error;
    });

  const close: Sessions['close'] = async (owner, id) => {
    const record = book.find(owner, id);
    apply(record, { type: 'lose', reason: 'closed' });
    await record.gone.promise;
    return viewOf(record);
  };

  return {
    open,
    get: (owner, id) => viewOf(book.find(owner, id)),
    list: (owner) =>
      [...book.all()]
        .filter((one) => one.owner === owner)
        .map(viewOf)
        .toReversed(),
    execute,
    interrupt: (owner, id) => {
      const record = book.find(owner, id);
      apply(record, { type: 'interrupt' });
      return viewOf(record);
    },
    inspect: (owner, id, source) => {
      const record = book.find(owner, id);
      return files(owner, id, (note) => inspectSource(record, source, shutdown.signal, note));
    },
    listFiles: (owner, id) => {
      const record = book.find(owner, id);
      return files(owner, id, (note) => listSessionFiles(record, shutdown.signal, note));
    },
    readFile: (owner, id, path) => {
      const record = book.find(owner, id);
      return files(owner, id, (note) => findFile(record, path, shutdown.signal, note));
    },
    writeFile: (owner, id, file) => {
      const record = book.find(owner, id);
      return files(owner, id, (note) => writeSessionFile(record, file, shutdown.signal, note));
    },
    close,
    counts: () => countStates(book.all()),
    shutDown: async () => {
      shutdown.abort(shuttingDown());
      const all = [...book.all()];
      for (const record of all) apply(record, { type: 'lose', reason: 'shutdown' });
      await Promise.all(all.map(({ gone }) => gone.promise));
    },
  };
}

function countStates(records: Iterable<SessionRecord>): Record<SessionState, number> {
  const counts = Object.fromEntries(sessionStates.map((state) => [state, 0])) as Record<SessionState, number>;
  for (const { status } of records) counts[status.state] += 1;
  return counts;
}
