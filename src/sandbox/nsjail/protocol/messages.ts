import { pathCaps } from '../../../core/contract/files/paths.ts';
import { MAX_OMITTED } from '../../../core/contract/files/returned-files.ts';

/*
 * What the service and the harness say to each other: frames of one tag byte, four bytes of length (big endian) and the payload.
 * The service writes to the harness's descriptor 0, the harness to its descriptor 4. harness/jail/messages.py is made of this
 * table by scripts/lib/harness-messages.ts.
 *
 * The service treats all that a harness says after the job has begun as the script's own claim: the two share a process.
 */

/** A tag and a length. */
export const HEADER_BYTES = 5;

/** Raised with every change of the table. Either side refuses another version, and what the table does not name. */
export const PROTOCOL_VERSION = 1;

/** Random bytes of the service's, which the harness forgets before the script begins. */
export const SECRET_BYTES = 16;
/** The version, big endian. */
export const VERSION_BYTES = 2;
/** Of a file that is returned; every frame but its last has as many. */
export const MAX_DATA_BYTES = 64 * 1024;
/** Eight bytes of size, and a path. */
const MAX_FILE_BYTES = 8 + pathCaps.bytes;

interface Message {
  readonly from: 'service' | 'harness';
  /** No two messages have the same. */
  readonly tag: string;
  /** Most bytes of a payload; undefined where the job or its limits decide. */
  readonly mostBytes?: number;
  /** Comes any number of times. */
  readonly repeats?: true;
  readonly holds: string;
}

export const messages = {
  opening: {
    ...{ from: 'service', tag: 'H', mostBytes: VERSION_BYTES + SECRET_BYTES },
    holds: 'First of all, and alike in every version: the version in two bytes, then the secret.',
  },
  mode: { from: 'service', tag: 'M', mostBytes: 8, holds: '`function` or `script`.' },
  function: { from: 'service', tag: 'F', holds: "The function's name." },
  script: { from: 'service', tag: 'S', holds: 'The script, UTF-8.' },
  arguments: { from: 'service', tag: 'A', holds: 'Positional arguments, JSON.' },
  keywords: { from: 'service', tag: 'K', holds: 'Keyword arguments, JSON.' },
  argument: { from: 'service', tag: 'V', repeats: true, holds: 'One element of sys.argv[1:].' },
  variable: { from: 'service', tag: 'E', repeats: true, holds: 'One environment variable, `NAME=value`.' },
  stdin: { from: 'service', tag: 'I', holds: 'Standard input.' },
  result_cap: {
    ...{ from: 'service', tag: 'C', mostBytes: 16 },
    holds: 'Most bytes of the result, decimal digits.',
  },
  lenient: {
    ...{ from: 'service', tag: 'J', mostBytes: 0 },
    holds: 'A result that is no JSON is made to be: sets become lists, null stands for what is not finite.',
  },
  preflight: {
    ...{ from: 'service', tag: 'L', mostBytes: 16 },
    holds: 'The script is looked at and not run; the memory limit in bytes, decimal digits.',
  },
  input_file: {
    ...{ from: 'service', tag: 'P' },
    holds: 'The path of a file to write, UTF-8.',
  },
  input_data: { from: 'service', tag: 'D', holds: 'The next bytes of that file.' },
  root: {
    ...{ from: 'service', tag: 'W' },
    holds:
      "The directory of the script's own, JSON: path, working directory, whether other paths are refused.",
  },
  script_file: {
    ...{ from: 'service', tag: 'N' },
    holds:
      'The file in the working directory that the script becomes; where it is left out, it becomes none.',
  },
  return_files: {
    ...{ from: 'service', tag: 'O' },
    holds:
      'The files to send after the report, JSON: patterns taken apart (src/core/contract/files/globs.ts) and caps; with `memory`, the memory limit in bytes, figures too.',
  },
  word: {
    ...{ from: 'service', tag: 'X', repeats: true },
    holds: 'One element of the command line of the program that runs the script, before the arguments.',
  },
  product_file: {
    ...{ from: 'service', tag: 'T' },
    holds: 'The path of a file that this program makes, to be sent where it ended with status 0.',
  },
  run: { from: 'service', tag: 'G', mostBytes: 0, holds: 'The end of the job.' },

  ready: {
    ...{ from: 'harness', tag: 'y', mostBytes: 64 },
    holds: "First of all: the version in decimal digits, a space, the interpreter's version.",
  },
  refusal: {
    ...{ from: 'harness', tag: 'u', mostBytes: SECRET_BYTES + 200 },
    holds: 'Before the script begins: the secret, and why the job is refused.',
  },
  result: {
    from: 'harness',
    tag: 'r',
    holds: 'The result, JSON. At most one result, error or product comes.',
  },
  error: {
    // Traceback, message and candidate names, each bounded by the harness, escaped sixfold at worst.
    ...{ from: 'harness', tag: 'e', mostBytes: 1024 * 1024 },
    holds: 'The failure of the script, a JSON object with a `kind`.',
  },
  product: { from: 'harness', tag: 'b', holds: 'The file of `product_file`.' },
  figures: {
    ...{ from: 'harness', tag: 'f', mostBytes: 0 },
    holds: 'Before the report: figures follow it, also where no file was asked for.',
  },
  file: {
    ...{ from: 'harness', tag: 'n', mostBytes: MAX_FILE_BYTES },
    holds: 'After the report, a file: its size in eight bytes, and its path.',
  },
  figure: {
    ...{ from: 'harness', tag: 'p', mostBytes: MAX_FILE_BYTES },
    holds: 'After the report, the picture of a figure: its size in eight bytes, and a name.',
  },
  data: {
    ...{ from: 'harness', tag: 'd', mostBytes: MAX_DATA_BYTES },
    holds: 'The next 64 KiB of that file or figure, or the last bytes.',
  },
  files_end: {
    // As many paths as are listed, escaped sixfold at worst.
    ...{ from: 'harness', tag: 'o', mostBytes: MAX_OMITTED * 8 * pathCaps.bytes },
    holds: 'The end of all files: a JSON object that says what was left out.',
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
