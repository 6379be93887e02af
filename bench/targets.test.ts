import { describe, expect, it } from 'vitest';
import type { Overload } from './overload.ts';
import { formatTargets, judge } from './targets.ts';

const overload: Overload = {
  seconds: 30,
  unloadedMs: 4,
  capacityRate: 100,
  offeredRate: 1000,
  waitMs: 500,
  accepted: [100, 512, 600],
  acceptedRate: 90,
  refusals: new Map([['overloaded', 900]]),
  live: { latencies: [1, 50, 2], failures: [], lateMs: 1 },
};

const judgeOverload = (changed: Partial<Overload>): boolean[] =>
  judge({
    program: 'dist/cli/main.js',
    command: 'npm run bench',
    configurations: [],
    overload: { ...overload, ...changed },
  }).map(({ isReached }) => isReached);

describe('the targets under overload', () => {
  it.each<[string, Partial<Overload>, boolean[]]>([
    ['are reached up to their bounds', {}, [true, true, true]],
    [
      'miss where one refusal is another',
      { refusals: new Map([['internal_error', 1]]) },
      [false, true, true],
    ],
    ['miss where nothing was refused', { refusals: new Map() }, [false, true, true]],
    ['miss where those executed waited too long', { accepted: [513] }, [true, false, true]],
    ['miss where nothing was executed', { accepted: [] }, [true, false, true]],
    [
      'miss where /live was slow once',
      { live: { ...overload.live, latencies: [1, 50.1] } },
      [true, true, false],
    ],
    [
      'miss where /live did not answer',
      { live: { ...overload.live, failures: ['ECONNRESET'] } },
      [true, true, false],
    ],
    ['miss where /live was never asked', { live: { ...overload.live, latencies: [] } }, [true, true, false]],
  ])('%s', (_, changed, reached) => {
    expect(judgeOverload(changed)).toEqual(reached);
  });

  it('are told with figure and bound', () => {
    expect(formatTargets(judge({ program: '', command: '', configurations: [], overload }))).toBe(
      [
        'reached  overload, every refusal is `overloaded`: 900 overloaded (some, and no other)',
        'reached  overload, median of those executed: 512.0 ms (at most 3 × 4.0 ms and the wait of 500 ms)',
        'reached  overload, slowest answer of /live: 50.0 ms, 0 not answered (at most 50 ms, all answered)',
      ].join('\n'),
    );
  });

  it('are left out where nothing of them was measured', () => {
    expect(judge({ program: '', command: '', configurations: [] })).toEqual([]);
  });
});
