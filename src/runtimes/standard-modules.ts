import { isBuiltin } from 'node:module';
import { z } from 'zod';
import type { PackageRuntime } from '../core/runtimes.ts';
import { belongsToStdlib } from '../sandbox/nsjail/image/layout.ts';
import { runTool } from '../sandbox/nsjail/process.ts';

/** Not every name of the list is there on every system. */
const listing = `
import importlib.machinery, json, sys
find = importlib.machinery.PathFinder.find_spec
print(json.dumps([name for name in sys.stdlib_module_names if name in sys.builtin_module_names or find(name)]))
`;

/** Says which modules a runtime brings itself; the interpreter is asked once, when that is first wanted. */
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

/** Beside Node's modules, which all three have. */
const isOwn = (runtime: PackageRuntime, module: string): boolean =>
  runtime === 'bun' && (module === 'bun' || module.startsWith('bun:'));

async function askPython(python: string): Promise<ReadonlySet<string>> {
  const { ok, stdout } = await runTool(python, ['-I', '-c', listing]);
  const names = ok ? z.array(z.string()).parse(JSON.parse(stdout)) : [];
  // Parts of it that no jail has.
  return new Set(names.filter((name) => belongsToStdlib(name) && name !== '_tkinter'));
}
