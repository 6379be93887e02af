import { z } from 'zod';
import { JailFailure } from '../sandbox/sandbox.ts';
import { runTool } from './process.ts';

const interpreterSchema = z.object({
  executable: z.string(),
  version: z.string(),
  prefix: z.string(),
  stdlib: z.string(),
  /** Path of the interpreter's own shared library, if it has one. */
  library: z.string().nullable(),
});

/** A CPython of the host, as it describes itself. Paths are resolved, without links. */
export type Interpreter = z.infer<typeof interpreterSchema>;

const inspection = `
import json, os, sys, sysconfig
if sys.implementation.name != "cpython" or sys.version_info < (3, 11):
    sys.exit("CPython 3.11 or later is needed, this is " + sys.implementation.name + " " + sys.version.split()[0])
real = os.path.realpath
shared = sysconfig.get_config_var("Py_ENABLE_SHARED") and sysconfig.get_config_var("INSTSONAME")
library = shared and os.path.join(sysconfig.get_config_var("LIBDIR") or "", shared)
print(json.dumps({
    # The base interpreter, also where this one is a virtual environment's.
    "executable": real(getattr(sys, "_base_executable", None) or sys.executable),
    "version": sys.version.split()[0],
    "prefix": real(sys.base_prefix),
    "stdlib": real(os.path.dirname(os.__file__)),
    "library": real(library) if library and os.path.exists(library) else None,
}))
`;

/**
 * Asks an interpreter for the paths of its parts.
 * @throws JailFailure when there is none, or it cannot be used.
 */
export async function inspectInterpreter(python: string): Promise<Interpreter> {
  const { stdout, stderr, ok } = await runTool(python, ['-I', '-c', inspection]);
  if (!ok) {
    throw new JailFailure('The Python interpreter cannot be used.', {
      remedy: 'Install CPython 3.11 or later, or name one in BRIG_PYTHON.',
      detail: `${python}: ${stderr.trim().split('\n').at(-1) ?? ''}`,
    });
  }
  return interpreterSchema.parse(JSON.parse(stdout));
}
