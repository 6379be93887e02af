import { isatty } from 'node:tty';
import { destination, pino, stdTimeFunctions, type Logger } from 'pino';
import type { Audit, EventListener, ExecutorEvent } from '../executor/events.ts';
import type { PoolEvent } from '../pool/pool.ts';
import { JailFailure } from '../sandbox/sandbox.ts';
import { readTraceId, roundAll } from './log-fields.ts';
import type { Sampler } from './sample.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Fields whose values never reach a log, should an error ever carry them. */
const secrets = ['authorization', 'apiKey', 'api_key', 'password', 'secret', 'token'];
const redact = { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '…' };

export interface LoggerOptions {
  readonly level: LogLevel;
  /** `auto` is for people on a terminal, and JSON elsewhere. */
  readonly format?: 'auto' | 'json' | 'pretty' | undefined;
  readonly fd?: number | undefined;
}

/**
 * Creates a logger on standard error, since standard output belongs to the result of a command: JSON lines, or lines
 * for people. Lines that cannot be written (a full disk, a reader that is gone) are lost without an error.
 */
export async function createLogger({ level, format = 'auto', fd = 2 }: LoggerOptions): Promise<Logger> {
  const lines = destination({ fd, sync: true });
  lines.on('error', () => undefined);
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime, redact };
  if (format === 'json' || (format === 'auto' && !isatty(fd))) return pino(options, lines);
  // Loaded here, because a service that nobody watches does not need it.
  const { build } = await import('pino-pretty');
  return pino(options, build({ destination: lines, colorize: isatty(fd), singleLine: true }));
}

/** Logs the events of the pipeline: ids, verdicts and figures; never a script, its output or its result. */
export function logEvents(logger: Logger, isSampled: Sampler = () => true): EventListener {
  return (event) => {
    const entry = toEntry(event);
    if (entry === undefined) return;
    if (event.type === 'execution_finished' && event.verdict === 'success') {
      if (!isSampled(event.audit.requestId ?? event.id)) return;
    }
    logger[entry.level](entry.fields, entry.message);
  };
}

interface Entry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

/** Returns the line of an event; undefined for one that only metrics count. */
function toEntry(event: ExecutorEvent): Entry | undefined {
  switch (event.type) {
    case 'execution_finished': {
      const { id, audit, verdict, returnCode: return_code, usage, timings } = event;
      return audited({ id, verdict, return_code, usage: roundAll(usage), timings: roundAll(timings) }, audit);
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
    case 'job_failed':
      return { level: 'error', fields: { id: event.id, err: event.error }, message: 'job failed' };
    case 'shared_changed':
      return event.fault === undefined
        ? { level: 'info', fields: {}, message: 'Redis can be used' }
        : { level: 'error', fields: { reason: event.fault }, message: 'Redis cannot be used' };
    case 'session_opened':
      return {
        level: 'info',
        fields: { session: event.id, key: event.key ?? null },
        message: 'session opened',
      };
    case 'session_ended': {
      const { id: session, key = null, reason, executions, ms } = event;
      const fields = { session, key, reason, executions, seconds: Math.round(ms / 1000) };
      return { level: 'info', fields, message: 'session ended' };
    }
    case 'pool':
      return toPoolEntry(event.jails, event.event);
    case 'jail_leased':
    case 'jail_returned':
    case 'build_ended':
    case 'webhook_tried':
    case 'model_called':
      return undefined;
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
  const {
    key = null,
    runtime,
    scriptHash: script_sha256,
    requestId: request_id,
    session,
    traceparent,
  } = audit;
  const fields = {
    key,
    runtime,
    script_sha256,
    request_id,
    session,
    trace_id: readTraceId(traceparent),
    ...ending,
  };
  return { level: 'info', fields, message: 'execution' };
}

function toPoolEntry(jails: string, event: PoolEvent): Entry {
  if (event.type === 'build_failed') {
    return {
      level: 'error',
      fields: { jails, ...describeFailure(event.error) },
      message: 'no jail could be started ahead',
    };
  }
  return { level: 'debug', fields: { jails, ...event }, message: 'pool' };
}

function describeFailure(error: unknown): Record<string, unknown> {
  if (error === undefined) return {};
  if (error instanceof JailFailure) return { detail: error.detail, err: error };
  return { err: error };
}
