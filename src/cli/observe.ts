import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { DoorParts } from '../doors.ts';
import type { EventListener } from '../executor/events.ts';
import type { KeysEvent } from '../keys/open-keys.ts';
import { logEvents } from '../observability/log.ts';
import { logKeys } from '../observability/log-keys.ts';
import { logRequests } from '../observability/log-requests.ts';
import { createMetrics, type ServiceMetrics } from '../observability/metrics/create-metrics.ts';
import { createSampler } from '../observability/sample.ts';
import type { Tracing } from '../observability/tracing/open-tracing.ts';
import { version } from '../version.ts';

type DoorListeners = {
  readonly [K in 'onDenial' | 'onIncident' | 'onError' | 'onRequest']-?: NonNullable<DoorParts[K]>;
} & Pick<DoorParts, 'beginTrace'>;

/** Logs, metrics and traces of one service: the listeners of all its parts. */
export interface Observers {
  readonly onEvent: EventListener;
  readonly onKeys: (event: KeysEvent) => void;
  readonly door: DoorListeners;
  /** Undefined when the service does not measure itself. */
  readonly metrics: ServiceMetrics | undefined;
}

export function createObservers(config: Config, logger: Logger, tracing?: Tracing): Observers {
  const isSampled = createSampler(config.logSample);
  const metrics = config.metrics === 'on' ? createMetrics({ version, ofProcess: true }) : undefined;
  return {
    onEvent: both(both(logEvents(logger, isSampled), metrics?.onEvent), tracing?.onEvent),
    onKeys: both(logKeys(logger), metrics?.onKeys),
    door: {
      onRequest: both(logRequests(logger, isSampled), metrics?.door.onRequest),
      onDenial: both(logDenials(logger), metrics?.door.onDenial),
      onIncident: both(({ id, error, request }) => {
        logger.error({ incident: id, err: error, ...request }, 'internal error');
      }, metrics?.door.onIncident),
      onError: (error) => logger.error({ err: error }, 'connection failed'),
      beginTrace: tracing?.beginTrace,
    },
    metrics,
  };
}

const both =
  <T>(one: (event: T) => void, other: ((event: T) => void) | undefined): ((event: T) => void) =>
  (event) => {
    one(event);
    other?.(event);
  };

/** Logs only the first of many similar denials; all are counted. */
const logDenials =
  (logger: Logger): DoorListeners['onDenial'] =>
  ({ isRepeated, ...event }) => {
    if (!isRepeated) logger.warn(event, 'not let in');
  };
