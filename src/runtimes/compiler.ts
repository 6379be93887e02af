import { createHash } from 'node:crypto';
import { setImmediate as pause } from 'node:timers/promises';
import type { Caller } from '../core/contract/caller.ts';
import type { Evidence } from '../core/contract/evidence.ts';
import { narrowCompileLimits } from '../core/contract/limits.ts';
import { bareJob, JailFailure, type Sandbox } from '../sandbox/sandbox.ts';
import type { ProgramStore } from './program-store.ts';
import type { Compilation, CompilerRun } from './runtime.ts';
import type { Sources } from './sources.ts';

export interface CompilerParts {
  readonly name: string;
  readonly compilation: Compilation;
  /** Jails that hold the compiler. */
  readonly sandbox: Sandbox;
  /** Changes whenever the compiler or its parts change. */
  readonly toolchain: string;
  readonly version: string;
  readonly store: ProgramStore;
}

/** File of a compiled program, or the evidence of a failed compilation. */
export type Compiled = { readonly file: string } | { readonly failed: Evidence };

/** Caller and signal of one compilation. */
export interface CompileOrder {
  readonly caller: Caller | undefined;
  readonly signal: AbortSignal;
}

export type Compiler = (sources: Sources, order: CompileOrder) => Promise<Compiled>;

/** Compiles each source once: a program is stored under a key of everything that went into it. */
export function createCompiler(parts: CompilerParts): Compiler {
  const running = new Map<string, Promise<Compiled>>();

  const make = async (
    key: string,
    script: string,
    run: CompilerRun,
    order: CompileOrder,
  ): Promise<Compiled> => {
    const evidence = await runCompiler(parts, script, run, order);
    if (evidence.product === undefined) return { failed: evidence };
    try {
      return { file: await parts.store.keep(key, evidence.product, order.caller?.queueKey) };
    } catch (error) {
      throw new JailFailure('A compiled program could not be kept.', {
        remedy: 'See that the folder of BRIG_STATE_DIR can be written and has space.',
        detail: (error as Error).message,
        cause: error,
      });
    }
  };

  return async (sources, order) => {
    const run = parts.compilation.plan(sources, parts.version);
    const key = await identify(parts, sources.script, run);
    // Waits for another caller's compilation of the same source. Its failure says nothing about this one.
    await running.get(key)?.catch(() => undefined);
    const file = await parts.store.find(key);
    if (file !== undefined) return { file };
    order.signal.throwIfAborted();
    const compiling = make(key, sources.script, run, order).finally(() => running.delete(key));
    running.set(key, compiling);
    return compiling;
  };
}

/** Runs the compiler in a jail that gets the sources only: no other field of a request affects the program. */
async function runCompiler(
  { compilation, sandbox }: CompilerParts,
  script: string,
  { program, files }: CompilerRun,
  { caller, signal }: CompileOrder,
): Promise<Evidence> {
  const limits = narrowCompileLimits(compilation.limits, caller?.ceilings, caller?.compileCeilings);
  await using jail = await sandbox.lease(limits, { signal });
  const entry = { kind: 'script', argsJson: '[]', file: undefined } as const;
  return await jail.run({ ...bareJob, script, entry, program, files }, { signal });
}

/** Bytes hashed in one go. */
const HASHED_BYTES = 256 * 1024;

async function identify(
  { name, compilation, toolchain }: CompilerParts,
  script: string,
  { program, files }: CompilerRun,
): Promise<string> {
  const hash = createHash('sha256');
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  // With the sizes, the bytes that follow have one reading only.
  const sizes = sorted.map(({ path, bytes }) => [path, bytes.length]);
  // Leaves out the caller's limits: the same program results under all of them.
  hash.update(JSON.stringify([name, toolchain, program, compilation.limits, script, sizes]));
  for (const { bytes } of sorted) {
    for (let start = 0; start < bytes.length; start += HASHED_BYTES) {
      hash.update(bytes.subarray(start, start + HASHED_BYTES));
      if (bytes.length > HASHED_BYTES) await pause();
    }
  }
  return `${name}-${hash.digest('hex')}`;
}
