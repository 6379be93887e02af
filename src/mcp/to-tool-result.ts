import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/server';
import type { ReturnedFile } from '../core/contract/files/returned-files.ts';
import type { Failure, Outcome, Success } from '../core/contract/outcome.ts';
import type { Refusal } from '../core/contract/refusal.ts';

/** Media types that clients of the protocol show as pictures to people and models. */
const imageTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/**
 * Describes an outcome for a model: one JSON text with the fields that its next step depends on, then the files. A
 * result keeps every digit.
 */
export function toToolResult(outcome: Outcome): CallToolResult {
  const text = outcome.success ? writeSuccess(outcome) : writeFailure(outcome);
  return {
    content: [{ type: 'text', text }, ...outcome.files.map(toContent)],
    ...(outcome.success ? {} : { isError: true }),
  };
}

/** Describes a refused request, and what to change. */
export function toRefusedResult(refusal: Refusal, incident?: string): CallToolResult {
  const { error, message, suggestions, retryable } = refusal.toBody();
  const retry_after = refusal.retryAfter;
  const text = JSON.stringify({
    success: false,
    error,
    message,
    suggestions,
    retryable,
    retry_after,
    incident,
  });
  return { content: [{ type: 'text', text }], isError: true };
}

function writeSuccess({ result, ...outcome }: Success): string {
  const { stdout, stderr, suggestions, validation, policy } = outcome;
  const rest = JSON.stringify({ stdout, stderr, suggestions, ...describeRun(outcome), validation, policy });
  return `{"success":true,"result":${result},${rest.slice(1)}`;
}

function writeFailure(failure: Failure): string {
  const { success, error, error_type, message, suggestions, available_functions, location, traceback } =
    failure;
  const { stdout, stderr, return_code, retryable, validation, policy } = failure;
  return JSON.stringify({
    success,
    error,
    error_type,
    message,
    suggestions,
    ...(available_functions.length === 0 ? {} : { available_functions }),
    location,
    traceback,
    stdout,
    stderr,
    return_code,
    retryable,
    ...describeRun(failure),
    validation,
    policy,
  });
}

function describeRun({ execution, files }: Pick<Outcome, 'execution' | 'files'>) {
  const { id, environment, runtime, duration_ms, memory_peak_bytes, output } = execution;
  const truncated = (['stdout', 'stderr'] as const).filter((name) => output[name].truncated);
  return {
    ...(truncated.length === 0 ? {} : { truncated }),
    ...(files.length === 0
      ? {}
      : { files: files.map(({ path, bytes, media_type }) => ({ path, size: bytes.length, media_type })) }),
    execution: { id, runtime, environment, duration_ms, memory_peak_bytes },
  };
}

function toContent({ path, bytes, media_type, encoding }: ReturnedFile): ContentBlock {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (imageTypes.has(media_type)) {
    return { type: 'image', data: buffer.toString('base64'), mimeType: media_type };
  }
  const uri = `file:///work/${path.split('/').map(encodeURIComponent).join('/')}`;
  const resource = { uri, mimeType: media_type };
  return encoding === 'utf8'
    ? { type: 'resource', resource: { ...resource, text: buffer.toString('utf8') } }
    : { type: 'resource', resource: { ...resource, blob: buffer.toString('base64') } };
}
