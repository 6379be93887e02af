import type { Logger } from 'pino';
import type { EventListener } from '../../executor/events.ts';
import type { RequestTracer } from './trace-requests.ts';
import { readTracingSettings, type TracingSettings } from './read-settings.ts';

/** Traces of one service, sent to a collector in the background. */
export interface Tracing {
  readonly onEvent: EventListener;
  readonly beginTrace: RequestTracer;
  /** Sends what is left; resolves within seconds, whether or not the collector answers. */
  close(): Promise<void>;
}

/** Longest time in milliseconds that the last traces get to be sent. */
const LAST_MS = 2000;
/** Milliseconds between two complaints of the exporter in the log. */
const PAUSE = 60_000;

/**
 * Opens traces when the environment names a collector (`OTEL_EXPORTER_OTLP_ENDPOINT`). OpenTelemetry is loaded only
 * then.
 */
export async function openTracing(
  env: Readonly<Record<string, string | undefined>>,
  version: string,
  logger: Logger,
): Promise<Tracing | undefined> {
  const settings = readTracingSettings(env);
  if (settings === undefined) return undefined;
  if ('complaint' in settings) {
    logger.warn(settings.complaint);
    return undefined;
  }
  return await startTracing(settings, version, logger);
}

async function startTracing(settings: TracingSettings, version: string, logger: Logger): Promise<Tracing> {
  const [api, sdk, resources, { OTLPTraceExporter }, spans, requests] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
    import('./trace-events.ts'),
    import('./trace-requests.ts'),
  ]);
  api.diag.setLogger(complainSometimes(logger), {
    logLevel: api.DiagLogLevel.WARN,
    suppressOverrideMessage: true,
  });
  const root = {
    always_on: new sdk.AlwaysOnSampler(),
    always_off: new sdk.AlwaysOffSampler(),
    traceidratio: new sdk.TraceIdRatioBasedSampler(settings.OTEL_TRACES_SAMPLER_ARG),
  };
  const [kind, isParentBased] = splitSampler(settings.OTEL_TRACES_SAMPLER);
  const named = resources.resourceFromAttributes({ 'service.name': 'brig', 'service.version': version });
  const provider = new sdk.TracerProvider({
    sampler: isParentBased ? new sdk.ParentBasedSampler({ root: root[kind] }) : root[kind],
    // Lets the environment's names override ours.
    resource: named.merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        ...definedOf({
          scheduledDelayMillis: settings.OTEL_BSP_SCHEDULE_DELAY,
          exportTimeoutMillis: settings.OTEL_BSP_EXPORT_TIMEOUT,
          maxQueueSize: settings.OTEL_BSP_MAX_QUEUE_SIZE,
          maxExportBatchSize: settings.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
        }),
      }),
    ],
  });
  const tracer = provider.getTracer('brig', version);
  return {
    onEvent: spans.traceEvents(tracer),
    beginTrace: requests.traceRequests(tracer),
    close: async () => {
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, LAST_MS);
      await Promise.race([provider.shutdown().catch(() => undefined), patience.promise]);
      clearTimeout(timer);
    },
  };
}

type RootSampler = 'always_on' | 'always_off' | 'traceidratio';

const splitSampler = (name: TracingSettings['OTEL_TRACES_SAMPLER']): [RootSampler, boolean] => [
  name.replace('parentbased_', '') as RootSampler,
  name.startsWith('parentbased_'),
];

/** Leaves out what is undefined, so that the SDK's own defaults hold. */
const definedOf = (options: Readonly<Record<string, number | undefined>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );

const ignore = (): void => {};

/** Logs one complaint a minute: a collector that is away fails with every batch. */
function complainSometimes(logger: Logger) {
  let told = -PAUSE;
  const complain = (message: string): void => {
    if (performance.now() - told < PAUSE) return;
    told = performance.now();
    logger.warn({ detail: message.slice(0, 300) }, 'traces are not sent');
  };
  return { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore };
}
