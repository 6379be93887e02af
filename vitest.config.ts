import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { SlowFirst } from './scripts/lib/slow-first.ts';

// The environments of whoever works here are not the tests': a default one that is built changes what scripts can import.
process.env['BRIG_STATE_DIR'] ??= join(tmpdir(), 'brig-tests');

/** Share of branches in percent that unit tests alone have to reach: no jail may be needed to see that these are right. */
const covered = { branches: 90 };

/** `unit` sits beside the code and needs nothing; `jail` needs nsjail, CPython and cgroups, and says so when they lack. */
export default defineConfig({
  test: {
    sequence: { sequencer: SlowFirst },
    coverage: {
      include: ['src/{executor,pool,supply}/**/*.ts', 'src/sandbox/nsjail/{jail.ts,run/*.ts}'],
      exclude: ['**/*.test.ts', '**/*.test-support.ts'],
      reporter: [['text', { skipFull: true }]],
      thresholds: {
        'src/executor/**': covered,
        'src/pool/**': covered,
        'src/supply/**': covered,
        'src/sandbox/**': covered,
      },
    },
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['{src,bench,attacks,scripts,playground}/**/*.test.ts'],
          environment: 'node',
          // A process of its own for each of so many small files would take longer to start than most of them run.
          isolate: false,
          // They catch hangs: a busy machine is none.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'jail',
          // Projects of another number of workers run one after another.
          sequence: { groupOrder: 1 },
          include: ['test/**/*.test.ts'],
          environment: 'node',
          // Hundreds of command lines and services start here, and compiling their modules is half of a start.
          env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') },
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // They wait about half of their time, for jails, deadlines and each other: three keep two cores busy.
          maxWorkers: 3,
        },
      },
    ],
  },
});
