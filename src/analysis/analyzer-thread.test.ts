import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unknownAnalysis } from './analysis.ts';
import { createAnalyzer, type Analyzer } from './analyzer.ts';
import { notAnalysed } from './policy/analyse-policy.ts';

/** The grammar's scanner takes quadratic time for this and does not look at the clock. */
const SLOW = '\\\n'.repeat(1 << 19);
/** Milliseconds of CPU time: enough for MAIN, too few for SLOW. */
const BUDGET_MS = 300;
/** Milliseconds of CPU time, too few for SLOW. */
const HASTY_MS = 100;
/** Seconds; more than a busy machine needs for its turn. */
const MAX_WAIT = 60;
const ada = { queueKey: 'ada' };
const MAIN = `def main(): pass\n${'x = 1\n'.repeat(6000)}`;

let analyzer: Analyzer;
beforeEach(async () => {
  analyzer = await createAnalyzer({ functionsBudgetMs: BUDGET_MS, functionsMaxWait: MAX_WAIT });
});
afterEach(() => analyzer.close());

describe('the thread', { timeout: 60_000 }, () => {
  it('answers what is too long for the caller', async () => {
    expect(await analyzer.analyze(MAIN, 'main', ada)).toMatchObject({ defines: 'yes', complete: true });
  });

  it('is ended at the end of a budget and replaced', async () => {
    expect(await analyzer.analyze(SLOW, 'main', ada)).toEqual(unknownAnalysis);
    expect((await analyzer.analyze(MAIN, 'main', ada)).defines).toBe('yes');
  });

  it('answers those that wait in time, and refuses to let them pile up', async () => {
    const hasty = await createAnalyzer({ functionsBudgetMs: HASTY_MS, functionsMaxWait: 0.1 });
    const answers = await Promise.all(Array.from({ length: 200 }, () => hasty.analyze(SLOW, 'main', ada)));
    expect(new Set(answers)).toEqual(new Set([unknownAnalysis]));
    await hasty.close();
  });

  it('keeps answering small scripts meanwhile', async () => {
    const slow = analyzer.analyze(SLOW, 'main', ada);
    expect((await analyzer.analyze('def main(): pass', 'main', ada)).defines).toBe('yes');
    await slow;
  });

  it('rejects with the reason of its signal, before and during', async () => {
    const reason = new Error('gone');
    await expect(analyzer.analyze('', 'main', { ...ada, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    const controller = new AbortController();
    const slow = analyzer.analyze(SLOW, 'main', { ...ada, signal: controller.signal });
    controller.abort(reason);
    await expect(slow).rejects.toBe(reason);
    expect((await analyzer.analyze(MAIN, 'main', ada)).defines).toBe('yes');
  });

  it('answers what runs when it is closed, and closes twice', async () => {
    const slow = analyzer.analyze(SLOW, 'main', ada);
    await Promise.all([analyzer.close(), analyzer.close()]);
    expect(await slow).toEqual(unknownAnalysis);
    expect(await analyzer.analyze('def main(): pass', 'main', ada)).toEqual(unknownAnalysis);
  });
});

describe('a policy on the thread', { timeout: 60_000 }, () => {
  const lists = { modules: [], functions: ['open'] };

  it('judges what is too long for the caller, as it does what is short', async () => {
    const { findings } = await analyzer.analysePolicy(`${MAIN}open("x")`, lists, ada);
    expect(findings).toEqual([
      expect.objectContaining({ rule: 'denied_function', name: 'open', line: 6002 }),
    ]);
    expect((await analyzer.analysePolicy('open("x")', lists, ada)).total).toBe(1);
    expect((await analyzer.analysePolicy('print("x")', lists, ada)).total).toBe(0);
  });

  it('never passes what it could not read in time, nor after the end', async () => {
    const hasty = await createAnalyzer({ policyBudgetMs: HASTY_MS });
    const late = await hasty.analysePolicy(SLOW, lists, ada);
    await hasty.close();
    const closed = await hasty.analysePolicy('print("x")', lists, ada);
    for (const { findings } of [late, closed])
      expect(findings.map(({ rule }) => rule)).toEqual(['not_analysed']);
  });

  it('rejects with the reason of its signal', async () => {
    const reason = new Error('gone');
    await expect(
      analyzer.analysePolicy('', lists, { ...ada, signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });

  it('calls nothing unread because of a neighbour, whose own scripts wait behind', async () => {
    const hasty = await createAnalyzer({ policyBudgetMs: BUDGET_MS, maxWait: 120 });
    const ended: string[] = [];
    const ask = async (queueKey: string, script: string) => {
      const found = await hasty.analysePolicy(script, lists, { queueKey });
      ended.push(queueKey);
      return found;
    };
    const flood = Array.from({ length: 5 }, () => ask('mallory', SLOW));
    const harmless = await Promise.all([ask('ada', `${MAIN}print("x")`), ask('bob', `${MAIN}print("y")`)]);
    expect(harmless.map(({ total }) => total)).toEqual([0, 0]);
    expect(ended.filter((one) => one === 'mallory').length).toBeLessThan(4);
    expect(new Set(await Promise.all(flood))).toEqual(new Set([notAnalysed]));
    await hasty.close();
  });

  it('says that it is busy where a turn does not come in time, not that a script is unsafe', async () => {
    const hasty = await createAnalyzer({ policyBudgetMs: BUDGET_MS, maxWait: 0.05 });
    const slow = hasty.analysePolicy(SLOW, lists, { queueKey: 'mallory' });
    const waits = hasty.analysePolicy(`${MAIN}print("x")`, lists, ada);
    await expect(waits).rejects.toMatchObject({ category: 'overloaded' });
    expect(await hasty.survey(`${MAIN}y = 1`, lists, ada).catch(({ category }) => category)).toBe(
      'overloaded',
    );
    await slow;
    await hasty.close();
  });

  it('gives the modules of one request one purse', async () => {
    const purse = analyzer.openPurse();
    purse.leftMs = HASTY_MS;
    expect(await analyzer.analysePolicy(SLOW, lists, { ...ada, purse })).toBe(notAnalysed);
    expect(purse.leftMs).toBe(0);
    expect(await analyzer.analysePolicy(`${MAIN}print("x")`, lists, { ...ada, purse })).toBe(notAnalysed);
    const other = analyzer.openPurse();
    expect((await analyzer.analysePolicy(`${MAIN}print("x")`, lists, { ...ada, purse: other })).total).toBe(
      0,
    );
    expect(other.leftMs).toBeLessThan(5000);
  });
});
