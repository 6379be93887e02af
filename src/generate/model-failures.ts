import { Refusal } from '../core/contract/refusal.ts';

interface KindInfo {
  readonly message: string;
  readonly suggestion: string;
  readonly retryable: boolean;
}

const tryAgain = 'Send the request again.';

/** Kinds of failure of a model's provider. */
export const failureKinds = {
  timeout: {
    message: 'The model did not answer in time.',
    suggestion: `${tryAgain} The operator can allow more time with BRIG_LLM_TIMEOUT.`,
    retryable: true,
  },
  connection: {
    message: "The model's API could not be reached.",
    suggestion: `${tryAgain} If it persists, the operator checks BRIG_LLM_BASE_URL.`,
    retryable: true,
  },
  throttled: {
    message: "The model's API takes no more calls for now.",
    suggestion: 'Send the request again later.',
    retryable: true,
  },
  unavailable: { message: "The model's API failed.", suggestion: tryAgain, retryable: true },
  authentication: {
    message: "The model's API does not take this service's key.",
    suggestion: 'The operator checks BRIG_LLM_API_KEY.',
    retryable: false,
  },
  rejected: {
    message: "The model's API refuses the call.",
    suggestion: 'The operator checks BRIG_LLM_BASE_URL, BRIG_LLM_MODEL and BRIG_LLM_REPLY_FORMAT.',
    retryable: false,
  },
  too_large: {
    message: "The model's answer is too large, and was cut off.",
    suggestion: 'Ask for a shorter script.',
    retryable: true,
  },
  truncated: {
    message: "The model's answer ended at the most tokens that its API gives.",
    suggestion: 'Ask for a shorter script.',
    retryable: true,
  },
  malformed: {
    message: "The model's answer could not be used.",
    suggestion: `${tryAgain} Or say in other words what the script is to do.`,
    retryable: true,
  },
} as const satisfies Record<string, KindInfo>;

export type FailureKind = keyof typeof failureKinds;

/** Creates a refusal that names the kind of failure, and repeats nothing that the provider said. */
export function failModel(kind: FailureKind, retryAfter?: number): Refusal {
  const { message, suggestion, retryable } = failureKinds[kind];
  return new Refusal('bad_gateway', message, {
    kind,
    retryable,
    suggestions: [suggestion],
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** Returns the kind of failure of an HTTP status. */
export function kindOfStatus(status: number): FailureKind {
  if (status === 401 || status === 403) return 'authentication';
  if (status === 429) return 'throttled';
  if (status >= 500 || status === 408 || status === 409) return 'unavailable';
  return status >= 300 ? 'rejected' : 'malformed';
}

export const noModel = (): Refusal =>
  new Refusal('forbidden', 'There is no model here to write or review scripts.', {
    suggestions: ['The operator sets BRIG_LLM_API_KEY, and BRIG_LLM_BASE_URL and BRIG_LLM_MODEL to match.'],
  });
