import type { ZodOpenApiResponseObject } from 'zod-openapi';
import { errorCategories, type RefusalCategory } from '../../core/contract/error-category.ts';
import { refusalSchema } from '../../core/contract/outcome.ts';
import { errorStatus, type SpecialStatus } from '../error-status.ts';
import { allowHeaders, answerHeaders, retryHeaders } from './headers.ts';

type Status = (typeof errorStatus)[RefusalCategory] | SpecialStatus;
type Answers = Record<string, ZodOpenApiResponseObject>;

const specialStatuses = {
  405: '`invalid_input`: The route does not take this method.',
  408: '`invalid_input`: The request did not arrive in time.',
  415: '`invalid_input`: The body is not `application/json` in UTF-8, or is compressed.',
  431: "`invalid_input`: The request's headers are too large.",
} as const satisfies Record<SpecialStatus, string>;

/** Describes a status by the categories that it stands for. */
function describeStatus(status: Status): string {
  if (status in specialStatuses) return specialStatuses[status as SpecialStatus];
  const categories = (Object.keys(errorStatus) as RefusalCategory[]).filter(
    (category) => errorStatus[category] === status,
  );
  return categories.map((category) => `\`${category}\`: ${errorCategories[category].summary}`).join(' ');
}

function describeHeaders(status: Status) {
  if (status === 405) return allowHeaders;
  return status === 429 || status === 502 || status === 503 ? retryHeaders : answerHeaders;
}

/** Describes the refusals of a route, each with its status; always includes those that any request can meet. */
export function describeRefusals(...statuses: readonly Status[]): Answers {
  const all = [...new Set<Status>([...statuses, 400, 403, 405, 408, 431, 500])].toSorted((a, b) => a - b);
  return Object.fromEntries(all.map((status) => [String(status), describeRefusal(status)]));
}

function describeRefusal(status: Status): ZodOpenApiResponseObject {
  return {
    description: describeStatus(status),
    headers: describeHeaders(status),
    content: { 'application/json': { schema: refusalSchema } },
  };
}
