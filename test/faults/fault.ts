import type { SoakAnswer } from '../../bench/soak/kind.ts';
import type { Arena } from './arena.ts';

/** Failures that a caller may see besides the right answer: each blames the machine and can be retried. */
export const typedFailures = ['sandbox_unavailable', 'overloaded', 'internal_error'] as const;

/** An answer that somebody waited for while the fault was there. */
export interface Seen {
  /** `right`, one of the typed failures, `no answer`, or what is wrong. */
  readonly verdict: string;
  readonly isWrong: boolean;
}

/** Answers during a fault, and the proof that it was there. */
export interface Struck {
  readonly seen: readonly Seen[];
  /** Observation that proves the fault, in a few words; never empty. */
  readonly proof: string;
}

export interface Prepared extends AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>;
}

export interface Fault {
  readonly name: string;
  /** Part of the table it stands in. */
  readonly group: string;
  /** Description in a sentence. */
  readonly what: string;
  /** Needs that a host may lack. */
  readonly needs?: readonly Need[];
  /** Settings of a service for this fault alone; it then does not share one with others. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Prepares the host before the service starts and undoes that after its end; adds settings. */
  readonly prepare?: () => Promise<Prepared>;
  /** The service itself does not survive: its callers get no answer, and another one is started. */
  readonly endsService?: true;
  /** The service has its helpers and cgroups only after the fault. */
  readonly startsLater?: true;
  /** Callers may be left without an answer, since it is their connection that is struck. */
  readonly mayHangUp?: true;
  /** Brings the fault about, with callers at work, and undoes it. @throws Error where it was not there. */
  readonly strike: (arena: Arena) => Promise<Struck>;
}

export type Need = 'root' | 'cgroup' | 'strace';

/** Some callers were refused: a lack that nobody noticed was none. @throws Error where all had what they wanted. */
export function proveRefusals(seen: readonly Seen[]): string {
  const refused = seen.filter(({ verdict }) => verdict !== 'right').length;
  if (refused === 0) throw new Error('nobody noticed the fault');
  return `${refused} of ${seen.length} calls refused`;
}

/** Judges an answer against what a sound machine would have given. */
export function judge(answer: SoakAnswer | Error, isRight: (answer: SoakAnswer) => boolean): Seen {
  if (answer instanceof Error) return { verdict: 'no answer', isWrong: false };
  if (isRight(answer)) return { verdict: 'right', isWrong: false };
  const { error, retryable } = answer.body;
  const isTyped =
    (typedFailures as readonly (string | undefined)[]).includes(error) &&
    retryable === true &&
    answer.status >= 500;
  if (isTyped) return { verdict: error ?? '', isWrong: false };
  return { verdict: `WRONG: ${answer.status} ${answer.text.slice(0, 300)}`, isWrong: true };
}
