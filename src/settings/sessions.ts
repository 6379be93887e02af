import { z } from 'zod';
import { count, seconds, setting } from './setting.ts';

/** Sessions: jails that one caller keeps. */
export const sessionsSettings = {
  sessions: setting(
    'BRIG_SESSIONS',
    z.enum(['on', 'off']),
    'on',
    'on or off',
    'Whether callers may keep a jail for one execution after the other.',
  ),
  maxSessions: setting(
    'BRIG_MAX_SESSIONS',
    count,
    '16',
    'sessions',
    'Sessions at once, beside the executions of BRIG_MAX_CONCURRENT; each may hold its whole memory limit. Beyond it `overloaded`.',
  ),
  maxSessionsPerKey: setting(
    'BRIG_MAX_SESSIONS_PER_KEY',
    count,
    '8',
    'sessions',
    'Sessions at once of one key, or of one address where no key is needed.',
  ),
  sessionIdleTimeout: setting(
    'BRIG_SESSION_IDLE_TIMEOUT',
    seconds,
    '1200',
    'seconds',
    'Time without a call after which a session ends, unless its caller asks for another.',
  ),
  maxSessionIdleTimeout: setting(
    'BRIG_MAX_SESSION_IDLE_TIMEOUT',
    seconds,
    '3600',
    'seconds',
    'Longest such time that a caller can ask for.',
  ),
  sessionLifetime: setting(
    'BRIG_SESSION_LIFETIME',
    seconds,
    '14400',
    'seconds',
    'Time after which a session ends, whatever it does, unless its caller asks for another.',
  ),
  maxSessionLifetime: setting(
    'BRIG_MAX_SESSION_LIFETIME',
    seconds,
    '86400',
    'seconds',
    'Longest such time that a caller can ask for.',
  ),
  sessionFreezeAfter: setting(
    'BRIG_SESSION_FREEZE_AFTER',
    z.coerce.number().min(0),
    '5',
    'seconds',
    'Time without a call after which the processes of a session are stopped until the next one, where the host has a freezer for cgroups.',
  ),
} as const;
