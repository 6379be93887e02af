import { z } from 'zod';
import { count, seconds, setting } from './setting.ts';

/** Defaults for callers of other systems, as in those systems. */
export const dialectsSettings = {
  codeExecutorTimeout: setting(
    'BRIG_CODE_EXECUTOR_TIMEOUT',
    seconds,
    '300',
    'seconds',
    'Wall clock limit of `/dialects/code-executor` where a request names none.',
    ['EXECUTION_TIMEOUT'],
  ),
  codeExecutorMemoryMb: setting(
    'BRIG_CODE_EXECUTOR_MEMORY_MB',
    count.min(16),
    '4096',
    'MiB',
    'Memory limit of `/dialects/code-executor` where a request names none.',
    ['MAX_MEMORY_MB'],
  ),
  codeExecutorOutputBytes: setting(
    'BRIG_CODE_EXECUTOR_OUTPUT_BYTES',
    z.coerce.number().int().min(0),
    '10485760',
    'bytes',
    'Bytes kept of each stream of `/dialects/code-executor`.',
    ['MAX_OUTPUT_SIZE'],
  ),
} as const;
