import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Brig } from '../../../src/index.ts';
import { packageRoot } from '../../../src/paths.ts';
import type { Interpreter } from '../../../src/host/interpreter.ts';
import { findInterpreter } from './interpreter.ts';
import { runInside } from './inside.ts';
import { runOutside, type Ending } from './outside.ts';
import { readTestReport } from './read-test-report.ts';
import type { Part, Side } from './side.ts';

/** The environment that brings the package `test`, which images of jails leave out. */
const ENVIRONMENT = 'truth-cpython';
/** The same with few modules. */
export const PART_ENVIRONMENT = 'truth-cpython-part';
/** Tests inside other packages of the standard library, in some versions, which images leave out. */
const parts = ['ctypes/test', 'distutils/tests', 'unittest/test'];
const PARTS = 'truth_parts';
/** Many tests of sockets wait in vain for what a jail refuses, ten seconds each. */
const MODULE_SECONDS = 3000;
/** Tests of one module that may end its process before the others are given up. */
const MOST_ENDINGS = 25;
const ENDED = 'ended by ';

/**
 * CPython's own tests, one module after another.
 * @param only modules that are files, where not all are wanted: the others are then not brought into jails.
 * @throws Error with a sentence where the interpreter has no tests.
 */
export async function openCpython(brig: Brig, only?: readonly string[]): Promise<Part> {
  const interpreter = await findInterpreter();
  const environment = only === undefined ? ENVIRONMENT : PART_ENVIRONMENT;
  const modules = (await listModules(interpreter)).filter((name) => only?.includes(name) ?? true);
  const runner = await readFile(join(packageRoot, 'test/truth/run_tests.py'), 'utf8');
  await importTests(brig, interpreter, environment, only);
  return {
    name: 'cpython',
    versions: [`CPython ${interpreter.version}`],
    subjects: modules,
    runOutside: (subject) =>
      runWhole((last) =>
        runOutside({
          command: [interpreter.executable, 'script.py', `test.${subject}`, last],
          files: { 'script.py': runner },
          seconds: MODULE_SECONDS,
        }),
      ),
    // Leaves out tests that end the process outside already: they would end it here as well.
    runInside: (subject, outside) =>
      runWhole((last) =>
        runInside(
          brig,
          {
            ...{ script: runner, mode: 'script', environment },
            args: [`test.${subject}`, last, ...listEnders(outside)],
          },
          MODULE_SECONDS,
        ),
      ),
  };
}

async function listModules({ stdlib }: Interpreter): Promise<string[]> {
  const folder = join(stdlib, 'test');
  const names = existsSync(folder) ? await readdir(folder) : [];
  const modules = names.filter((name) => /^test_\w+(\.py)?$/.test(name) && !leftOut.test(name));
  // Debian's interpreter has only the beginnings of the package.
  if (modules.length < 100)
    throw new Error(
      `The interpreter in ${stdlib} has no tests: install them (Debian: libpython3-testsuite).`,
    );
  return modules.map((name) => name.replace(/\.py$/, '')).toSorted();
}

/**
 * Tests of what images leave out: IDLE and Tk, which want a screen, and installers. Those of lib2to3 (until 3.12) work in
 * its own folder alone, those of CPython's runner would run all others.
 */
const leftOut =
  /^test_(?:idle|tkinter|tk|ttk_guionly|ttk_textonly|tcl|turtle|ensurepip|venv|lib2to3|regrtest)(?:\.py)?$/;

async function importTests(
  brig: Brig,
  { stdlib }: Interpreter,
  name: string,
  only: readonly string[] | undefined,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'brig-truth-tests-'));
  const source = join(stdlib, 'test');
  const wanted = only && new Set(['support', ...only.map((module) => `${module}.py`)]);
  // Programs that tests start lie beside them, and are no tests.
  const isWanted = (path: string): boolean => {
    const [entry = ''] = relative(source, path).split('/');
    return wanted === undefined || wanted.has(entry) || /^(?!test_).*\.py$/.test(entry);
  };
  try {
    await cp(source, join(folder, 'test'), {
      ...{ recursive: true, preserveTimestamps: true },
      filter: (path) => path === source || isWanted(path),
    });
    for (const part of only === undefined ? parts.filter((one) => existsSync(join(stdlib, one))) : []) {
      await mkdir(join(folder, PARTS, part, '..'), { recursive: true });
      await cp(join(stdlib, part), join(folder, PARTS, part), { recursive: true, preserveTimestamps: true });
    }
    await brig.environments.importFolder({ name, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const listEnders = (side: Side): string[] =>
  Object.keys(side).filter((test) => side[test]?.outcome.startsWith(ENDED));

/** Runs a module to its end: after a test that ended its process, once more from the next one on. */
async function runWhole(run: (last: string) => Promise<Ending>): Promise<Side> {
  const side: Record<string, { outcome: string; text?: string }> = {};
  let last = '';
  for (let endings = 0; ; endings += 1) {
    const ending = await run(last);
    const { tests, begun, isWhole } = readTestReport(ending.stdout);
    Object.assign(side, tests);
    if (isWhole) return side;
    side[begun ?? 'the module'] = { outcome: `${ENDED}${ending.end}`, text: ending.stderr.slice(-500) };
    if (begun === undefined || endings >= MOST_ENDINGS) return side;
    last = begun;
  }
}
