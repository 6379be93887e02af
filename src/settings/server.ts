import { z } from 'zod';
import { bytes, count, portNumber, seconds, setting, words } from './setting.ts';

const hostName = z
  .string()
  .toLowerCase()
  .regex(
    /^[a-z0-9._-]+$|^[0-9a-f:.]+$/,
    'must be names without a port, such as brig.example, with commas between',
  );
const originName = z
  .string()
  .toLowerCase()
  .regex(
    /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s@]+$/,
    'must be origins such as https://app.example, with commas between',
  );

/** Address and inputs of the HTTP door. */
export const serverSettings = {
  host: setting('BRIG_HOST', z.string().min(1), '127.0.0.1', 'address', 'Address to listen on.', ['HOST']),
  port: setting('BRIG_PORT', portNumber, '8080', 'port', 'Port to listen on; 0 takes a free one.', ['PORT']),
  allowedHosts: setting(
    'BRIG_ALLOWED_HOSTS',
    words.pipe(z.array(hostName)),
    '',
    'names',
    'Names, without a port and with commas between, by which the service may be called (`Host`) beside those of the loopback and its own address. Where none is named, on loopback by no other, elsewhere by any.',
  ),
  allowedOrigins: setting(
    'BRIG_ALLOWED_ORIGINS',
    words.pipe(z.array(originName)),
    '',
    'origins',
    'Origins whose pages may have a browser call the service and read its answers, with commas between: `https://app.example`.',
  ),
  playground: setting(
    'BRIG_PLAYGROUND',
    z.enum(['on', 'off']),
    'on',
    'on or off',
    'The page for people at `GET /`, where they write scripts and run them.',
  ),
  maxConnections: setting(
    'BRIG_MAX_CONNECTIONS',
    count,
    undefined,
    'connections',
    'Connections at once; beyond it those that wait for nothing are closed, then new ones refused. By default what the limit of file descriptors leaves beside the jails, at most 4096.',
  ),
  maxConnectionsPerCaller: setting(
    'BRIG_MAX_CONNECTIONS_PER_CALLER',
    count,
    undefined,
    'connections',
    'Connections of one address at once, and requests of one key. By default a quarter of all; on loopback one address may have all.',
  ),
  maxBodyBytes: setting(
    'BRIG_MAX_BODY_BYTES',
    bytes,
    '33554432',
    'bytes',
    'Largest request body; beyond it `payload_too_large`.',
  ),
  shutdownDelay: setting(
    'BRIG_SHUTDOWN_DELAY',
    z.coerce.number().min(0).max(300),
    '0',
    'seconds',
    'Time after SIGTERM in which the service still takes requests while `/health` says that it stops, so that balancers send no more.',
  ),
  shutdownGrace: setting(
    'BRIG_SHUTDOWN_GRACE',
    seconds,
    '30',
    'seconds',
    'Time that running executions get to finish after SIGTERM.',
  ),
} as const;
