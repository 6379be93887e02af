import { Mime } from 'mime';
import otherTypes from 'mime/types/other.js';
import standardTypes from 'mime/types/standard.js';
import { z } from 'zod';
import { isFigureName } from './figures.ts';
import { matchesAny, type Glob, type MatchBudget } from './globs.ts';
import { complainAboutPath, createPathBook, pathCaps } from './paths.ts';

/** A file of the working directory, as bytes. It is encoded only when it is written. */
export interface ReturnedFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly media_type: string;
  /** `utf8` when the bytes are valid UTF-8 without NUL. */
  readonly encoding: 'utf8' | 'base64';
  /** Set for a figure that the script drew, which no path requested. */
  readonly figure?: true;
}

/** Format of a returned file on the wire. */
export const returnedFileSchema = z.object({
  path: z.string().meta({ description: 'Relative to the working directory.' }),
  size: z.number().int().meta({ description: 'In bytes.' }),
  media_type: z.string().meta({
    description: 'By its name; `text/plain` or `application/octet-stream` where that says nothing.',
  }),
  encoding: z.enum(['utf8', 'base64']),
  figure: z.literal(true).optional().meta({
    description: 'A figure of matplotlib that the script showed or left open; absent on other files.',
  }),
  content: z.string().meta({ description: 'Text where the bytes are UTF-8 without NUL, base64 otherwise.' }),
});
export type WrittenFile = z.infer<typeof returnedFileSchema>;

export const omissionReasons = {
  too_large: 'More bytes than were left of the cap.',
  too_many: 'More files than the cap of their number.',
  not_a_file: 'A symbolic link, a fifo, a socket or a device.',
  bad_path: 'Not UTF-8, too long or too deep.',
  unreadable: 'It could not be opened or read.',
  not_drawn: 'A figure that matplotlib could not draw; `detail` has its words.',
} as const;
export type OmissionReason = keyof typeof omissionReasons;

/** Maximum number of omitted files that are listed; further ones are counted. */
export const MAX_OMITTED = 100;
/** Maximum UTF-16 units of the detail of one. */
const MAX_DETAIL = 300;

const omittedSchema = z.object({
  path: z.string(),
  size: z.number().nullable().meta({
    description: 'In bytes; null where it is no regular file, or a figure that was not drawn.',
  }),
  reason: z.enum(Object.keys(omissionReasons) as [OmissionReason, ...OmissionReason[]]),
  detail: z.string().optional().meta({ description: 'With `not_drawn`: the exception.' }),
});

/** Report on `return_files` and figures. */
export const filesReportSchema = z.object({
  returned: z.number().int(),
  bytes: z.number().int().meta({ description: 'Of all that are returned.' }),
  omitted: z
    .array(omittedSchema)
    .meta({ description: `What matched or was drawn, and is not returned; at most ${MAX_OMITTED}.` }),
  omitted_total: z.number().int(),
  complete: z.boolean().meta({
    description:
      'False where the working directory was gone, or not all of it looked at before the deadline.',
  }),
});
export type FilesReport = z.infer<typeof filesReportSchema>;

/** Files that were returned from a jail, and its report on the others. */
export interface CollectedFiles {
  readonly files: readonly ReturnedFile[];
  readonly omitted: FilesReport['omitted'];
  readonly omittedTotal: number;
  readonly complete: boolean;
}

export const nothingCollected: CollectedFiles = { files: [], omitted: [], omittedTotal: 0, complete: false };

export function reportFiles({ files, omitted, omittedTotal, complete }: CollectedFiles): FilesReport {
  return {
    returned: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
    omitted: [...omitted],
    omitted_total: omittedTotal,
    complete,
  };
}

/** Summary that the jail sends after its files: a claim of its own, so it is cut to size. */
const jailSummarySchema = z.object({
  omitted: z
    .array(
      z.object({
        path: z.string().transform((path) => path.slice(0, pathCaps.bytes).toWellFormed()),
        size: z.number().min(0).nullable(),
        reason: z.enum(Object.keys(omissionReasons) as [OmissionReason, ...OmissionReason[]]),
        detail: z
          .string()
          .transform((text) => text.slice(0, MAX_DETAIL).toWellFormed())
          .exactOptional(),
      }),
    )
    .max(MAX_OMITTED),
  omitted_total: z.int().min(0),
  complete: z.boolean(),
});

/** Parses the summary; returns undefined when it is malformed. */
export function parseJailSummary(json: string): z.infer<typeof jailSummarySchema> | undefined {
  try {
    const summary = jailSummarySchema.safeParse(JSON.parse(json)).data;
    return summary && { ...summary, omitted_total: Math.max(summary.omitted_total, summary.omitted.length) };
  } catch {
    return undefined;
  }
}

/**
 * Steps of matching for each file that may be returned, in one shared budget: a hundred patterns take some thousands
 * for a usual path, forged paths would take a hundred million.
 */
const STEPS_PER_FILE = 40_000;

/**
 * Creates a check whether a jail may return a file of this path: a requested one, or one with the name of a figure,
 * and each only once.
 * @param most files that may be returned.
 */
export function createReturnCheck(
  globs: readonly Glob[],
  most: number,
): (path: string, isFigure: boolean) => boolean {
  const book = createPathBook();
  const budget: MatchBudget = { steps: STEPS_PER_FILE * most };
  return (path, isFigure) =>
    complainAboutPath(path) === undefined &&
    (isFigure ? isFigureName(path) : matchesAny(globs, path, budget)) &&
    book.add(path) === undefined;
}

/** Types that the registry lacks, or has for something else (`.ts` is video there). */
const ownTypes = {
  'text/x-python': ['py'],
  'text/x-typescript': ['ts'],
  'application/vnd.apache.parquet': ['parquet'],
  'application/x-ipynb+json': ['ipynb'],
};
const mime = new Mime(standardTypes, otherTypes).define(ownTypes, true);

/** Guesses the media type by the extension, like web servers. */
export function guessMediaType(path: string, encoding: ReturnedFile['encoding']): string {
  return mime.getType(path) ?? (encoding === 'utf8' ? 'text/plain' : 'application/octet-stream');
}

/** Bytes of a file encoded in one go; a multiple of three, so that the base64 of the pieces is that of the whole. */
const PIECE = 48 * 1024;

/** Yields the content as text in its encoding; no piece splits a surrogate pair. */
export function* writeContent({ bytes, encoding }: ReturnedFile): Generator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (let start = 0; start < bytes.length; start += PIECE) {
    const piece = bytes.subarray(start, start + PIECE);
    yield encoding === 'utf8'
      ? decoder.decode(piece, { stream: true })
      : btoa(Reflect.apply(String.fromCharCode, String, piece));
  }
}

/** Returns the fields of a file on the wire, except its content. */
export function describeFile({ path, bytes, media_type, encoding, figure }: ReturnedFile) {
  return { path, size: bytes.length, media_type, encoding, ...(figure && { figure }) };
}

/** Converts a file to its format on the wire. */
export function writeFile(file: ReturnedFile): WrittenFile {
  return { ...describeFile(file), content: [...writeContent(file)].join('') };
}
