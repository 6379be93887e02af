import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Brig } from '../../../src/index.ts';
import { packageRoot } from '../../../src/paths.ts';
import { jailPrefix } from '../../../src/sandbox/nsjail/image/layout.ts';
import { describeEnding, RESULT_FILE } from './describe-ending.ts';
import { runInside } from './inside.ts';
import { findInterpreter } from './interpreter.ts';
import { runOutside } from './outside.ts';
import { readHeader } from './program-header.ts';
import type { Part, Side } from './side.ts';

const SECONDS = 120;

/** Calls `main` of script.py, as mode `function` does. */
const caller = `import asyncio, inspect, json, script
result = script.main()
if inspect.isawaitable(result): result = asyncio.run(result)
open('${RESULT_FILE}', 'w').write(json.dumps(result, ensure_ascii=False))
`;

export interface PythonPrograms {
  /** Below test/truth. */
  readonly folder: string;
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
  const programs = await openPythonPrograms(brig, { folder: 'programs' });
  return { name: 'programs', versions: [`CPython ${version}`], ...programs };
}

/** Runs Python files of a folder on both sides. */
export async function openPythonPrograms(
  brig: Brig,
  { folder, python, environment = 'plain', places }: PythonPrograms,
): Promise<Pick<Part, 'subjects' | 'runOutside' | 'runInside'>> {
  const interpreter = await findInterpreter();
  const subjects = await listSubjects(folder);
  const runProgramOutside = async (subject: string): Promise<Side> => {
    const script = await readSubject(folder, subject);
    const { mode, args, stdin, files } = readHeader(script);
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
    const script = await readSubject(folder, subject);
    const { mode, args, stdin, files } = readHeader(script);
    const request = { script, mode, args: [...args], stdin, return_files: [...files], environment };
    return describeEnding(await runInside(brig, request, SECONDS));
  };
  return { subjects, runOutside: runProgramOutside, runInside: runProgramInside };
}

/** Names of the programs of a folder below test/truth. */
export async function listSubjects(folder: string): Promise<string[]> {
  const names = await readdir(join(packageRoot, 'test/truth', folder));
  return names
    .filter((name) => name.endsWith('.py'))
    .map((name) => basename(name, '.py'))
    .toSorted();
}

export const readSubject = (folder: string, subject: string): Promise<string> =>
  readFile(join(packageRoot, 'test/truth', folder, `${subject}.py`), 'utf8');
