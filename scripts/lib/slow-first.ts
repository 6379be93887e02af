import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { packageRoot } from '../../src/paths.ts';

/** Slow files of tests, the longest of each project first: with jails from half a minute on, without from a few seconds. */
export const slowFiles: readonly string[] = [
  'test/figures.test.ts',
  'test/docs.test.ts',
  'test/dialects/cantation-cli.test.ts',
  'test/attacks/catalogue.test.ts',
  'test/attack-suite.test.ts',
  'test/schemathesis.test.ts',
  'test/endurance.test.ts',
  'test/faults.test.ts',
  'test/soak.test.ts',
  'test/environments.test.ts',
  'test/installers.test.ts',
  'test/npm-environments.test.ts',
  'test/dialects/quartermaster.test.ts',
  'test/attacks/fairness.test.ts',
  'test/environment-owners.test.ts',
  'test/preflight.test.ts',
  'test/round-trip.test.ts',
  'test/streaming.test.ts',
  'test/runtimes.test.ts',
  'test/lifecycle.test.ts',
  'test/ordinary-user.test.ts',
  'src/analysis/analyzer-thread.test.ts',
  'src/http/event-loop.test.ts',
  'src/analysis/analyzer.test.ts',
  'scripts/lib/fuzz/fuzz.test.ts',
  'src/index.test.ts',
  'src/analysis/policy/analyse-policy.test.ts',
];

/** Starts the slow files first: a long one that starts last keeps one worker busy while the others have nothing left. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- a sequencer is no array
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = slowFiles.indexOf(relative(packageRoot, moduleId));
  return rank < 0 ? slowFiles.length : rank;
}
