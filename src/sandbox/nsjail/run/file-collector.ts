import { isUtf8 } from 'node:buffer';
import { isPng } from '../../../core/contract/files/figures.ts';
import { parseGlob } from '../../../core/contract/files/globs.ts';
import {
  createReturnCheck,
  guessMediaType,
  nothingCollected,
  parseJailSummary,
  type CollectedFiles,
  type ReturnedFile,
} from '../../../core/contract/files/returned-files.ts';
import type { ReturnCaps } from '../protocol/encode-job.ts';
import type { FileTag } from '../protocol/frame-reader.ts';
import { MAX_DATA_BYTES } from '../protocol/messages.ts';

/** Collects the files that a jail sends after its report. */
export interface FileCollector {
  push(tag: FileTag, payload: Buffer): void;
  /** Takes no more files; the complete ones are the result. */
  abandon(): void;
  /** Resolves when the jail has sent everything, or was stopped. */
  readonly ended: Promise<void>;
  finish(): CollectedFiles;
}

interface OpenFile {
  readonly path: string;
  readonly isFigure: boolean;
  /** Has the announced size; pages that are never written cost nothing. */
  readonly bytes: Buffer<ArrayBuffer>;
  length: number;
  /** True after a frame that was not full, which is the last one. */
  isFinal: boolean;
}

/**
 * Creates a collector. A script may have forged the frames: paths are checked and matched against the patterns again,
 * and counts and sizes are added up here. Memory for a file is allocated once, and a small frame ends the file,
 * because millions of small frames would waste time.
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

  /** Closes the open file, if any; returns false when a figure is not a PNG. */
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
    // Complete as soon as its last byte arrives, even if the jail ends before its next frame.
    return open.length < open.bytes.length || closeOpen();
  };

  const take = (tag: FileTag, payload: Buffer): boolean => {
    if (tag === 'data') return append(payload);
    if (!closeOpen()) return false;
    if (tag !== 'files_end') return startFile(payload, tag === 'figure');
    summary = parseJailSummary(payload.toString('utf8'));
    // Ignores everything after the last frame.
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
  // Copies a file that became shorter while it was read, so that the unused memory is freed.
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
