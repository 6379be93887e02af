import type { Limits } from '../core/limits.ts';
import type { PackageBuilder } from '../sandbox/package-builder.ts';
import type { Program, Sandbox } from '../sandbox/sandbox.ts';

/** Where packages are installed, and where their imports are tried: jails of the same runtime. */
export interface Workshop {
  readonly builder: PackageBuilder;
  readonly sandbox: Sandbox;
  /** What runs a script there, where it is not the interpreter of the jail itself. */
  readonly plan?: ((limits: Limits) => Program) | undefined;
}
