import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Brig } from '../../../src/index.ts';
import { packageRoot } from '../../../src/paths.ts';
import { jailPrefix } from '../../../src/sandbox/nsjail/image/layout.ts';
import { describeEnding, RESULT_FILE } from './describe-ending.ts';
import { runInside } from './inside.ts';
import { findInterpreter } from './interpreter.ts';
import { runOutside } from './outside.ts';
import { readHeader, type ProgramHeader } from './program-header.ts';
import type { Part, Side } from './side.ts';

const SECONDS = 120;

/** Calls `main` of script.py, as mode `function` does. */
const caller = `import asyncio, inspect, json, script
result = script.main()
if inspect.isawaitable(result): result = asyncio.run(result)
open('${RESULT_FILE}', 'w').write(json.dumps(result, ensure_ascii=False))
`;

export interface Program extends Omit<ProgramHeader, 'variants'> {
  readonly script: string;
}

/** Programs by their names. */
export type Programs = ReadonlyMap<string, Program>;

export interface PythonPrograms {
  readonly programs: Programs;
  /** The interpreter outside; by default the host's own. */
  readonly python?: string;
  /** The environment inside. */
  readonly environment?: string;
  /** Folders of the host, and theirs in jails. */
  readonly places?: Readonly<Record<string, string>>;
}

/** Honest programs of Brig's own, in Python. */
export async function openPrograms(brig: Brig): Promise<Part> {
  const { version } = await findInterpreter();
  const programs = await readPrograms('programs');
  return {
    name: 'programs',
    versions: [`CPython ${version}`],
    ...(await openPythonPrograms(brig, { programs })),
  };
}

/** Runs Python programs on both sides. */
export async function openPythonPrograms(
  brig: Brig,
  { programs, python, environment = 'plain', places }: PythonPrograms,
): Promise<Pick<Part, 'subjects' | 'runOutside' | 'runInside'>> {
  const interpreter = await findInterpreter();
  const runProgramOutside = async (subject: string): Promise<Side> => {
    const { script, mode, args, stdin, files } = find(programs, subject);
    const isFunction = mode === 'function';
    const ending = await runOutside({
      ...{ stdin, seconds: SECONDS },
      command: [python ?? interpreter.executable, isFunction ? 'caller.py' : 'script.py', ...args],
      files: { 'script.py': script, ...(isFunction && { 'caller.py': caller }) },
      returns: isFunction ? [...files, RESULT_FILE] : files,
    });
    return describeEnding(ending, { ...places, [interpreter.prefix]: jailPrefix(interpreter) });
  };
  const runProgramInside = async (subject: string): Promise<Side> => {
    const { script, mode, args, stdin, files } = find(programs, subject);
    const request = { script, mode, args: [...args], stdin, return_files: [...files], environment };
    return describeEnding(await runInside(brig, request, SECONDS));
  };
  return { subjects: [...programs.keys()], runOutside: runProgramOutside, runInside: runProgramInside };
}

function find(programs: Programs, subject: string): Program {
  const program = programs.get(subject);
  if (program === undefined) throw new Error(`There is no program ${subject}.`);
  return program;
}

/** Reads the programs of a folder below test/truth; variants of one have its name and their argument. */
export async function readPrograms(folder: string): Promise<Programs> {
  const place = join(packageRoot, 'test/truth', folder);
  const files = (await readdir(place)).filter((name) => name.endsWith('.py')).toSorted();
  const programs = await Promise.all(
    files.map(async (file) => {
      const script = await readFile(join(place, file), 'utf8');
      return listVariants(basename(file, '.py'), script);
    }),
  );
  return new Map(programs.flat());
}

function listVariants(name: string, script: string): [string, Program][] {
  const { variants, ...header } = readHeader(script);
  if (variants === undefined) return [[name, { script, ...header }]];
  return variants.map((variant) => [
    `${name}_${variant}`,
    { script, ...header, args: [...header.args, variant] },
  ]);
}
