/*
 * Reports of runtimes on stderr when a program fails. The script can forge them, so they are read up to a bound,
 * never trusted, and only name a failure.
 */

export interface SourceLocation {
  /** Relative to the working directory. */
  readonly file: string;
  readonly line: number;
  readonly column?: number | undefined;
}

interface Words {
  readonly message: string;
  readonly location?: SourceLocation | undefined;
  readonly traceback?: string | undefined;
}

export type LastWords =
  /** The source was refused before any of it ran. */
  | ({ readonly kind: 'syntax_error' } & Words)
  /** An exception or panic: `type` is its class, or a substitute for one. */
  | ({ readonly kind: 'uncaught'; readonly type: string } & Words)
  /** The runtime's own heap was exhausted. */
  | { readonly kind: 'out_of_memory' };

/** UTF-16 units read of the end of stderr. */
export const MOST_LOOKED_AT = 64 * 1024;
const MOST_MESSAGE = 8000;
const MOST_TRACEBACK = 16_000;
const MOST_TYPE = 200;

const WORK_DIR = '/work/';

export const cutMessage = (text: string): string => text.slice(0, MOST_MESSAGE).toWellFormed();
const cutTraceback = (text: string): string => text.slice(0, MOST_TRACEBACK).toWellFormed();
const cutType = (text: string): string => text.slice(0, MOST_TYPE).toWellFormed();

/** Describes an uncaught exception, with every text cut; `frames` are the lines in the working directory. */
export function toUncaught(
  type: string,
  message: string,
  location: SourceLocation | undefined,
  frames: readonly string[] = [],
): LastWords {
  return {
    kind: 'uncaught',
    type: cutType(type),
    message: cutMessage(message),
    location,
    ...(frames.length === 0
      ? {}
      : { traceback: cutTraceback([`${type}: ${message}`, ...frames].join('\n')) }),
  };
}

/**
 * Parses `/work/main.js:3:9`, with or without `file://`; returns undefined for a path outside the working directory.
 */
export function toLocation(
  file: string | undefined,
  line: string | undefined,
  column?: string,
): SourceLocation | undefined {
  const path = file?.replace(/^file:\/\//, '').replace(/^\.\//, '');
  if (path === undefined || line === undefined) return undefined;
  if (path.startsWith('/') && !path.startsWith(WORK_DIR)) return undefined;
  const at = Number(line);
  if (!(at >= 1 && at <= 100_000_000)) return undefined;
  const across = Number(column);
  return {
    file: (path.startsWith(WORK_DIR) ? path.slice(WORK_DIR.length) : path).slice(0, 1000),
    line: at,
    ...(column !== undefined && across >= 1 && across <= 100_000_000 ? { column: across } : {}),
  };
}
