import { readGenerateRequest } from '../core/validation/read-generate-request.ts';
import { readRequest } from '../core/validation/read-request.ts';
import { readCantationBody } from './dialects/code-cantation/read-body.ts';
import { readRunBody } from './dialects/quartermaster/read-run.ts';
import { readCodeExecutorBody } from './dialects/code-executor/read-body.ts';
import { readSecurePythonCode, readSecurePythonQuery } from './dialects/secure-python/read-body.ts';

/** What reads bodies, here or on the thread for large ones: what it gives is plain data. */
export const bodyReaders = {
  native: readRequest,
  generate: readGenerateRequest,
  'code-cantation': readCantationBody,
  'code-executor': readCodeExecutorBody,
  'secure-python': readSecurePythonCode,
  'secure-python-query': readSecurePythonQuery,
  quartermaster: readRunBody,
} as const;

export type BodyReaderName = keyof typeof bodyReaders;
/** What holds for the bodies of a reader. */
export type BodyRules<Name extends BodyReaderName> = Parameters<(typeof bodyReaders)[Name]>[1];
export type BodyValue<Name extends BodyReaderName> = ReturnType<(typeof bodyReaders)[Name]>;
