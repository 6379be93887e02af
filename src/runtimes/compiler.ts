import { createHash } from 'node:crypto';
import type { Evidence } from '../core/evidence.ts';
import type { ExecuteRequest } from '../core/request.ts';
import { JailFailure, type Sandbox } from '../sandbox/sandbox.ts';
import type { ProgramStore } from './program-store.ts';
import type { Compilation } from './runtime.ts';

export interface CompilerParts {
  readonly name: string;
  readonly compilation: Compilation;
  /** Whose jails hold the compiler. */
  readonly sandbox: Sandbox;
  /** Another one whenever the compiler or what it brings is another. */
  readonly toolchain: string;
  readonly store: ProgramStore;
}

/** A program that can run, or what is known of the compiler that made none. */
export type Compiled = { readonly file: string } | { readonly failed: Evidence };

export type Compiler = (request: Pick<ExecuteRequest, 'script'>, signal: AbortSignal) => Promise<Compiled>;

/** Compiles each source once: a program is found again by all that went into it. */
export function createCompiler(parts: CompilerParts): Compiler {
  const running = new Map<string, Promise<Compiled>>();

  const make = async (key: string, script: string, signal: AbortSignal): Promise<Compiled> => {
    const evidence = await runCompiler(parts, script, signal);
    if (evidence.product === undefined) return { failed: evidence };
    try {
      return { file: await parts.store.keep(key, evidence.product) };
    } catch (error) {
      throw new JailFailure('A compiled program could not be kept.', {
        remedy: 'See that the folder of BRIG_STATE_DIR can be written and has space.',
        detail: (error as Error).message,
        cause: error,
      });
    }
  };

  return async ({ script }, signal) => {
    const key = identify(parts, script);
    // Another caller's turn with the same source; one that gave up says nothing of this one.
    await running.get(key)?.catch(() => undefined);
    const file = await parts.store.find(key);
    if (file !== undefined) return { file };
    signal.throwIfAborted();
    const compiling = make(key, script, signal).finally(() => running.delete(key));
    running.set(key, compiling);
    return compiling;
  };
}

/** Its jail gets the source and nothing else: what a caller's other fields say has no influence on a program. */
async function runCompiler(
  { compilation, sandbox }: CompilerParts,
  script: string,
  signal: AbortSignal,
): Promise<Evidence> {
  await using jail = await sandbox.lease(compilation.limits, { signal });
  const job = {
    mode: 'script',
    function: 'main',
    argsJson: '[]',
    kwargsJson: '{}',
    stdin: '',
    env: {},
  } as const;
  return await jail.run({ ...job, script, program: compilation.program }, { signal });
}

function identify({ name, compilation, toolchain }: CompilerParts, script: string): string {
  const { program, limits } = compilation;
  const all = JSON.stringify([name, toolchain, program, limits, script]);
  return `${name}-${createHash('sha256').update(all).digest('hex')}`;
}
