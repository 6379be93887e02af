import type { AllowedRoot } from './allowed-root.ts';
import type { RequestedLimits } from './limits.ts';
import type { PolicyRequest } from './policy/policy.ts';
import type { ExecuteRequest, InputFile, PassedText } from './request.ts';
import type { RuntimeName } from './runtimes.ts';

/**
 * An execution in the pipeline's own terms. A door builds it of what its callers may write, field by field: a new field of a
 * request reaches no jail without a line that takes it there. A dialect asks for what is its own by values of the plan.
 */
export interface ExecutionPlan {
  /** The caller's own; undefined where it gave none. */
  readonly id: string | undefined;
  readonly runtime: RuntimeName;
  readonly script: string;
  readonly entry: Entry;
  readonly input: Input;
  readonly workspace: Workspace;
  readonly resultEncoding: ResultEncoding;
  readonly limits: RequestedLimits;
  readonly policy: PolicyRequest | undefined;
  /** The name of a package environment; the default one where it is undefined. */
  readonly environment: string | undefined;
  /** Whether a model reviews the script first. */
  readonly isReviewed: boolean;
  /** Whether everything up to the run is tried, and nothing of the script runs. */
  readonly isPreflight: boolean;
}

/** How a script is run: a function of it is called, or it is run as a program. */
export type JobEntry =
  | {
      readonly kind: 'function';
      readonly name: string;
      /** The JSON of an array, as the caller wrote it. */
      readonly argsJson: PassedText;
      /** The JSON of an object, as the caller wrote it. */
      readonly kwargsJson: PassedText;
    }
  | {
      readonly kind: 'script';
      /** The JSON of an array of strings. */
      readonly argsJson: PassedText;
      /** The file in the working directory that a script of Python becomes; it is no file otherwise. */
      readonly file: string | undefined;
    };

export type Entry =
  | JobEntry
  | {
      /** A shell command is run in the script's place. */
      readonly kind: 'command';
      /** Where the script is compiled, `$0` in it is the program that was made of the script. */
      readonly command: string;
      /** The file that the script becomes; an empty script becomes none. */
      readonly file: string;
    };

export interface Input {
  readonly stdin: PassedText;
  readonly env: Readonly<Record<string, string>>;
}

export interface Workspace {
  /** Placed in the working directory before the run. */
  readonly files: readonly InputFile[];
  /** Glob patterns of the files to bring out after it. */
  readonly returnFiles: readonly string[];
  /** A directory that the script gets beside its working directory. */
  readonly root: AllowedRoot | undefined;
}

/** `lenient`: sets become lists and what is not finite null. `strict`: such a result is `invalid_result`. */
export type ResultEncoding = 'strict' | 'lenient';

/** The plan of a request of Brig's own contract. */
export function planRequest(request: ExecuteRequest): ExecutionPlan {
  return {
    id: request.execution_id,
    runtime: request.runtime,
    script: request.script,
    entry: entryOf(request),
    input: { stdin: request.stdin, env: request.env },
    workspace: { files: request.files, returnFiles: request.return_files, root: undefined },
    resultEncoding: 'strict',
    limits: request.limits,
    policy: request.policy,
    environment: request.environment,
    isReviewed: request.validate,
    isPreflight: request.validate_only,
  };
}

const entryOf = ({ mode, function: name, argsJson, kwargsJson }: ExecuteRequest): JobEntry =>
  mode === 'function'
    ? { kind: 'function', name, argsJson, kwargsJson }
    : { kind: 'script', argsJson, file: undefined };
