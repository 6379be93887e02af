import { isBuiltin } from 'node:module';
import { z } from 'zod';
import type { PackageRuntime } from '../core/contract/runtimes.ts';
import { belongsToStdlib } from '../sandbox/nsjail/image/layout.ts';
import { runTool } from '../sandbox/nsjail/process.ts';

/** Filters the list, because some names are missing on some systems. */
const listing = `
import importlib.machinery, json, sys
find = importlib.machinery.PathFinder.find_spec
print(json.dumps([name for name in sys.stdlib_module_names if name in sys.builtin_module_names or find(name)]))
`;

/** Returns a test for modules that a runtime brings itself; asks the interpreter once, on first use. */
export function openStandardModules(
  python: string,
): (runtime: PackageRuntime) => Promise<(module: string) => boolean> {
  let asked: Promise<ReadonlySet<string>> | undefined;
  return async (runtime) => {
    if (runtime !== 'python') return (module) => isBuiltin(module) || isOwn(runtime, module);
    const names = await (asked ??= askPython(python));
    return (module) => names.has(module);
  };
}

/** Modules besides Node's, which all three runtimes have. */
const isOwn = (runtime: PackageRuntime, module: string): boolean =>
  runtime === 'bun' && (module === 'bun' || module.startsWith('bun:'));

async function askPython(python: string): Promise<ReadonlySet<string>> {
  const { ok, stdout } = await runTool(python, ['-I', '-c', listing]);
  const names = ok ? z.array(z.string()).parse(JSON.parse(stdout)) : [];
  // Leaves out the parts that no jail has.
  return new Set(names.filter((name) => belongsToStdlib(name) && name !== '_tkinter'));
}
