import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/*
 * Runs the checks and the tests, all of them also after one failed, and counts: each check is one, each test is one.
 */

const checks: readonly (readonly [name: string, command: readonly [string, ...string[]]])[] = [
  ['types', ['npm', 'run', '--silent', 'typecheck']],
  ['lint', ['npm', 'run', '--silent', 'lint']],
  ['patterns', ['node', 'scripts/lib/check-patterns.ts', '--all']],
  ['format', ['npm', 'run', '--silent', 'format:check']],
  ['unused code', ['npm', 'run', '--silent', 'unused']],
  ['package', ['npm', 'run', '--silent', 'package:check']],
  ['advisories', ['node', 'scripts/lib/advisories.ts']],
];

const run = async ([file, ...args]: readonly [string, ...string[]]): Promise<boolean> => {
  const { failed } = await execa(file, args, { reject: false, stdio: ['ignore', 'inherit', 'inherit'] });
  return !failed;
};

let passed = 0;
let failed = 0;
for (const [name, command] of checks) {
  const ok = await run(command);
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`);
  if (ok) passed += 1;
  else failed += 1;
}

const folder = await mkdtemp(join(tmpdir(), 'brig-test-'));
const report = join(folder, 'report.json');
const testsOk = await run([
  'npx',
  '--no-install',
  'vitest',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
]);
try {
  const counts = JSON.parse(await readFile(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  passed += counts.numPassedTests;
  failed += counts.numFailedTests;
  // A file that cannot be loaded, an error outside any test: failed, though no test did.
  if (!testsOk && counts.numFailedTests === 0) failed += 1;
} catch {
  failed += 1;
}
await rm(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
