import type { InputFile } from './request.ts';
import type { ReturnedFile } from './types.ts';

/** Bytes of all input files: the service's own cap of a request is near. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Reads dropped or chosen files; a file of the same name replaces the former one. Throws when they are too large. */
export async function addFiles(known: readonly InputFile[], added: Iterable<File>): Promise<InputFile[]> {
  const files = new Map(known.map((file) => [file.path, file]));
  for (const file of added) {
    const total = [...files.values()].reduce((sum, { size }) => sum + size, file.size);
    if (total > MAX_BYTES)
      throw new Error(`${file.name} is too large: all files together have at most 16 MiB.`);
    files.set(file.name, await readFile(file));
  }
  return [...files.values()];
}

async function readFile(file: File): Promise<InputFile> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const size = bytes.length;
  try {
    const content = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { path: file.name, content, encoding: 'utf8', size };
  } catch {
    return { path: file.name, content: toBase64(bytes), encoding: 'base64', size };
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Returns the bytes of a returned file. */
function toBytes({ content, encoding }: ReturnedFile): Uint8Array<ArrayBuffer> {
  return encoding === 'base64'
    ? Uint8Array.from(atob(content), (character) => character.charCodeAt(0))
    : new TextEncoder().encode(content);
}

/** Returns a returned file as a download: a type that no browser shows, so that nothing in it runs. */
export const toDownload = (file: ReturnedFile): Blob =>
  new Blob([toBytes(file)], { type: 'application/octet-stream' });

/**
 * Returns a URL for an `img` element; undefined for any other type. A data URL, unlike one of a blob, has an origin of its
 * own even where somebody opens the picture itself: an SVG can hold scripts.
 */
export function toImageUrl(file: ReturnedFile): string | undefined {
  if (!imageTypes.has(file.media_type)) return undefined;
  return `data:${file.media_type};base64,${file.encoding === 'base64' ? file.content : toBase64(toBytes(file))}`;
}

const imageTypes: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'image/svg+xml',
]);

export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
