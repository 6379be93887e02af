import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/*
 * Runs the checks and the tests, all of them also after one failed, and counts: each check is one, each test is one.
 * The tests with jails wait a lot; the checks and the unit tests use that time. `--fast` leaves the tests with jails out,
 * and does not prove anew what was proven.
 */

const isFast = process.argv.includes('--fast');

type Command = readonly [file: string, ...args: string[]];

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const checks: readonly (readonly [name: string, command: Command])[] = [
  ['types', ['npm', 'run', '--silent', 'typecheck']],
  ['lint', ['npm', 'run', '--silent', 'lint']],
  // `lint` proves the patterns that are new.
  ...(isFast ? [] : [['patterns', ['node', 'scripts/lib/check-patterns.ts', '--all']] as const]),
  ['python', ['npm', 'run', '--silent', 'lint:python']],
  ['format', ['npm', 'run', '--silent', 'format:check']],
  ['unused code', ['npm', 'run', '--silent', 'unused']],
  ['package', ['npm', 'run', '--silent', 'package:check']],
  ['advisories', ['node', 'scripts/lib/advisories.ts']],
];

/** Whether a command succeeded. Where others write meanwhile, its own output is shown in one piece, at its end. */
async function run([file, ...args]: Command, show: 'at once' | 'at its end'): Promise<boolean> {
  const output = show === 'at once' ? 'inherit' : 'pipe';
  const { failed, all } = await execa(file, args, {
    ...{ reject: false, all: true },
    ...{ stdin: 'ignore', stdout: output, stderr: output },
  });
  if (all !== undefined && all !== '') console.log(all);
  return !failed;
}

async function runChecks(): Promise<Count> {
  const failures: string[] = [];
  for (const [name, command] of checks) {
    const ok = await run(command, 'at its end');
    console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`);
    if (!ok) failures.push(name);
  }
  return { passed: checks.length - failures.length, failed: failures.length };
}

async function runTests(project: 'unit' | 'jail', show: 'at once' | 'at its end'): Promise<Count> {
  const folder = await mkdtemp(join(tmpdir(), 'brig-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  // Tests with jails wait a lot: beside them, one worker has the time to count branches; vitest.config.ts has the shares.
  // Without them, a worker for each core is fastest; vitest itself leaves one core out.
  const unit = isFast ? [`--maxWorkers=${availableParallelism()}`] : ['--coverage', '--maxWorkers=1'];
  const tests = ['vitest', 'run', '--project', project, ...(project === 'unit' ? unit : []), ...reporters];
  const ok = await run(['npx', '--no-install', ...tests], show);
  try {
    const counts = JSON.parse(await readFile(report, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
    };
    // A file that cannot be loaded, an error outside any test: failed, though no test did.
    const failed = ok ? counts.numFailedTests : Math.max(1, counts.numFailedTests);
    return { passed: counts.numPassedTests, failed };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runWithoutJails(): Promise<Count> {
  const counts = [await runChecks(), await runTests('unit', 'at its end')];
  return sum(counts);
}

const sum = (counts: readonly Count[]): Count => ({
  passed: counts.reduce((total, { passed }) => total + passed, 0),
  failed: counts.reduce((total, { failed }) => total + failed, 0),
});

const { passed, failed } = sum(
  await Promise.all(
    isFast ? [runChecks(), runTests('unit', 'at once')] : [runWithoutJails(), runTests('jail', 'at once')],
  ),
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
