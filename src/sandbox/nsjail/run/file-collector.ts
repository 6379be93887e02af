import { isUtf8 } from 'node:buffer';
import { isPng } from '../../../core/files/figures.ts';
import { parseGlob } from '../../../core/files/globs.ts';
import {
  createReturnCheck,
  guessMediaType,
  nothingCollected,
  parseJailSummary,
  type CollectedFiles,
  type ReturnedFile,
} from '../../../core/files/returned-files.ts';
import type { ReturnCaps } from '../protocol/encode-job.ts';
import type { FileTag } from '../protocol/frame-reader.ts';
import { MAX_DATA_BYTES } from '../protocol/messages.ts';

/** Takes the files that a jail sends after its report. */
export interface FileCollector {
  push(tag: FileTag, payload: Buffer): void;
  /** Takes no more: what is complete so far is what there is. */
  abandon(): void;
  /** Resolves when the jail has sent all, or was stopped at it. */
  readonly ended: Promise<void>;
  finish(): CollectedFiles;
}

interface OpenFile {
  readonly path: string;
  readonly isFigure: boolean;
  /** Of the size that was announced; pages that nothing is written to cost nothing. */
  readonly bytes: Buffer<ArrayBuffer>;
  length: number;
  /** A frame was not full: it was the last one. */
  isFinal: boolean;
}

/**
 * What comes may be the script's own: paths are checked and compared with the patterns once more, numbers and sizes are
 * counted here. The memory for a file is taken once, and small frames end it: millions of them would be work for nothing.
 */
export function createFileCollector(
  patterns: readonly string[],
  takesFigures: boolean,
  caps: ReturnCaps,
): FileCollector {
  const mayReturn = createReturnCheck(patterns.map(parseGlob), caps.files);
  const files: ReturnedFile[] = [];
  const ended = Promise.withResolvers<void>();
  let summary: ReturnType<typeof parseJailSummary>;
  let open: OpenFile | undefined;
  let left = caps.filesBytes;
  let isOver = false;

  const end = (): void => {
    isOver = true;
    open = undefined;
    ended.resolve();
  };

  /** Whether what was open, if anything was, is what it was said to be. */
  const closeOpen = (): boolean => {
    const file = open;
    open = undefined;
    if (file === undefined) return true;
    if (file.isFigure && !isPng(file.bytes)) return false;
    files.push(toReturnedFile(file));
    return true;
  };

  const startFile = (payload: Buffer, isFigure: boolean): boolean => {
    const size = payload.length < 8 ? undefined : Number(payload.readBigUInt64BE());
    const path = payload.toString('utf8', 8);
    if (size === undefined || size > left || files.length >= caps.files) return false;
    if (isFigure && !takesFigures) return false;
    if (!isUtf8(payload.subarray(8)) || !mayReturn(path, isFigure)) return false;
    left -= size;
    open = { path, isFigure, bytes: Buffer.alloc(size), length: 0, isFinal: false };
    return true;
  };

  const append = (payload: Buffer): boolean => {
    if (open === undefined || open.isFinal || payload.length === 0) return false;
    if (open.length + payload.length > open.bytes.length) return false;
    payload.copy(open.bytes, open.length);
    open.length += payload.length;
    open.isFinal = payload.length < MAX_DATA_BYTES;
    // Whole as soon as its last byte is there, whatever becomes of the jail before its next frame.
    return open.length < open.bytes.length || closeOpen();
  };

  const take = (tag: FileTag, payload: Buffer): boolean => {
    if (tag === 'data') return append(payload);
    if (!closeOpen()) return false;
    if (tag !== 'files_end') return startFile(payload, tag === 'figure');
    summary = parseJailSummary(payload.toString('utf8'));
    // The last one: all after it is nothing to us.
    return false;
  };

  return {
    push: (tag, payload) => {
      if (!isOver && !take(tag, payload)) end();
    },
    abandon: end,
    ended: ended.promise,
    finish: () => {
      end();
      const {
        omitted,
        omitted_total: omittedTotal,
        complete,
      } = summary ?? { ...nothingCollected, omitted_total: 0 };
      return { files, omitted, omittedTotal, complete };
    },
  };
}

function toReturnedFile({ path, isFigure, bytes, length }: OpenFile): ReturnedFile {
  // A file that became shorter while it was read; a copy, so that the rest is let go.
  const content = length === bytes.length ? bytes : Buffer.from(bytes.subarray(0, length));
  const encoding = isUtf8(content) && !content.includes(0) ? 'utf8' : 'base64';
  return {
    path,
    bytes: content,
    media_type: guessMediaType(path, encoding),
    encoding,
    ...(isFigure ? { figure: true } : {}),
  };
}
