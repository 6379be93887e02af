import { z } from 'zod';
import type { ExecuteRequest } from '../../core/contract/request.ts';
import { readRequest } from '../../core/validation/read-request.ts';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import { integerField, optional, textField } from '../common/fields.ts';
import { readForeign, type ForeignBody } from '../common/read-foreign.ts';

export const bodySchema = z.object({
  code: textField(),
  language: textField().default('python'),
  execution_id: optional(textField()),
  timeout: integerField(0).nullish(),
  max_memory_mb: integerField(0).nullish(),
});

/** Request of a caller of the Code Executor Service. */
export interface CodeExecutorOrder {
  /** The code as a request of Brig, without its limits. */
  readonly request: ExecuteRequest;
  readonly language: string;
  /** Empty when the service is to choose one. */
  readonly executionId: string;
  /** Seconds; 0 for the default. */
  readonly timeout: number;
  /** MiB; 0 for the default. */
  readonly memoryMb: number;
}

/** @throws Refusal when the code is too large. */
export function readCodeExecutorBody(body: Uint8Array, rules: RequestRules): ForeignBody<CodeExecutorOrder> {
  return readForeign(body, bodySchema, (fields) => ({
    request: readRequest(JSON.stringify({ script: fields.code, mode: 'script' }), rules),
    language: fields.language,
    executionId: fields.execution_id ?? '',
    timeout: fields.timeout ?? 0,
    memoryMb: fields.max_memory_mb ?? 0,
  }));
}

export const executorReader = { name: 'code-executor', read: readCodeExecutorBody };
