import type { ComingEnvironment } from '../contract/environment.ts';
import type { ModuleHome } from '../contract/import-answer.ts';
import type { Review } from '../contract/generation/generation.ts';
import type { Limits } from '../contract/limits.ts';
import type { PolicyReport } from '../contract/policy/policy.ts';
import type { RuntimeName } from '../contract/runtimes.ts';

/** Facts about a request, apart from what happened in the jail. */
export interface ClassifyContext {
  readonly id: string;
  readonly script?: string | undefined;
  /** Runtime of the script; Python by default. */
  readonly runtime?: RuntimeName | undefined;
  /** Package environment that the script ran in. */
  readonly environment: string;
  /** True when it has packages besides the standard library. */
  readonly hasPackages?: boolean | undefined;
  /** Present while the packages of that environment are only being built. */
  readonly coming?: ComingEnvironment | undefined;
  /** Returns the environment that has a module, if any; prefers the one that the script ran in. */
  readonly findModule?: ((module: string) => ModuleHome | undefined) | undefined;
  /** True when the caller may build package environments. */
  readonly canBuild?: boolean | undefined;
  /** True when the caller may ask for a network. */
  readonly offersNetwork?: boolean | undefined;
  /** True for a cell of a session, whose last expression is a result. */
  readonly isCell?: boolean | undefined;
  /** Function that was to be called. */
  readonly functionName: string;
  /** Functions at module level, by the analysis of the source. */
  readonly availableFunctions: readonly string[];
  /** Paths of the files in the request. */
  readonly givenFiles?: readonly string[] | undefined;
  /** True when the request asks for files of the working directory. */
  readonly returnsFiles?: boolean | undefined;
  /** Highest limits that a request may ask for here. */
  readonly ceilings: Limits;
  /** Report of the policy; undefined without a policy. */
  readonly policy?: PolicyReport | undefined;
  /** Review by a model; undefined when none was asked. */
  readonly review?: Review | undefined;
}

/** Facts about the packages that a script can import. */
export type PackageContext = Pick<
  ClassifyContext,
  'environment' | 'hasPackages' | 'coming' | 'findModule' | 'canBuild' | 'givenFiles' | 'offersNetwork'
>;
