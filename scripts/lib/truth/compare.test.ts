import { describe, expect, it } from 'vitest';
import { joinRuns, listDifferences } from './compare.ts';
import { judge, type Expectation } from './expectations.ts';
import { listUnknown, type Ran } from './run-parts.ts';
import type { PartName, Side, Subject } from './side.ts';

const side = (outcomes: Readonly<Record<string, string>>): Side =>
  Object.fromEntries(Object.entries(outcomes).map(([check, outcome]) => [check, { outcome }]));
const subject = (outside: Record<string, string>, inside: Record<string, string>): Subject => ({
  outside: side(outside),
  inside: side(inside),
});
const checksOf = (part: PartName, one: Subject): string[] =>
  listDifferences(part, 'x', one).map(({ check, outside, inside }) =>
    [check, outside.outcome, inside.outcome].join(' '),
  );

describe('differences', () => {
  it('are what passes outside and not inside, of tests', () => {
    const one = subject(
      { a: 'passed', b: 'passed', c: 'failed', d: 'passed', e: 'skipped' },
      { a: 'passed', b: 'failed', c: 'passed', e: 'failed' },
    );
    expect(checksOf('cpython', one)).toEqual(['b passed failed', 'd passed missing']);
  });

  it('are whatever is not the same, of programs', () => {
    const one = subject({ end: '1', stdout: 'x' }, { end: '0', stdout: 'x', result: '5' });
    expect(checksOf('programs', one)).toEqual(['end 1 0', 'result missing 5']);
  });

  it('are those of both runs', () => {
    const first = subject({ a: 'passed', b: 'passed' }, { a: 'failed', b: 'failed' });
    const second = subject({ a: 'passed', b: 'passed' }, { a: 'passed', b: 'failed' });
    expect(checksOf('cpython', joinRuns('cpython', 'x', first, second))).toEqual(['b passed failed']);
    const lost = joinRuns('cpython', 'x', first, subject({ b: 'passed' }, { b: 'failed' }));
    expect(lost).toEqual(subject({ b: 'passed' }, { b: 'failed' }));
  });
});

describe('a judgement', () => {
  const promise: Expectation = {
    reason: 'No.',
    kind: 'promise',
    cpython: { x: ['a', 'b', 'gone', 'other'] },
  };
  const one = subject({ a: 'passed', new: 'passed', gone: 'passed', other: 'skipped' }, { gone: 'passed' });
  const part = { name: 'cpython' } as Ran['part'];
  const ran: Ran[] = [{ part, subjects: new Map([['x', one]]) }];
  const judged = judge(listDifferences('cpython', 'x', one), ran, [promise]);

  it('knows differences with a reason from others', () => {
    expect(judged.expected.get(promise)?.map(({ check }) => check)).toEqual(['a']);
    expect(judged.unexpected.map(({ check }) => check)).toEqual(['new']);
  });

  it('knows a subject that was to be run and is none', () => {
    expect(listUnknown(['x', 'test_typo'], ran)).toEqual(['test_typo']);
  });

  it('tells those that are gone, and nothing of tests that did not run', () => {
    expect(judged.gone).toEqual(['cpython x gone']);
  });
});
