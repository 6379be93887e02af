import { z } from 'zod';
import { pythonLevel } from './foreign-units.ts';
import { portNumber, setting } from './setting.ts';

/** Logs and metrics. */
export const observabilitySettings = {
  logLevel: setting(
    'BRIG_LOG_LEVEL',
    z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    'info',
    'level',
    'What is logged, on standard error.',
    [pythonLevel('LOG_LEVEL')],
  ),
  logFormat: setting(
    'BRIG_LOG_FORMAT',
    z.enum(['auto', 'json', 'pretty']),
    'auto',
    'format',
    'JSON lines, or lines for people. By default lines for people on a terminal, elsewhere JSON.',
  ),
  logSample: setting(
    'BRIG_LOG_SAMPLE',
    z.coerce.number().min(0).max(1),
    '1',
    'share',
    'Share of successful requests and executions that are logged; failures always are.',
  ),
  metrics: setting(
    'BRIG_METRICS',
    z.enum(['on', 'off']),
    'on',
    'on or off',
    'Whether the service measures itself for `GET /metrics`.',
  ),
  metricsPort: setting(
    'BRIG_METRICS_PORT',
    portNumber,
    undefined,
    'port',
    'Port of its own for `GET /metrics`, without keys; 0 takes a free one. Where none is named, the port of the service has it, for keys with the scope `metrics`.',
  ),
  metricsHost: setting(
    'BRIG_METRICS_HOST',
    z.string().min(1),
    '127.0.0.1',
    'address',
    'Address of that port. Beyond loopback, whoever reaches it reads the metrics.',
  ),
} as const;
