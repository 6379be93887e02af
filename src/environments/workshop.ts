import type { Limits } from '../core/contract/limits.ts';
import type { PackageBuilder } from '../sandbox/package-builder.ts';
import type { Program, Sandbox } from '../sandbox/sandbox.ts';

/** Jails of one runtime in which packages are installed and their imports tried. */
export interface Workshop {
  readonly builder: PackageBuilder;
  readonly sandbox: Sandbox;
  /** Program that runs a script; undefined when the jail's own interpreter does. */
  readonly plan?: ((limits: Limits) => Program) | undefined;
}
