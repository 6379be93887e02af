import { describeFile, writeContent, type ReturnedFile } from './contract/files/returned-files.ts';
import type { Display } from './contract/sessions/display.ts';
import type { CellReport } from './contract/sessions/session.ts';
import type { Failure, Outcome, Success } from './contract/outcome.ts';
import { cutText, escapeText } from './text/serialize-text.ts';

/** Writes an outcome as JSON, with keys in the contract's order, and the result exactly as the script's own text. */
export const serializeOutcome = (outcome: Outcome): string => [...serializePieces(outcome)].join('');

/**
 * Yields the same text in pieces of about 64 Ki units, each well-formed, so that one long answer delays no other.
 */
export function* serializePieces(outcome: Outcome): Generator<string> {
  const pieces = outcome.success ? serializeSuccess(outcome) : serializeFailure(outcome);
  if (outcome.cell !== undefined) return yield* serializeCell(outcome.cell, pieces);
  if (outcome.generation === undefined) return yield* pieces;
  // Bounded text of a model. The outcome's own members follow it.
  yield `${JSON.stringify(outcome.generation).slice(0, -1)},`;
  const { value: first = '' } = pieces.next();
  yield String(first).slice(1);
  yield* pieces;
}

/** Yields the outcome of an execution in a session: its own members, then those of the cell. */
function* serializeCell(
  { results, isTruncated, session }: CellReport,
  pieces: Generator<string>,
): Generator<string> {
  // The last piece ends with the bracket that the other members come before.
  let last = '';
  for (const piece of pieces) {
    yield last;
    last = piece;
  }
  yield `${last.slice(0, -1)},"results":[`;
  for (const [index, result] of results.entries()) {
    if (index > 0) yield ',';
    yield* serializeDisplay(result);
  }
  yield `]${isTruncated ? ',"results_truncated":true' : ''},"session":${JSON.stringify(session)}}`;
}

/** Yields one result of a cell as JSON; its text is the script's own. */
export function* serializeDisplay({ main, data, omitted }: Display): Generator<string> {
  yield `{"main":${main},"data":{`;
  for (const [index, [type, part]] of Object.entries(data).entries()) {
    yield `${index === 0 ? '' : ','}${JSON.stringify(type)}:`;
    if (part.kind === 'json') yield* cutText(part.json);
    else {
      yield '"';
      yield* escapeText(part.text);
      yield '"';
    }
  }
  yield Object.keys(omitted).length === 0 ? '}}' : `},"omitted":${JSON.stringify(omitted)}}`;
}

function* serializeSuccess({
  result,
  stdout,
  stderr,
  return_code,
  execution,
  files,
  suggestions,
  validation,
  policy,
  review,
}: Success): Generator<string> {
  yield '{"success":true,"result":';
  // Unparsed: numbers keep their digits, and ten megabytes are not written twice.
  yield* cutText(result);
  yield ',';
  yield* serializeStreams(stdout, stderr);
  yield* serializeEnd({ suggestions, return_code, execution }, files, { validation, policy, review });
}

function* serializeFailure(failure: Failure): Generator<string> {
  const { success, error, error_type, message, stdout, stderr, suggestions, retryable } = failure;
  const { available_functions, location, traceback, return_code, execution, files } = failure;
  const { validation, policy, review } = failure;
  yield `${JSON.stringify({ success, error, error_type, message }).slice(0, -1)},`;
  yield* serializeStreams(stdout, stderr);
  const rest = { suggestions, retryable, available_functions, location, traceback, return_code, execution };
  yield* serializeEnd(rest, files, { validation, policy, review });
}

/** Yields the last members of an outcome, including the files, whose content is never one string. */
function* serializeEnd(before: object, files: readonly ReturnedFile[], after: object): Generator<string> {
  yield `${JSON.stringify(before).slice(1, -1)},"files":[`;
  for (const [index, file] of files.entries()) {
    const head = JSON.stringify(describeFile(file)).slice(0, -1);
    yield `${index === 0 ? '' : ','}${head},"content":"`;
    for (const piece of writeContent(file))
      yield file.encoding === 'utf8' ? JSON.stringify(piece).slice(1, -1) : piece;
    yield '"}';
  }
  const last = JSON.stringify(after);
  yield last === '{}' ? ']}' : `],${last.slice(1)}`;
}

function* serializeStreams(stdout: string, stderr: string): Generator<string> {
  yield '"stdout":"';
  yield* escapeText(stdout);
  yield '","stderr":"';
  yield* escapeText(stderr);
  yield '",';
}
