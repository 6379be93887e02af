import { toRequest, type PreparedRequest } from './execute-client.ts';
import { writeLongScript } from './scripts.ts';

export interface LargeRequest {
  readonly title: string;
  readonly request: PreparedRequest;
}

const TEXTS = 300_000;
const ROWS = 100_000;
/** With quotes and commas 10 MB of JSON, below what a service lets through by default. */
const ROW_LENGTH = 95;

/** Requests that could delay a service, each close to a default limit. Made on demand, because they are large. */
export const largeRequests = (): LargeRequest[] => [
  {
    title: '30 MB of arguments',
    request: toRequest(
      {
        script: 'def main(texts):\n    return len(texts)\n',
        args: [Array.from({ length: TEXTS }, (_, index) => String(index).padStart(97, 'x'))],
        limits: { memory_mb: 1024 },
      },
      { begin: `{"success":true,"result":${TEXTS},` },
    ),
  },
  {
    title: 'a script of 1 MB',
    request: toRequest(
      { script: writeLongScript(1_000_000), limits: { memory_mb: 1024, timeout: 30, cpu_time: 30 } },
      { begin: '{"success":true,"result":42,' },
    ),
  },
  {
    title: 'a result of 10 MB',
    request: toRequest(
      {
        script: `def main():\n    return ['x' * ${ROW_LENGTH}] * ${ROWS}\n`,
        limits: { memory_mb: 1024 },
      },
      { begin: '{"success":true,"result":["xxx', leastBytes: ROWS * ROW_LENGTH },
    ),
  },
];
