import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFinalState, lossReasons, type LossReason } from '../contract/sessions/session-state.ts';
import {
  advanceSession,
  createSessionStatus,
  type SessionEffect,
  type SessionEvent,
  type SessionStatus,
} from './advance-session.ts';

const reasons = Object.keys(lossReasons) as LossReason[];
const opened: SessionEvent = { type: 'opened' };
const use: SessionEvent = { type: 'use', counts: true };
const rest: SessionEvent = { type: 'rest' };

function follow(...events: readonly SessionEvent[]) {
  let status = createSessionStatus();
  let effects: readonly SessionEffect[] = [];
  for (const event of events) ({ status, effects } = advanceSession(status, event));
  return { ...status, effects };
}

describe('advanceSession', () => {
  it('runs one thing at a time, and counts executions', () => {
    expect(follow(opened, use)).toMatchObject({ state: 'running', executions: 1, effects: ['awake'] });
    expect(follow(opened, use, use)).toMatchObject({ state: 'running', executions: 1, effects: [] });
    expect(follow(opened, use, rest, use)).toMatchObject({ state: 'running', executions: 2 });
    expect(follow(opened, { type: 'use', counts: false })).toMatchObject({ executions: 0 });
    expect(follow(use)).toMatchObject({ state: 'opening', effects: [] });
  });

  it('freezes only what rests, and thaws it for the next call', () => {
    expect(follow(opened, { type: 'freeze' })).toMatchObject({ state: 'frozen', effects: ['freeze'] });
    expect(follow(opened, { type: 'freeze' }, use).effects).toEqual(['awake', 'thaw']);
    expect(follow(opened, use, { type: 'freeze' })).toMatchObject({ state: 'running', effects: [] });
  });

  it('interrupts only what runs, again if need be', () => {
    const interrupt: SessionEvent = { type: 'interrupt' };
    expect(follow(opened, interrupt).effects).toEqual([]);
    expect(follow(opened, use, interrupt)).toMatchObject({ state: 'interrupting', effects: ['interrupt'] });
    expect(follow(opened, use, interrupt, interrupt).effects).toEqual(['interrupt']);
    expect(follow(opened, use, interrupt, rest)).toMatchObject({ state: 'idle', effects: ['wait'] });
  });
});

describe('any order of events', () => {
  const events: fc.Arbitrary<SessionEvent> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom<SessionEvent>(opened, use, rest, { type: 'interrupt' }, { type: 'freeze' }),
    },
    { weight: 2, arbitrary: fc.constant<SessionEvent>({ type: 'use', counts: false }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...reasons).map((reason): SessionEvent => ({ type: 'lose', reason })),
    },
  );
  const plays = fc.array(events, { maxLength: 40 }).map((script) => {
    const steps: {
      before: SessionStatus;
      event: SessionEvent;
      after: SessionStatus;
      effects: readonly SessionEffect[];
    }[] = [];
    let status = createSessionStatus();
    for (const event of script) {
      const { status: after, effects } = advanceSession(status, event);
      steps.push({ before: status, event, after, effects });
      status = after;
    }
    return steps;
  });

  it('ends at most once, for the first reason, with nothing after it', () => {
    fc.assert(
      fc.property(plays, (steps) => {
        const ends = steps.filter(({ effects }) => effects.includes('end'));
        expect(ends.length).toBeLessThanOrEqual(1);
        const first = steps.findIndex(({ effects }) => effects.includes('end'));
        if (first === -1) return;
        for (const { after, effects } of steps.slice(first + 1)) {
          expect(effects).toEqual([]);
          expect(after).toBe(steps[first]?.after);
        }
      }),
    );
  });

  it('thaws before it is used, freezes only at rest, and counts no time while it is used', () => {
    fc.assert(
      fc.property(plays, (steps) => {
        let isFrozen = false;
        let isCounted = false;
        for (const { before, after, effects } of steps) {
          for (const effect of effects) {
            if (effect === 'freeze') expect([before.state, isFrozen]).toEqual(['idle', false]);
            if (effect === 'freeze' || effect === 'thaw') isFrozen = effect === 'freeze';
            if (effect === 'wait' || effect === 'awake') isCounted = effect === 'wait';
          }
          if (after.state === 'running' || after.state === 'interrupting')
            expect(isFrozen || isCounted).toBe(false);
          if (after.state === 'idle' || after.state === 'frozen') expect(isCounted).toBe(true);
          expect(isFinalState(after.state)).toBe(after.loss !== undefined);
          expect(after.executions).toBeGreaterThanOrEqual(before.executions);
        }
      }),
    );
  });
});
