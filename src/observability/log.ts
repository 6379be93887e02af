import { destination, pino, stdTimeFunctions, type Logger } from 'pino';
import type { Audit, EventListener, ExecutorEvent } from '../executor/events.ts';
import type { PoolEvent } from '../pool/pool.ts';
import { JailFailure } from '../sandbox/sandbox.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * Creates a logger of JSON lines on standard error, since standard output belongs to the result of a command. Lines
 * that cannot be written (a full disk, a reader that is gone) are lost without an error.
 */
export function createLogger(level: LogLevel, fd = 2): Logger {
  const lines = destination({ fd, sync: true });
  lines.on('error', () => undefined);
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, lines);
}

/** Logs the events of the pipeline: ids, verdicts and figures; never a script, its output or its result. */
export function logEvents(logger: Logger): EventListener {
  return (event) => {
    const { level, fields, message } = toEntry(event);
    logger[level](fields, message);
  };
}

interface Entry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

function toEntry(event: ExecutorEvent): Entry {
  switch (event.type) {
    case 'execution_finished': {
      const { id, audit, verdict, returnCode: return_code, usage, timings } = event;
      return audited({ id, verdict, return_code, usage, timings }, audit);
    }
    case 'execution_refused':
      return audited({ id: event.id, verdict: event.category, reason: event.message }, event.audit);
    case 'execution_aborted':
      return audited({ id: event.id, verdict: 'aborted' }, event.audit);
    case 'jail_failed':
      return {
        level: 'error',
        fields: { id: event.id, ...describeFailure(event.error) },
        message: 'jail failed',
      };
    case 'pool':
      return toPoolEntry(event.event);
    case 'build_failed':
      return {
        level: 'warn',
        fields: { name: event.name, err: event.failure },
        message: 'environment not built',
      };
    case 'model_failed': {
      const { type: _, requestId: request_id, ...failure } = event;
      const fields = { request_id, ...failure };
      return { level: 'warn', fields, message: 'call of the model failed' };
    }
    case 'readiness_changed':
      if (event.state.isReady)
        return { level: 'info', fields: { jails: event.jails }, message: 'isolation holds' };
      return {
        level: 'error',
        fields: {
          jails: event.jails,
          reason: event.state.reason,
          remedy: event.state.remedy,
          ...describeFailure(event.cause),
        },
        message: 'no script can run',
      };
  }
}

/** Returns the one log line of an execution, however it ended. */
function audited(ending: Readonly<Record<string, unknown>>, audit: Audit): Entry {
  const { key = null, runtime, scriptHash: script_sha256 } = audit;
  return { level: 'info', fields: { key, runtime, script_sha256, ...ending }, message: 'execution' };
}

function toPoolEntry(event: PoolEvent): Entry {
  if (event.type === 'build_failed') {
    return {
      level: 'error',
      fields: describeFailure(event.error),
      message: 'no jail could be started ahead',
    };
  }
  return { level: 'debug', fields: { ...event }, message: 'pool' };
}

function describeFailure(error: unknown): Record<string, unknown> {
  if (error === undefined) return {};
  if (error instanceof JailFailure) return { detail: error.detail, err: error };
  return { err: error };
}
