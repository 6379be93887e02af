import type { Readiness, RuntimeReport } from '../core/contract/runtimes.ts';
import { inspectInterpreter } from '../host/interpreter.ts';
import { JailFailure } from '../sandbox/sandbox.ts';
import { ToolchainMissing, type Runtime, type Toolchain } from './runtime.ts';

/**
 * Describes a runtime for `GET /runtimes`.
 * @param environments names that a request may ask for.
 */
export function describeRuntime(
  runtime: Runtime,
  found: Toolchain | ToolchainMissing,
  environments: readonly string[],
  readiness: Readiness,
): RuntimeReport {
  const { name, fileNames, extensions, command, compilation } = runtime;
  const compile = compilation && {
    command: compilation.command,
    limits: {
      timeout: compilation.limits.timeout,
      memory_mb: compilation.limits.memory_mb,
      processes: compilation.limits.processes,
      disk_mb: compilation.limits.disk_mb,
    },
  };
  return {
    name,
    ...describeFound(found, readiness),
    file_names: [...fileNames],
    extensions: [...extensions],
    modes: ['script'],
    command,
    ...(compile === undefined ? {} : { compile }),
    environments: [...environments],
  };
}

function describeFound(
  found: Toolchain | ToolchainMissing,
  readiness: Readiness,
): Pick<RuntimeReport, 'available' | 'readiness' | 'version'> {
  if (!(found instanceof ToolchainMissing)) return { available: true, readiness, version: found.version };
  const missing = { reason: found.message, remedy: found.remedy };
  return { available: false, readiness: 'missing', ...missing };
}

/**
 * Asks the interpreter of Python's jails for its version.
 * @throws ToolchainMissing when it cannot be used.
 */
export async function inspectPython(python: string): Promise<Toolchain> {
  try {
    const { version } = await inspectInterpreter(python);
    return { version };
  } catch (error) {
    if (!(error instanceof JailFailure)) throw error;
    throw new ToolchainMissing(error.message, error.remedy ?? '');
  }
}

/** @param environments names that a request may ask for. */
export function describePython(
  found: Toolchain | ToolchainMissing,
  environments: readonly string[],
  readiness: Readiness,
): RuntimeReport {
  return {
    name: 'python',
    ...describeFound(found, readiness),
    file_names: ['script.py'],
    extensions: ['.py'],
    modes: ['function', 'script'],
    command: 'python3 script.py',
    environments: [...environments],
  };
}
