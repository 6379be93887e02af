import { isBuiltin } from 'node:module';
import type { PackageRuntime } from '../core/contract/runtimes.ts';

/**
 * Returns a test for modules that a runtime brings itself.
 * @param listPython lists those of Python; called once, on first use.
 */
export function openStandardModules(
  listPython: () => Promise<ReadonlySet<string>>,
): (runtime: PackageRuntime) => Promise<(module: string) => boolean> {
  let asked: Promise<ReadonlySet<string>> | undefined;
  return async (runtime) => {
    if (runtime !== 'python') return (module) => isBuiltin(module) || isOwn(runtime, module);
    const names = await (asked ??= listPython());
    return (module) => names.has(module);
  };
}

/** Modules besides Node's, which all three runtimes have. */
const isOwn = (runtime: PackageRuntime, module: string): boolean =>
  runtime === 'bun' && (module === 'bun' || module.startsWith('bun:'));
