import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { parseConfig } from '../src/config.ts';
import type { ProgramRuntime } from '../src/core/contract/runtimes.ts';
import { programRuntimes } from '../src/runtimes/program-runtimes.ts';

/** The toolchain of the host without any jail: what a runtime's jails are compared with. */
export interface BareToolchain extends AsyncDisposable {
  /** Runs a script from its source, compiled first where the language is. @throws Error where it does not end well. */
  runSource(script: string): Promise<void>;
  /** Runs what was compiled last. */
  runCompiled(): Promise<void>;
}

/** Commands with which the host's toolchain runs a script, or compiles it to `program`. */
export const toolCommands: Record<
  ProgramRuntime,
  { readonly file: string; readonly args: readonly string[] }
> = {
  node: { file: 'main.js', args: ['main.js'] },
  deno: { file: 'main.ts', args: ['run', '--allow-all', '--quiet', 'main.ts'] },
  bun: { file: 'main.ts', args: ['main.ts'] },
  go: {
    file: 'main.go',
    args: ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', 'program', 'main.go'],
  },
  rust: {
    file: 'main.rs',
    args: ['--edition', '2024', '-C', 'opt-level=2', '-C', 'overflow-checks=on', '-o', 'program', 'main.rs'],
  },
};

/** Finds the program that the service would take. @throws ToolchainMissing where the host has none. */
export async function findTool(
  name: ProgramRuntime,
  env: NodeJS.ProcessEnv,
): Promise<{ tool: string; isCompiler: boolean }> {
  const runtime = programRuntimes.find((one) => one.name === name);
  const found = await runtime?.find(parseConfig(env));
  const tool = (found?.recipe ?? found?.compiler)?.copies[0]?.from;
  if (tool === undefined) throw new Error(`${name} has no program of its own`);
  return { tool, isCompiler: runtime?.compilation !== undefined };
}

/** @throws ToolchainMissing where the host has none. */
export async function openToolchain(name: ProgramRuntime, env: NodeJS.ProcessEnv): Promise<BareToolchain> {
  const { tool, isCompiler } = await findTool(name, env);
  const folder = await mkdtemp(join(tmpdir(), 'brig-bench-'));
  const { file, args } = toolCommands[name];
  // Go's cache is filled by the first run, which is not counted; that of the jails is filled ahead too.
  const own = { GOCACHE: join(folder, 'cache'), GOPATH: join(folder, 'go'), CGO_ENABLED: '0', GOFLAGS: '' };
  const options = { cwd: folder, env: { ...own, GOTOOLCHAIN: 'local', DENO_DIR: join(folder, 'deno') } };
  const runCompiled = async (): Promise<void> => {
    await execa(join(folder, 'program'), [], options);
  };
  return {
    runSource: async (script) => {
      await writeFile(join(folder, file), script);
      await execa(tool, args, options);
      if (isCompiler) await runCompiled();
    },
    runCompiled,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
