import type { AllowedRoot } from './allowed-root.ts';
import type { Isolation } from './contract/isolation.ts';
import type { RequestedLimits } from './contract/limits.ts';
import type { PolicyRequest } from './contract/policy/policy.ts';
import { toWish } from './contract/network/request.ts';
import type { NetworkWish } from './contract/network/grant.ts';
import type { ExecuteRequest, InputFile, PassedText } from './contract/request.ts';
import type { RuntimeName } from './contract/runtimes.ts';

/**
 * An execution in the pipeline's own terms. A door builds it field by field from what its callers may write, so that
 * a new field of a request reaches no jail without a line of code for it. A dialect expresses its special needs as
 * values of the plan.
 */
export interface ExecutionPlan {
  /** Id that the caller chose; undefined when it gave none. */
  readonly id: string | undefined;
  readonly runtime: RuntimeName;
  readonly script: string;
  readonly entry: Entry;
  readonly input: Input;
  readonly workspace: Workspace;
  readonly resultEncoding: ResultEncoding;
  readonly limits: RequestedLimits;
  readonly policy: PolicyRequest | undefined;
  readonly network: NetworkWish;
  /** Name of a package environment; undefined for the default one. */
  readonly environment: string | undefined;
  /** Weakest way in which its jail may be made; undefined for the operator's. */
  readonly isolation: Isolation | undefined;
  /** Seconds to wait for an environment or a runtime that is being made ready; undefined for the usual. */
  readonly wait: number | undefined;
  /** True when a model reviews the script first. */
  readonly isReviewed: boolean;
  /** True when everything is checked up to the run, but the script does not run. */
  readonly isPreflight: boolean;
}

/** Entry of a script: a function that is called, or the script as a program. */
export type JobEntry =
  | {
      readonly kind: 'function';
      readonly name: string;
      /** JSON of an array, as the caller wrote it. */
      readonly argsJson: PassedText;
      /** JSON of an object, as the caller wrote it. */
      readonly kwargsJson: PassedText;
    }
  | {
      readonly kind: 'script';
      /** JSON of an array of strings. */
      readonly argsJson: PassedText;
      /**
       * File name of a Python script in the working directory; undefined when the script is not written to a file.
       */
      readonly file: string | undefined;
    };

export type Entry =
  | JobEntry
  | {
      /** A shell command runs in place of the script. */
      readonly kind: 'command';
      /** `$0` is the compiled program, when the script is compiled. */
      readonly command: string;
      /** File name of the script; an empty script is not written. */
      readonly file: string;
    };

export interface Input {
  readonly stdin: PassedText;
  readonly env: Readonly<Record<string, string>>;
}

export interface Workspace {
  /** Files placed in the working directory before the run. */
  readonly files: readonly InputFile[];
  /** Glob patterns of the files to return afterwards. */
  readonly returnFiles: readonly string[];
  /** Directory for the script besides its working directory. */
  readonly root: AllowedRoot | undefined;
}

/** `lenient`: converts sets to lists and non-finite numbers to null. `strict`: such a result is `invalid_result`. */
export type ResultEncoding = 'strict' | 'lenient';

/** Builds the plan of a request of Brig's own contract. */
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
    network: toWish(request.network),
    environment: request.environment,
    isolation: request.isolation,
    wait: request.wait,
    isReviewed: request.validate,
    isPreflight: request.validate_only,
  };
}

const entryOf = ({ mode, function: name, argsJson, kwargsJson }: ExecuteRequest): JobEntry =>
  mode === 'function'
    ? { kind: 'function', name, argsJson, kwargsJson }
    : { kind: 'script', argsJson, file: undefined };
