import { isRecord } from './is-record.ts';
import { MIB, type LimitPolicy, type RequestedLimits } from '../contract/limits.ts';
import { nearest } from '../text/nearest.ts';
import { complainAboutPath, createPathBook } from '../contract/files/paths.ts';
import { requestCaps, type InputFile } from '../contract/request.ts';
import { formatBytes } from '../text/format-figures.ts';
import { quote, type Mistake } from '../text/words.ts';

/** Bytes of a page; a file takes whole pages of the working directory. */
const PAGE = 4096;

const fieldNames = ['path', 'content', 'encoding'] as const;

/**
 * Contents passed as bytes instead of in the body, by the index of their file; only callers in this process have
 * them.
 */
export type GivenContents = ReadonlyMap<number, Uint8Array<ArrayBuffer>>;

/**
 * Decodes the `files` of a body, and complains about what the schema does not check: paths that exclude each other,
 * invalid base64, unknown fields of an entry. Skips entries that the schema refuses.
 */
export function readFiles(
  files: unknown,
  given: GivenContents = new Map(),
): { files: InputFile[]; mistakes: Mistake[] } {
  const book = createPathBook();
  const read: InputFile[] = [];
  const mistakes: Mistake[] = [];
  for (const [index, file] of (Array.isArray(files) ? files : []).slice(0, requestCaps.files).entries()) {
    if (!isRecord(file)) continue;
    mistakes.push(...complainAboutUnknown(file, index));
    const { path } = file;
    if (typeof path !== 'string' || complainAboutPath(path) !== undefined) continue;
    const name = `files[${index}] ${quote(path)}`;
    const complaint = book.add(path);
    if (complaint !== undefined) mistakes.push({ message: `${name} ${complaint}` });
    const bytes = given.get(index) ?? decode(file);
    if (bytes === undefined) {
      mistakes.push({
        message: `${name} has content that is not base64`,
        suggestion:
          'Send text with the encoding "utf8", and bytes in base64 of the standard alphabet (A-Z a-z 0-9 + /).',
      });
    } else read.push({ path, bytes });
  }
  if (book.entries > requestCaps.fileEntries) {
    mistakes.push({
      message: `files and their folders are ${book.entries}; at most ${requestCaps.fileEntries} are taken`,
    });
  }
  return { files: read, mistakes };
}

function complainAboutUnknown(file: Readonly<Record<string, unknown>>, index: number): Mistake[] {
  const unknown = Object.keys(file).find((name) => !fieldNames.some((known) => known === name));
  if (unknown === undefined) return [];
  const [like] = nearest(unknown, fieldNames, 1);
  const ask = like === undefined ? '' : `; did you mean "${like}"?`;
  return [
    {
      message: `Unknown field ${quote(`files[${index}].${unknown}`)}${ask}`,
      suggestion: `Fields of a file: ${fieldNames.join(', ')}.`,
    },
  ];
}

const encoder = new TextEncoder();

/** Returns undefined for content that is no string, or an unknown encoding, which the schema refuses. */
function decode({
  content,
  encoding,
}: Readonly<Record<string, unknown>>): Uint8Array<ArrayBuffer> | undefined {
  if (typeof content !== 'string') return new Uint8Array();
  return encoding === 'base64' ? decodeBase64(content) : encoder.encode(content);
}

/** Complains about files that the working directory cannot hold. */
export function complainAboutDisk(
  files: readonly InputFile[],
  { disk_mb: asked }: RequestedLimits,
  { defaults, ceilings }: LimitPolicy,
): Mistake[] {
  const bytes = files.reduce((sum, file) => sum + Math.ceil(file.bytes.length / PAGE) * PAGE, 0);
  const disk = asked ?? defaults.disk_mb;
  if (bytes <= disk * MIB) return [];
  const needed = Math.ceil(bytes / MIB);
  return [
    {
      message: `files take ${formatBytes(bytes)} of a working directory that has limits.disk_mb = ${disk} MiB`,
      suggestion:
        needed > ceilings.disk_mb
          ? `Send less: limits.disk_mb can be ${ceilings.disk_mb} at most.`
          : `Ask for limits.disk_mb of at least ${needed}, and room for what the script writes.`,
    },
  ];
}

/** Decodes base64 like browsers: ignores white space, and padding is optional. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  let characters: string;
  try {
    characters = atob(text);
  } catch {
    return undefined;
  }
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < characters.length; at += 1) bytes[at] = characters.charCodeAt(at);
  return bytes;
}
