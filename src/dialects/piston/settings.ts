import { z } from 'zod';
import { seconds, setting, type ValuesOf } from '../../settings/setting.ts';

/** Defaults of its limits, as in Piston. */
export const pistonSettings = {
  timeout: setting(
    'BRIG_PISTON_TIMEOUT',
    seconds,
    '3',
    'seconds',
    'Wall clock limit of `/dialects/piston` where a request names none.',
  ),
  outputBytes: setting(
    'BRIG_PISTON_OUTPUT_BYTES',
    z.coerce.number().int().min(0),
    '1048576',
    'bytes',
    'Bytes kept of each stream of `/dialects/piston`.',
  ),
} as const;

export type PistonSettings = ValuesOf<typeof pistonSettings>;
