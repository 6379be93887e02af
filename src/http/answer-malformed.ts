import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { Refusal } from '../core/contract/refusal.ts';
import type { RefusalStatus } from './error-status.ts';
import { jsonType, standingHeaders } from './headers.ts';

/** Complete answer for bytes that never became a request, and so have no context. */
export interface RawAnswer {
  readonly status: RefusalStatus;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers a client whose bytes Node's HTTP parser rejected. @param code of the parser. */
export function answerMalformed(code: string | undefined): RawAnswer {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return answer(408, 'The request did not arrive in time.', 'Send headers and body without long pauses.');
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return answer(431, "The request's headers are too large.", 'Send fewer or shorter headers.');
  }
  return answer(
    400,
    'This is not a well-formed HTTP request.',
    'Send HTTP/1.1, with a Host and a valid path.',
  );
}

/** Answers a client for whose connection there is no room. */
export const answerCrowded = (): RawAnswer =>
  toAnswer(
    503,
    new Refusal('overloaded', 'There are too many connections.', {
      suggestions: ['Send the request again after the seconds in Retry-After, or keep fewer connections.'],
    }),
    { 'Retry-After': '1' },
  );

/** Answers a request on which the adapter itself failed. */
export function answerUnhandled(): RawAnswer {
  const refusal = new Refusal('internal_error', 'The service failed.');
  return toAnswer(500, refusal);
}

function answer(status: RefusalStatus, message: string, suggestion: string): RawAnswer {
  return toAnswer(status, new Refusal('invalid_input', message, { suggestions: [suggestion] }));
}

function toAnswer(
  status: RefusalStatus,
  refusal: Refusal,
  more: Readonly<Record<string, string>> = {},
): RawAnswer {
  const body = JSON.stringify(refusal.toBody());
  const headers = {
    'Content-Type': jsonType,
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Request-Id': randomUUID(),
    ...standingHeaders,
    ...more,
    Connection: 'close',
  };
  return { status, headers, body };
}

/** Formats an answer for a socket. */
export function writeRaw({ status, headers, body }: RawAnswer): string {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head.join('')}\r\n${body}`;
}
