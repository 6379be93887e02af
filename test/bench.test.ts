import { execa } from 'execa';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../src/paths.ts';
import { isRunning, readCommand, readParent } from './support/host-state.ts';

/** The figures mean nothing here, beside other tests: only that there are some. */
const bench = (...args: string[]) =>
  execa(process.execPath, ['bench/main.ts', ...args], { cwd: packageRoot, reject: false });

/** Services that a process started. */
const listServices = (parent: number | undefined): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readParent(pid) === parent && readCommand(pid).endsWith(' serve'));

describe('the benchmark', () => {
  it('measures the memory at rest, and says which targets are reached', async () => {
    const { stdout, exitCode } = await bench('--quick', '--case', 'memory');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\| after the start +\| \d+ /);
    expect(stdout).toMatch(
      /^(reached|MISSED ) {2}memory at rest with a full pool, after the start: \d+ MiB/m,
    );
  }, 120_000);

  it('ends what it started when it is interrupted', async () => {
    const running = bench('--quick', '--case', 'trivial');
    await new Promise<void>((resolve) => {
      running.stderr.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('paced')) resolve();
      });
    });
    const services = listServices(running.pid);
    expect(services).toHaveLength(1);
    running.kill('SIGINT');
    expect((await running).exitCode).toBe(130);
    expect(services.filter(isRunning)).toEqual([]);
  }, 120_000);

  it.each([
    [['--case', 'nonsense'], /There is no case "nonsense"; there are trivial, /],
    [['--case', 'memory', '--write'], /--write replaces all figures/],
    [['--endurance', 'many'], /--endurance takes a number/],
  ])('refuses %j with a sentence', async (args, sentence) => {
    const { stderr, exitCode } = await bench(...args);
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(sentence)]);
  });
});
