import { z } from 'zod';

/*
 * The variables of OpenTelemetry that its SDK leaves to the program. The exporter itself reads endpoint, headers,
 * timeout, compression and certificates; the resource reads OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
 */

const share = z.coerce.number().min(0).max(1).default(1).catch(1);
const count = z.coerce.number().int().min(1).optional().catch(undefined);

/** A variable that is empty counts as unset. An invalid value counts as unset too, as the specification asks. */
const tracingSchema = z.object({
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on')
    .catch('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: share,
  OTEL_BSP_SCHEDULE_DELAY: count,
  OTEL_BSP_EXPORT_TIMEOUT: count,
  OTEL_BSP_MAX_QUEUE_SIZE: count,
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: count,
});
export type TracingSettings = z.output<typeof tracingSchema>;

const protocolNames = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'];

/**
 * Reads the settings of traces; returns undefined when nobody asked for traces, and a reason when they cannot be
 * sent as asked.
 */
export function readTracingSettings(
  given: Readonly<Record<string, string | undefined>>,
): TracingSettings | { readonly complaint: string } | undefined {
  const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value?.trim() !== ''));
  const hasEndpoint =
    env['OTEL_EXPORTER_OTLP_ENDPOINT'] !== undefined ||
    env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] !== undefined;
  const isOff = env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none';
  if (!hasEndpoint || isOff) return undefined;
  const protocol = protocolNames.map((name) => env[name]).find((value) => value !== undefined);
  if (protocol !== undefined && protocol !== 'http/protobuf')
    return {
      complaint: `traces are sent as http/protobuf only, not as ${protocol.slice(0, 40)}: none are sent`,
    };
  return tracingSchema.parse(env);
}
