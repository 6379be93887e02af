import { z } from 'zod';
import { MIB } from '../../core/contract/limits.ts';
import { notBlank } from '../../core/contract/generation/generate-request.ts';
import type { ExecuteRequest } from '../../core/contract/request.ts';
import { readRequest } from '../../core/validation/read-request.ts';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import { flagField, integerField, read, textField } from '../common/fields.ts';
import { numberField, sizeField } from '../common/quantities.ts';
import { readForeign, type ForeignBody } from '../common/read-foreign.ts';

const DEFAULT_MEMORY = 100 * MIB;
const DEFAULT_CPUS = 0.5;

const limitFields = (seconds: number) => ({
  timeout: integerField(1).default(seconds),
  memory_limit: sizeField().default(DEFAULT_MEMORY).meta({ default: '100m' }),
  cpu_limit: numberField(0).default(DEFAULT_CPUS),
});

export const codeSchema = z.object({
  code: textField(),
  ...limitFields(10),
  validate_code: flagField().default(true),
});

/** A query for a model, not blank. */
const queryField = () =>
  read(
    (value) => {
      if (typeof value !== 'string') return { type: 'string_type', msg: 'Input should be a valid string' };
      if (!notBlank.test(value)) return { type: 'value_error', msg: 'Value error, the query is empty' };
      if (value.isWellFormed()) return { value };
      return { type: 'value_error', msg: 'Value error, the query holds a lone surrogate' };
    },
    { type: 'string', minLength: 1 },
  );

export const querySchema = z.object({ query: queryField(), ...limitFields(15) });

/** Limits of a request; infinite when the caller sets no bound. */
export interface WantedLimits {
  /** In seconds. */
  readonly timeout: number;
  /** In MiB. */
  readonly memoryMb: number;
  readonly cpus: number;
}

/** Code from a caller of the Secure Python Code Execution Service. */
export interface CodeOrder {
  /** The code as a request of Brig, without its limits. */
  readonly request: ExecuteRequest;
  readonly limits: WantedLimits;
  /** True when a model reviews it first. */
  readonly isValidated: boolean;
}

/** A request for code that a model writes. */
export interface QueryOrder {
  readonly query: string;
  /** The request for the code, without its limits. */
  readonly request: ExecuteRequest;
  readonly limits: WantedLimits;
}

/** @throws Refusal when the code is too large. */
export function readSecurePythonCode(body: Uint8Array, rules: RequestRules): ForeignBody<CodeOrder> {
  return readForeign(body, codeSchema, (fields) => ({
    request: toRequest(fields.code, rules),
    limits: toLimits(fields),
    isValidated: fields.validate_code,
  }));
}

export function readSecurePythonQuery(body: Uint8Array, rules: RequestRules): ForeignBody<QueryOrder> {
  return readForeign(body, querySchema, (fields) => ({
    query: fields.query,
    request: toRequest('', rules),
    limits: toLimits(fields),
  }));
}

const toRequest = (script: string, rules: RequestRules): ExecuteRequest =>
  readRequest(JSON.stringify({ script, mode: 'script' }), rules);

/** 0 means no bound, as in Docker. */
const toLimits = (fields: { timeout: number; memory_limit: number; cpu_limit: number }): WantedLimits => ({
  timeout: fields.timeout,
  memoryMb: fields.memory_limit === 0 ? Infinity : Math.floor(fields.memory_limit / MIB),
  cpus: fields.cpu_limit === 0 ? Infinity : fields.cpu_limit,
});

export const codeReader = { name: 'secure-python', read: readSecurePythonCode };

export const queryReader = { name: 'secure-python query', read: readSecurePythonQuery };
