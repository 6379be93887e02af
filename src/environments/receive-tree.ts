import { createHash, type Hash } from 'node:crypto';
import { mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { z } from 'zod';
import { BuildFailure } from './build-failure.ts';
import { createByteReader, type ByteReader } from './byte-reader.ts';
import { createDiskMeter, type DiskMeter, type DiskUse, type TreeCaps } from './disk-use.ts';

export interface ReceivedTree {
  /** SHA-256 over every path, mode and content; the address of the content. */
  readonly digest: string;
  /** Bytes of all file contents. */
  readonly bytes: number;
  readonly disk: DiskUse;
}

/** Longest line that announces a file, in bytes. */
const MOST_LINE = 16 * 1024;
/** Bytes up to which a file is written at once. */
const SMALL_FILE = 1024 * 1024;
const MOST_DEPTH = 40;
const MOST_PATH = 1024;
/** Bytes of all paths and links together, which stay in memory until the tree is complete. */
const MOST_WORDS = 64 * 1024 * 1024;

/** Folder beside the packages that only the service writes. */
export const OWN_FOLDER = '.brig';

const recordSchema = z.union([
  z.strictObject({
    path: z.string(),
    mode: z.union([z.literal(0o644), z.literal(0o755)]),
    size: z.int().min(0),
  }),
  z.strictObject({ path: z.string(), link: z.string().min(1).max(1000) }),
  z.strictObject({ done: z.literal(true) }),
  z.strictObject({ failed: z.enum(['install_failed', 'disk_limit']) }),
]);

const refuse = (what: string): never => {
  throw new BuildFailure('invalid_files', `The build gave files that are not taken: ${what}.`);
};

/**
 * Writes the files that a build jail sends (harness/build/common.py) below `target`, a new folder of the service's own.
 * Treats all input as hostile: paths stay below the folder, entries are regular files, folders, and links to places
 * inside, and no file is ever written through a link, since links come last.
 *
 * @throws BuildFailure for a forbidden entry, for too much, or for a failure that the jail reports.
 */
export async function receiveTree(
  chunks: AsyncIterable<Uint8Array>,
  target: string,
  caps: TreeCaps,
): Promise<ReceivedTree> {
  const reader = createByteReader(chunks);
  const entries = new Map<string, string>();
  const links = new Map<string, string>();
  const folders = new Set<string>(['.']);
  const meter = createDiskMeter(caps);
  let [bytes, words] = [0, 0];
  for (;;) {
    const record = await readRecord(reader);
    if ('done' in record) break;
    if ('failed' in record) throw new BuildFailure(record.failed, failures[record.failed]);
    const path = checkPath(record.path);
    words += path.length + ('link' in record ? record.link.length : 0);
    if (words > MOST_WORDS) refuse('too many long paths');
    if (entries.has(path) || folders.has(path)) refuse('one twice');
    if ('link' in record) meter.addLink(path, record.link);
    else meter.addFile(path, record.size);
    await makeFolders({ target, folders, entries, meter }, posix.dirname(path));
    if ('link' in record) {
      entries.set(path, `link ${checkLink(path, record.link)}`);
      links.set(path, record.link);
      continue;
    }
    bytes += record.size;
    entries.set(
      path,
      `${record.mode} ${await writeContent(reader, join(target, path), record.mode, record.size)}`,
    );
  }
  for (const [path, link] of links) refuseDetour(path, link, links);
  for (const [path, link] of links) await symlink(link, join(target, path));
  return { digest: digestOf(entries), bytes, disk: meter.used() };
}

const failures = {
  install_failed: 'The packages could not be installed: the last lines of the progress say why.',
  disk_limit:
    'The build needs more space than BRIG_BUILD_DISK_MB gives it: the operator can raise it, or a smaller build of a package helps (of torch one for CPUs).',
} as const;

async function readRecord(reader: ByteReader): Promise<z.infer<typeof recordSchema>> {
  const line = await reader.readLine(MOST_LINE);
  if (line === undefined)
    throw new BuildFailure('install_failed', 'The build ended before its files were complete.');
  try {
    return recordSchema.parse(JSON.parse(line));
  } catch {
    return refuse('a malformed record');
  }
}

function checkPath(path: string): string {
  const parts = path.split('/');
  const isPlain = parts.every(
    (part) =>
      part !== '' && part !== '.' && part !== '..' && Buffer.byteLength(part) <= 255 && !part.includes('\0'),
  );
  if (!isPlain || parts.length > MOST_DEPTH || Buffer.byteLength(path) > MOST_PATH || !path.isWellFormed())
    refuse('a path that is none');
  // The service itself writes there and must not follow a link of the build.
  if (parts[0] === OWN_FOLDER) refuse(`the folder ${OWN_FOLDER}`);
  return path;
}

/** Rejects a link whose text leads outside the folder. */
function checkLink(path: string, link: string): string {
  const end = posix.normalize(posix.join(posix.dirname(path), link));
  if (posix.isAbsolute(link) || end === '..' || end.startsWith('../') || link.includes('\0')) {
    refuse('a link that leads outside');
  }
  return link;
}

/** Rejects `..` behind another link, where the text misleads: `f -> d/e/..` leaves the folder where `d/e -> ..`. */
function refuseDetour(path: string, link: string, links: ReadonlyMap<string, string>): void {
  const parts = link.split('/');
  for (const [index, part] of parts.entries()) {
    const before = posix.normalize(posix.join(posix.dirname(path), ...parts.slice(0, index)));
    if (part === '..' && isBelowLink(before, links)) refuse('a link that leads outside');
  }
}

function isBelowLink(path: string, links: ReadonlyMap<string, string>): boolean {
  for (let at = path; at !== '.' && at !== '/'; at = posix.dirname(at)) if (links.has(at)) return true;
  return false;
}

interface Receiving {
  readonly target: string;
  readonly folders: Set<string>;
  readonly entries: ReadonlyMap<string, string>;
  readonly meter: DiskMeter;
}

async function makeFolders(tree: Receiving, folder: string): Promise<void> {
  if (tree.folders.has(folder)) return;
  if (tree.entries.has(folder)) refuse('a file that is a folder too');
  await makeFolders(tree, posix.dirname(folder));
  tree.meter.addFolder(folder);
  await mkdir(join(tree.target, folder), { mode: 0o755 });
  tree.folders.add(folder);
}

/** Writes the next `size` bytes to a new file; returns their SHA-256. */
async function writeContent(reader: ByteReader, file: string, mode: number, size: number): Promise<string> {
  const hash = createHash('sha256');
  if (size <= SMALL_FILE) {
    const content = await reader.read(size);
    hash.update(content);
    await writeFile(file, content, { flag: 'wx', mode });
    return hash.digest('hex');
  }
  await writeLarge(reader, file, mode, size, hash);
  return hash.digest('hex');
}

async function writeLarge(
  reader: ByteReader,
  file: string,
  mode: number,
  size: number,
  hash: Hash,
): Promise<void> {
  await using handle = await open(file, 'wx', mode);
  for (let left = size; left > 0;) {
    const piece = await reader.read(Math.min(left, SMALL_FILE));
    hash.update(piece);
    await handle.writeFile(piece);
    left -= piece.length;
  }
}

function digestOf(entries: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const path of [...entries.keys()].toSorted()) hash.update(`${path}\0${entries.get(path) ?? ''}\n`);
  return hash.digest('hex');
}
