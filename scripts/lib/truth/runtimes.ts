import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { findTool, toolCommands } from '../../../bench/toolchain.ts';
import type { ProgramRuntime } from '../../../src/core/contract/runtimes.ts';
import { Refusal, type Brig, type ExecuteRequest } from '../../../src/index.ts';
import { packageRoot } from '../../../src/paths.ts';
import { describeEnding } from './describe-ending.ts';
import { runInside } from './inside.ts';
import { runOutside, type Ending } from './outside.ts';
import { readHeader } from './program-header.ts';
import type { Part, Side } from './side.ts';

const folder = join(packageRoot, 'test/truth/runtimes');
const SECONDS = 120;

/** Programs of the other runtimes: outside by the host's own toolchains, or by those that Brig brings. */
export async function openRuntimes(brig: Brig, stateDir: string): Promise<Part> {
  const { runtimes } = await brig.runtimes();
  const present = runtimes.filter(({ name, available }) => name !== 'python' && available);
  const subjects: string[] = [];
  for (const { name } of present) {
    const names = await readdir(join(folder, name));
    subjects.push(...names.toSorted().map((file) => `${name}/${file}`));
  }
  return {
    name: 'runtimes',
    versions: present.map(({ name, version = 'unknown' }) => `${name} ${version}`),
    subjects,
    runOutside: async (subject) => {
      const script = await readProgram(subject);
      return describe(await runWithToolchain(runtimeOf(subject), subject, script, stateDir));
    },
    runInside: async (subject) => {
      const script = await readProgram(subject);
      const { args, stdin } = readHeader(script);
      const request = { runtime: runtimeOf(subject), script, args: [...args], stdin };
      return describe(await runWhenReady(brig, request));
    },
  };
}

const readProgram = (subject: string): Promise<string> => readFile(join(folder, subject), 'utf8');

const runtimeOf = (subject: string): ProgramRuntime => dirname(subject) as ProgramRuntime;

/** Standard error is not compared: stacks in it differ from run to run. */
function describe(ending: Ending): Side {
  return Object.fromEntries(Object.entries(describeEnding(ending)).filter(([check]) => check !== 'stderr'));
}

/** The first use of a runtime makes its image, for which the service says to come again. */
async function runWhenReady(brig: Brig, request: ExecuteRequest): Promise<Ending> {
  for (;;) {
    try {
      return await runInside(brig, request, SECONDS);
    } catch (error) {
      if (!(error instanceof Refusal) || error.category !== 'overloaded') throw error;
      await sleep(1000);
    }
  }
}

async function runWithToolchain(
  name: ProgramRuntime,
  subject: string,
  script: string,
  stateDir: string,
): Promise<Ending> {
  const { tool, isCompiler } = await findTool(name, process.env);
  const { args, stdin } = readHeader(script);
  const { file, args: toolArgs } = toolCommands[name];
  // A script of Node is a module or not by what it says, unless its name ends in `.ts`.
  const own = name === 'node' ? `main${extname(subject)}` : file;
  const order = { files: { [own]: script }, stdin, seconds: SECONDS, reads: [dirname(tool)] };
  if (!isCompiler) return runOutside({ ...order, command: [tool, ...toolArgs.slice(0, -1), own, ...args] });
  const build = await mkdtemp(join(tmpdir(), 'brig-truth-build-'));
  try {
    await chmod(build, 0o755);
    await writeFile(join(build, file), script);
    const go = { GOCACHE: join(stateDir, 'truth-go-cache'), GOPATH: join(build, 'go'), GOTOOLCHAIN: 'local' };
    await execa(tool, toolArgs, { cwd: build, env: { ...go, CGO_ENABLED: '0', GOFLAGS: '' } });
    return await runOutside({ ...order, files: {}, reads: [], command: [join(build, 'program'), ...args] });
  } finally {
    await rm(build, { recursive: true, force: true });
  }
}
