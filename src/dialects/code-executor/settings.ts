import { z } from 'zod';
import { count, seconds, setting, type ValuesOf } from '../../settings/setting.ts';

/** Defaults of its limits, as in the Code Executor Service; they are also the most that a request gets. */
export const codeExecutorSettings = {
  timeout: setting(
    'BRIG_CODE_EXECUTOR_TIMEOUT',
    seconds,
    '300',
    'seconds',
    'Wall clock limit of `/dialects/code-executor` where a request names none.',
    ['EXECUTION_TIMEOUT'],
  ),
  memoryMb: setting(
    'BRIG_CODE_EXECUTOR_MEMORY_MB',
    count.min(16),
    '4096',
    'MiB',
    'Memory limit of `/dialects/code-executor` where a request names none.',
    ['MAX_MEMORY_MB'],
  ),
  outputBytes: setting(
    'BRIG_CODE_EXECUTOR_OUTPUT_BYTES',
    z.coerce.number().int().min(0),
    '10485760',
    'bytes',
    'Bytes kept of each stream of `/dialects/code-executor`.',
    ['MAX_OUTPUT_SIZE'],
  ),
} as const;

export type CodeExecutorSettings = ValuesOf<typeof codeExecutorSettings>;
