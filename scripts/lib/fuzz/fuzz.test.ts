import { describe, expect, it } from 'vitest';
import { readCorpus, runTarget } from './run-target.ts';
import { must, type Target } from './target.ts';
import { targets } from './targets.ts';
import { analysis } from './targets/analysis.ts';

/** The long run is by hand: ./scripts/fuzz. */
const SHORT = { seed: 1, seconds: 3, executions: 100 };

describe('every target', { timeout: 120_000 }, () => {
  it.each(targets.map((target) => [target.name, target] as const))(
    '%s takes its corpus, and mutants of it',
    async (_, target) => {
      const corpus = readCorpus(target);
      expect(corpus.length).toBeGreaterThan(2);
      const { executions, failures } = await runTarget(target, corpus, SHORT);
      expect(failures.map(({ input, message }) => [input.toString('latin1'), message])).toEqual([]);
      expect(executions).toBeGreaterThanOrEqual(corpus.length);
    },
  );
});

it('starts the analysis from modules of the standard library', () => {
  const kept = readCorpus({ name: analysis.name });
  expect(readCorpus(analysis).length - kept.length).toBeGreaterThan(20);
});

const toTarget = (run: (input: Buffer) => void): Target => ({
  ...{ name: 'planted', words: ['b'], budget: { fixed: 50, perKiB: 1 } },
  open: () => ({ run }),
});

describe('a failure', { timeout: 60_000 }, () => {
  const corpus = [Buffer.from('aab')];

  it('is an exception', async () => {
    const target = toTarget((input) => must(!input.includes('bb'), 'two of them'));
    const { failures } = await runTarget(target, corpus, SHORT);
    expect(failures[0]?.message).toContain('two of them');
  });

  it('is more time than the length allows', async () => {
    const target = toTarget((input) => {
      const { user } = process.cpuUsage();
      while (input.length > 3 && process.cpuUsage().user - user < 100_000);
    });
    const { failures } = await runTarget(target, corpus, { ...SHORT, executions: 10 });
    expect(failures[0]?.message).toMatch(/^took \d+ ms/);
  });

  it('is not what takes as long as it may', async () => {
    const { failures } = await runTarget(
      toTarget((input) => void input.toString()),
      corpus,
      SHORT,
    );
    expect(failures).toEqual([]);
  });
});
