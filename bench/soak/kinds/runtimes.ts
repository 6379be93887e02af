import type { ProgramRuntime } from '../../../src/core/contract/runtimes.ts';
import { runtimeScripts } from '../../../test/support/runtime-scripts.ts';
import { toKind } from '../check.ts';
import type { Kind } from '../kind.ts';

/** Weights: runtimes that start fast run more often. */
const weights: Readonly<Record<ProgramRuntime, number>> = { node: 2, deno: 2, bun: 2, go: 1, rust: 1 };

const toKinds = (runtime: ProgramRuntime): readonly Kind[] => {
  const { stdin, uncaught, refused } = runtimeScripts[runtime];
  const needs = [runtime];
  return [
    toKind({
      name: runtime,
      weight: weights[runtime],
      needs,
      request: { body: { runtime, script: stdin, stdin: 'in small letters' } },
      wanted: { success: true, return_code: 0 },
      check: ({ body }) => (body.stdout.trim() === 'IN SMALL LETTERS' ? [] : [{ stdout: body.stdout }]),
    }),
    toKind({
      name: `${runtime}: uncaught`,
      weight: 0.5,
      needs,
      request: { body: { runtime, script: uncaught.script } },
      wanted: { success: false, error: 'runtime_error', location: { line: uncaught.line } },
    }),
    toKind({
      name: `${runtime}: refused`,
      weight: 0.5,
      needs,
      request: { body: { runtime, script: refused.script } },
      wanted: { success: false, error: 'syntax_error', location: { line: refused.line } },
    }),
  ];
};

export const runtimeKinds: readonly Kind[] = (Object.keys(runtimeScripts) as ProgramRuntime[]).flatMap(
  toKinds,
);
