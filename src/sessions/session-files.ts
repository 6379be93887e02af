import type { Evidence } from '../core/contract/evidence.ts';
import type { ReturnedFile } from '../core/contract/files/returned-files.ts';
import type { InputFile } from '../core/contract/request.ts';
import {
  jailListingSchema,
  sourceReportSchema,
  type SessionFileList,
  type SourceReport,
} from '../core/contract/sessions/session.ts';
import { bareJob, JailFailure, type Job } from '../sandbox/sandbox.ts';
import type { SessionRecord } from './session-record.ts';
import { fileTooLarge, noSuchFile, notWritten } from './session-refusals.ts';

type Note = (evidence: Evidence) => void;

/** Seconds for files to come and go; a script may have left so little of the jail that they never do. */
const MOST_SECONDS = 30;

/** Has the harness look at files, or at a source; no code of the script is started. */
async function work(
  record: SessionRecord,
  parts: Partial<Job>,
  signal: AbortSignal,
  note: Note,
): Promise<Evidence> {
  if (record.session === undefined) throw new JailFailure('The session has no jail.');
  const { limits } = record.opened;
  const evidence = await record.session.run(
    {
      ...bareJob,
      ...{ script: '', entry: { kind: 'script', argsJson: '[]', file: undefined } },
      ...parts,
      session: { mode: parts.script === undefined ? 'files' : 'inspect', number: record.status.executions },
    },
    { limits: { ...limits, timeout: MOST_SECONDS, cpu_time: MOST_SECONDS }, signal },
  );
  note(evidence);
  return evidence;
}

export async function listSessionFiles(
  record: SessionRecord,
  signal: AbortSignal,
  note: Note,
): Promise<SessionFileList> {
  const { report } = await work(record, {}, signal, note);
  const listed = report?.kind === 'result' ? jailListingSchema.safeParse(JSON.parse(report.json)) : undefined;
  if (listed?.data === undefined) throw new JailFailure('A session did not list its files.');
  const { files, complete } = listed.data;
  return {
    complete,
    files: files.map(({ path, size, modified }) => ({
      path: path.toWellFormed(),
      size,
      modified_at: new Date(modified * 1000).toISOString(),
    })),
  };
}

/** Tells whether a source is complete, and what its last word may be. */
export async function inspectSource(
  record: SessionRecord,
  script: string,
  signal: AbortSignal,
  note: Note,
): Promise<SourceReport> {
  const { report } = await work(record, { script }, signal, note);
  const told = report?.kind === 'result' ? sourceReportSchema.safeParse(JSON.parse(report.json)) : undefined;
  if (told?.data === undefined) throw new JailFailure('A session did not look at a source.');
  return told.data;
}

/** @throws Refusal when there is no such file, or it is over the cap. */
export async function findFile(
  record: SessionRecord,
  path: string,
  signal: AbortSignal,
  note: Note,
): Promise<ReturnedFile> {
  const { collected } = await work(record, { returnFiles: [quoteGlob(path)] }, signal, note);
  const file = collected?.files.find((one) => one.path === path);
  if (file !== undefined) return file;
  throw collected?.omitted.some(({ reason }) => reason === 'too_large') === true
    ? fileTooLarge(path)
    : noSuchFile(path);
}

/** @throws Refusal when there is no room for it, or a folder is in its place. */
export async function writeSessionFile(
  record: SessionRecord,
  file: InputFile,
  signal: AbortSignal,
  note: Note,
): Promise<void> {
  const { report } = await work(record, { files: [file] }, signal, note);
  if (report?.kind === 'result') return;
  throw report?.kind === 'runtime_error'
    ? notWritten(report.message)
    : new JailFailure('A session did not take a file.');
}

/** Returns the pattern that matches this path alone. */
const quoteGlob = (path: string): string => path.replaceAll(/[*?[]/g, (sign) => `[${sign}]`);
