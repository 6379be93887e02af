import { pathCaps } from '../../../core/contract/files/paths.ts';
import { MAX_OMITTED } from '../../../core/contract/files/returned-files.ts';

/*
 * Messages between the service and the harness, each in a frame: one byte of tag, four bytes of length (big endian), the
 * payload. The service writes to descriptor 0 of the harness, the harness to its descriptor 4. harness/jail/messages.py
 * is generated from this table by scripts/lib/harness-messages.ts.
 *
 * After a job has begun, the service takes every message of its harness for the script's claim: they share a process.
 */

/** Bytes of a tag and a length. */
export const HEADER_BYTES = 5;

/** Rises with every change of the table. Both sides refuse other versions, and messages that are not in the table. */
export const PROTOCOL_VERSION = 5;

/** Bytes of the secret: random bytes of the service, which the harness overwrites before the script begins. */
export const SECRET_BYTES = 16;
/** Bytes of the version, big endian. */
export const VERSION_BYTES = 2;
/** Bytes of a returned file in one frame; only its last frame may have fewer. */
export const MAX_DATA_BYTES = 64 * 1024;
/** Eight bytes of size, and a path. */
const MAX_FILE_BYTES = 8 + pathCaps.bytes;

interface Message {
  readonly from: 'service' | 'harness';
  /** Unique. */
  readonly tag: string;
  /** Maximum bytes of a payload; undefined when it depends on the job or its limits. */
  readonly mostBytes?: number;
  /** True when a job may have any number of them. */
  readonly repeats?: true;
  /** Describes the payload, and where the message may come. */
  readonly holds: string;
}

export const messages = {
  opening: {
    ...{ from: 'service', tag: 'H', mostBytes: VERSION_BYTES + SECRET_BYTES },
    holds: 'The version in two bytes, then the secret. Comes first, and is the same in every version.',
  },
  mode: {
    from: 'service',
    tag: 'M',
    mostBytes: 8,
    holds: '`function` or `script`; in a session also `cell`, or `files` and `inspect` where nothing runs.',
  },
  function: { from: 'service', tag: 'F', holds: "The function's name." },
  script: { from: 'service', tag: 'S', holds: 'The script, UTF-8.' },
  arguments: { from: 'service', tag: 'A', holds: 'Positional arguments, JSON.' },
  keywords: { from: 'service', tag: 'K', holds: 'Keyword arguments, JSON.' },
  argument: { from: 'service', tag: 'V', repeats: true, holds: 'One element of sys.argv[1:].' },
  variable: { from: 'service', tag: 'E', repeats: true, holds: 'One environment variable, `NAME=value`.' },
  stdin: { from: 'service', tag: 'I', holds: 'Standard input.' },
  result_cap: {
    ...{ from: 'service', tag: 'C', mostBytes: 16 },
    holds: 'Maximum bytes of the result, in decimal digits.',
  },
  lenient: {
    ...{ from: 'service', tag: 'J', mostBytes: 0 },
    holds:
      'Nothing. The result is converted to JSON: sets become lists, numbers that are not finite become null.',
  },
  preflight: {
    ...{ from: 'service', tag: 'L', mostBytes: 16 },
    holds: 'The memory limit in bytes, in decimal digits. The script is checked and does not run.',
  },
  hosts: {
    ...{ from: 'service', tag: 'Q', mostBytes: 48 * 1024 },
    holds: 'The content of /etc/hosts, where scripts may have a network.',
  },
  input_file: {
    ...{ from: 'service', tag: 'P' },
    holds: 'The path of a file to write, UTF-8.',
  },
  input_data: { from: 'service', tag: 'D', holds: 'The next bytes of that file.' },
  root: {
    ...{ from: 'service', tag: 'W' },
    holds: "The script's own directory, JSON: path, working directory, and whether other paths are refused.",
  },
  script_file: {
    ...{ from: 'service', tag: 'N' },
    holds: 'The file in the working directory to which the script is written; without this message, to none.',
  },
  return_files: {
    ...{ from: 'service', tag: 'O' },
    holds:
      'The files to send after the report, JSON: parsed patterns (src/core/contract/files/globs.ts) and caps; with `memory`, the memory limit in bytes, figures too.',
  },
  word: {
    ...{ from: 'service', tag: 'X', repeats: true },
    holds: 'One element of the command line of the program that runs the script, before the arguments.',
  },
  product_file: {
    ...{ from: 'service', tag: 'T' },
    holds: 'The path of a file that this program makes, which is sent when it ends with status 0.',
  },
  session: {
    ...{ from: 'service', tag: 'B', mostBytes: 64 },
    holds:
      'JSON: the number of the execution, and the most displays. The interpreter stays for the next job; before the files.',
  },
  run: { from: 'service', tag: 'G', mostBytes: 0, holds: 'Nothing. Ends the job.' },

  ready: {
    ...{ from: 'harness', tag: 'y', mostBytes: 64 },
    holds: "The version in decimal digits, a space, the interpreter's version. Comes first.",
  },
  refusal: {
    ...{ from: 'harness', tag: 'u', mostBytes: SECRET_BYTES + 200 },
    holds: 'The secret, and why the job is refused. Comes before the script begins.',
  },
  taken: {
    ...{ from: 'harness', tag: 't', mostBytes: SECRET_BYTES },
    holds:
      'The secret of a job of a session, which is read: what follows is of this job, and not of one before it.',
  },
  begun: {
    ...{ from: 'harness', tag: 's', mostBytes: 0 },
    holds: 'Nothing. In a session: the script can be interrupted from now on.',
  },
  display: {
    from: 'harness',
    tag: 'v',
    holds:
      'One result of a cell: four bytes of length, a JSON object (src/core/contract/sessions/display.ts), the bytes of its parts. Comes before the report.',
  },
  result: {
    from: 'harness',
    tag: 'r',
    holds: 'The result, JSON. A job has at most one result, error or product.',
  },
  error: {
    // The harness bounds traceback, message and candidate names; escapes make them six times as long at worst.
    ...{ from: 'harness', tag: 'e', mostBytes: 1024 * 1024 },
    holds: 'The failure of the script, a JSON object with a `kind`.',
  },
  product: { from: 'harness', tag: 'b', holds: 'The file of `product_file`.' },
  figures: {
    ...{ from: 'harness', tag: 'f', mostBytes: 0 },
    holds: 'Nothing. Comes before the report: figures follow it, even when no files were asked for.',
  },
  file: {
    ...{ from: 'harness', tag: 'n', mostBytes: MAX_FILE_BYTES },
    holds: 'The size of a file in eight bytes, and its path. Comes after the report.',
  },
  figure: {
    ...{ from: 'harness', tag: 'p', mostBytes: MAX_FILE_BYTES },
    holds: 'The size of the picture of a figure in eight bytes, and its name. Comes after the report.',
  },
  data: {
    ...{ from: 'harness', tag: 'd', mostBytes: MAX_DATA_BYTES },
    holds: 'The next 64 KiB of that file or figure, or the last bytes.',
  },
  files_end: {
    // Escapes make the listed paths six times as long at worst.
    ...{ from: 'harness', tag: 'o', mostBytes: MAX_OMITTED * 8 * pathCaps.bytes },
    holds: 'A JSON object with the files that were left out. Ends the files.',
  },
} as const satisfies Readonly<Record<string, Message>>;

type NamesFrom<Side extends Message['from']> = {
  [Name in keyof typeof messages]: (typeof messages)[Name]['from'] extends Side ? Name : never;
}[keyof typeof messages];

export type ServiceMessage = NamesFrom<'service'>;
export type HarnessMessage = NamesFrom<'harness'>;

/** Every message by its name, in the table's order. */
export const messageTable = Object.entries(messages) as readonly (readonly [
  keyof typeof messages,
  Message,
])[];
