import { z } from 'zod';
import { pythonLevel } from './foreign-units.ts';
import { bytes, seconds, setting } from './setting.ts';

/** What the HTTP door listens to and takes. */
export const serverSettings = {
  host: setting('BRIG_HOST', z.string().min(1), '127.0.0.1', 'address', 'Address to listen on.', ['HOST']),
  port: setting(
    'BRIG_PORT',
    z.coerce.number().int().min(0).max(65_535),
    '8080',
    'port',
    'Port to listen on; 0 takes a free one.',
    ['PORT'],
  ),
  logLevel: setting(
    'BRIG_LOG_LEVEL',
    z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    'info',
    'level',
    'What is logged, as JSON lines on standard error.',
    [pythonLevel('LOG_LEVEL')],
  ),
  maxBodyBytes: setting(
    'BRIG_MAX_BODY_BYTES',
    bytes,
    '33554432',
    'bytes',
    'Largest request body; beyond it `payload_too_large`.',
  ),
  shutdownGrace: setting(
    'BRIG_SHUTDOWN_GRACE',
    seconds,
    '30',
    'seconds',
    'Time that running executions get to finish after SIGTERM.',
  ),
} as const;
