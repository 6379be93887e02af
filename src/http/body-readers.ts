import { readBuildRequest, type BuildRules } from '../core/validation/read-build-request.ts';
import { readGenerateRequest } from '../core/validation/read-generate-request.ts';
import { readBatchRequest, readJobRequest } from '../core/validation/read-job-request.ts';
import { readJson } from '../core/validation/read-json.ts';
import {
  readCellRequest,
  readSessionRequest,
  type SessionRules,
} from '../core/validation/read-session-request.ts';
import { readRequest } from '../core/validation/read-request.ts';
import type { RequestRules } from '../core/validation/validate-request.ts';
import type { BodyReader } from './body-reader.ts';

/** Reads the body of `POST /execute`. */
export const requestReader = {
  name: 'execute',
  read: (body: Uint8Array, rules: RequestRules) => readRequest(body, rules),
};

/** Reads the body of `POST /generate-and-execute`. */
export const generateReader = {
  name: 'generate-and-execute',
  read: (body: Uint8Array, rules: Parameters<typeof readGenerateRequest>[1]) =>
    readGenerateRequest(body, rules),
};

/** Reads the body of `POST /environments`. */
export const buildReader = {
  name: 'environments',
  read: (body: Uint8Array, rules: BuildRules) => readBuildRequest(readJson(body).value, rules),
};

/** Reads the body of `POST /jobs`. */
export const jobReader = {
  name: 'jobs',
  read: (body: Uint8Array, rules: RequestRules) => readJobRequest(body, rules),
};

/** Reads the body of `POST /jobs/batch`. */
export const batchReader = {
  name: 'jobs/batch',
  read: (body: Uint8Array, rules: RequestRules) => readBatchRequest(body, rules),
};

/** Reads the body of `POST /sessions`. */
export const sessionReader = {
  name: 'sessions',
  read: (body: Uint8Array, rules: SessionRules) => readSessionRequest(body, rules),
};

/** Reads the body of `POST /sessions/{id}/execute`. */
export const cellReader = {
  name: 'sessions/execute',
  read: (body: Uint8Array, rules: RequestRules) => readCellRequest(body, rules),
};

/** Finds a reader by name. An unknown name is a fault of Brig. */
export async function findReader(name: string): Promise<BodyReader<unknown, never>> {
  const all = [
    ...[requestReader, generateReader, buildReader, jobReader, batchReader],
    ...[sessionReader, cellReader],
  ];
  const own = all.find((reader) => reader.name === name);
  if (own !== undefined) return own;
  // Imported here, because dialects bring their routes, which a thread without their bodies does not need.
  const { dialects } = await import('../dialects/list.ts');
  const doors = await Promise.all(dialects.map((dialect) => dialect.load()));
  const reader = doors.flatMap(({ readers }) => readers).find((one) => one.name === name);
  if (reader === undefined) throw new Error(`There is no reader "${name}".`);
  return reader;
}
