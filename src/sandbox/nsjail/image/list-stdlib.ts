import { z } from 'zod';
import { runTool } from '../../../host/process.ts';
import { belongsToStdlib } from './layout.ts';

/** Filters the list, because some names are missing on some systems. */
const listing = `
import importlib.machinery, json, sys
find = importlib.machinery.PathFinder.find_spec
print(json.dumps([name for name in sys.stdlib_module_names if name in sys.builtin_module_names or find(name)]))
`;

/** Lists the modules of an interpreter's standard library that a jail has. */
export async function listStdlib(python: string): Promise<ReadonlySet<string>> {
  const { ok, stdout } = await runTool(python, ['-I', '-c', listing]);
  const names = ok ? z.array(z.string()).parse(JSON.parse(stdout)) : [];
  return new Set(names.filter((name) => belongsToStdlib(name) && name !== '_tkinter'));
}
