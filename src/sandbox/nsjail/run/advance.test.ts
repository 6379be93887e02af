import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JailFailure } from '../../sandbox.ts';
import { advance, malformed } from './advance.ts';
import {
  initialState,
  type Effect,
  type Expected,
  type ReportFrame,
  type RunEvent,
  type RunState,
} from './state.ts';

const plain: Expected = {
  files: false,
  figures: false,
  productBytes: undefined,
  launches: false,
  displays: 0,
  displayBytes: 0,
  stays: false,
  floodBytes: 100,
};
const result: ReportFrame = { kind: 'unchecked', text: '1' };
const report = (frame: ReportFrame = result): RunEvent => ({ type: 'report', frame, at: 5 });
const closed: RunEvent = { type: 'closed', log: 'words of nsjail' };
const deadline: RunEvent = { type: 'stop', stop: { reason: 'deadline' } };
const checked: RunEvent = { type: 'checked', report: { kind: 'exited', code: 0 } };
const failure: RunEvent = { type: 'failure', error: new JailFailure('blind') };
const foreign: RunEvent = { type: 'foreign', error: new JailFailure('another version') };
const taken: RunEvent = { type: 'taken' };
const file: RunEvent = { type: 'file', tag: 'data', payload: Buffer.from('x') };

/** Returns the state after some events, and the effects of the last one. */
function follow(...events: readonly RunEvent[]): { state: RunState; effects: string[] } {
  let [state, effects]: [RunState, readonly Effect[]] = [initialState, []];
  for (const event of events) ({ state, effects } = advance(state, event));
  return { state, effects: effects.map(({ type }) => type) };
}

const begin = (expected: Partial<Expected> = {}): RunEvent[] => [
  { type: 'ready' },
  { type: 'job', expected: { ...plain, ...expected } },
  ...(expected.stays === true ? [taken] : []),
];

const flood = (bytes: number): RunEvent => ({ type: 'output', stream: 'stderr', bytes });

describe('advance', () => {
  it('begins once', () => {
    expect(follow({ type: 'ready' })).toMatchObject({ state: { phase: 'ready' }, effects: ['begin'] });
    expect(follow({ type: 'ready' }, { type: 'ready' })).toMatchObject({
      state: { phase: 'closing', cause: { stop: { detail: 'a second greeting' } } },
      effects: ['kill'],
    });
    expect(follow({ type: 'job', expected: plain }).state.phase).toBe('starting');
    expect(follow(foreign)).toMatchObject({ state: { cause: { by: 'failure' } }, effects: ['kill'] });
    expect(follow(...begin(), foreign).state.cause).toMatchObject({ stop: { detail: 'a second greeting' } });
  });

  it('reads output to the report, checks the report, and leaves the jail to its owner', () => {
    expect(follow(...begin(), report())).toMatchObject({ effects: ['drain', 'catch_up'] });
    expect(follow(...begin(), report(), { type: 'caught_up' })).toMatchObject({
      state: { phase: 'checking' },
      effects: ['close_output', 'measure', 'close_output', 'check'],
    });
    const { state, effects } = follow(...begin(), report(), { type: 'caught_up' }, checked);
    expect(state).toMatchObject({
      phase: 'over',
      report: { kind: 'exited' },
      cause: { by: 'report', at: 5 },
    });
    expect(effects).toEqual(['close_output', 'finish']);
  });

  it('waits for files after the report, and for no more than the jail sends', () => {
    const begun = [...begin({ files: true }), report()];
    expect(follow(...begun).effects).toEqual(['collect', 'drain', 'catch_up']);
    expect(follow(...begun, file).effects).toEqual(['take_file']);
    expect(follow(...begun, { type: 'caught_up' }).state.phase).toBe('collecting');
    expect(follow(...begun, { type: 'caught_up' }, { type: 'collected' }).effects).toEqual([
      'close_output',
      'check',
    ]);
    expect(follow(...begun, { type: 'collected' }, { type: 'caught_up' }).state.phase).toBe('checking');
    expect(follow(...begun, { type: 'caught_up' }, closed).state.phase).toBe('checking');
    expect(follow(...begun, closed)).toMatchObject({
      state: { phase: 'checking', isMeasured: true },
      effects: ['close_output', 'measure', 'close_output', 'check'],
    });
    for (const event of [deadline, report(), failure, { type: 'figures' } as const])
      expect(follow(...begun, event).effects).toEqual(['abandon_files']);
  });

  it('waits for the end of a jail whose listener was waited for', () => {
    const held = [...begin(), { type: 'held' } as const];
    expect(follow(...held, report())).toMatchObject({ state: { phase: 'closing' }, effects: ['kill'] });
    expect(follow(...held, report(), closed)).toMatchObject({
      state: { phase: 'checking', cause: { by: 'report' } },
      effects: ['measure', 'close_output', 'check'],
    });
    const collecting = [
      ...begin({ files: true }),
      { type: 'held' } as const,
      report(),
      { type: 'caught_up' } as const,
    ];
    expect(follow(...collecting).effects).toEqual(['measure']);
    expect(follow(...collecting, { type: 'collected' })).toMatchObject({
      state: { phase: 'draining' },
      effects: ['kill'],
    });
    expect(follow(...collecting, { type: 'collected' }, closed).state.phase).toBe('checking');
  });

  it('refuses figures that nobody asked for, that come twice, or without a job', () => {
    const figures: RunEvent = { type: 'figures' };
    expect(follow(...begin({ figures: true }), figures).state.hasFigures).toBe(true);
    expect(follow(...begin({ figures: true }), figures, report()).effects).toContain('collect');
    for (const events of [[...begin(), figures], [...begin({ figures: true }), figures, figures], [figures]])
      expect(follow(...events)).toMatchObject({ state: { cause: { by: 'stop' } }, effects: ['kill'] });
  });

  it('lets no jail speak before its job', () => {
    for (const event of [report(), file, deadline])
      expect(follow({ type: 'ready' }, event)).toMatchObject({
        state: { phase: 'closing' },
        effects: ['kill'],
      });
    expect(follow({ type: 'ready' }, report(), ...begin()).state.phase).toBe('closing');
    expect(follow({ type: 'ready' }, closed)).toMatchObject({ state: { phase: 'over' } });
  });

  it('believes only a launcher that a signal ended the program', () => {
    const signalled = report({ kind: 'signalled', signal: 9 });
    expect(follow(...begin({ launches: true }), signalled).state.cause).toMatchObject({ by: 'report' });
    expect(follow(...begin(), signalled).state.cause).toEqual({ by: 'stop', stop: malformed('signal') });
  });

  it('ends a flood, and a file before the report', () => {
    expect(follow(...begin(), flood(100)).state.phase).toBe('running');
    expect(follow(...begin(), flood(101)).state.cause).toEqual({
      by: 'stop',
      stop: { reason: 'flood', stream: 'stderr' },
    });
    expect(follow(...begin(), file).state.cause).toMatchObject({ stop: { reason: 'protocol' } });
    expect(follow(...begin(), report(), file).effects).toEqual([]);
  });

  it('takes a result that is none for a breach, once the jail is gone', () => {
    const refused: RunEvent = { type: 'checked', report: undefined };
    const checking = [...begin(), report(), { type: 'caught_up' } as const];
    expect(follow(...checking, refused)).toMatchObject({ state: { phase: 'closing' }, effects: ['kill'] });
    expect(follow(...checking, refused, closed)).toMatchObject({
      state: { phase: 'over', cause: { by: 'stop' } },
      effects: ['close_output', 'finish'],
    });
    expect(follow(...checking, closed, refused).state.phase).toBe('over');
  });

  it('keeps the first reason of a withdrawal, at any time', () => {
    const gone: RunEvent = { type: 'withdrawn', error: 'gone' };
    const later: RunEvent = { type: 'withdrawn', error: 'later' };
    expect(follow(...begin(), gone, later, closed).state).toMatchObject({
      phase: 'over',
      withdrawal: { error: 'gone' },
    });
    expect(follow(...begin({ files: true }), report(), gone).effects).toEqual(['kill', 'abandon_files']);
    expect(follow(...begin(), report(), gone).effects).toEqual(['kill']);
  });

  it('lets what the machine lost stand where nothing else came first', () => {
    expect(follow(...begin(), failure, deadline, closed).state.cause).toMatchObject({ by: 'failure' });
    expect(follow(...begin(), deadline, failure, closed).state.cause).toMatchObject({ by: 'stop' });
    expect(follow(...begin(), closed).state.cause).toEqual({ by: 'exit' });
  });
});

const show = (bytes = 1): RunEvent => ({
  ...{ type: 'display', bytes, display: { main: true, data: {}, omitted: {} } },
});

describe('a session', () => {
  const kept = { stays: true, displays: 2, displayBytes: 10 };
  const done: readonly RunEvent[] = [report(), { type: 'caught_up' }, checked];

  it('takes one job after the other', () => {
    const { state } = follow(...begin(kept), show(), ...done, { type: 'next' });
    expect(state).toEqual({ ...initialState, phase: 'ready' });
    expect(follow(...begin(kept), ...done, { type: 'next' }, ...begin(kept).slice(1)).state.phase).toBe(
      'running',
    );
  });

  it('does not end its jail because a listener was slow', () => {
    expect(follow(...begin(kept), { type: 'held' }, report()).effects).toEqual(['drain', 'catch_up']);
    const { state, effects } = follow(...begin(kept), { type: 'held' }, ...done);
    expect(state.phase).toBe('over');
    expect(effects).toEqual(['close_output', 'finish']);
  });

  it('is over when its jail ended, and when something else than a report ended the job', () => {
    expect(follow(...begin(kept), ...done, closed, { type: 'next' }).state.phase).toBe('ready');
    expect(follow(...begin(kept), report(), closed, checked, { type: 'next' }).state.phase).toBe('over');
    expect(follow(...begin(kept), deadline, closed, { type: 'next' }).state.phase).toBe('over');
    expect(follow(...begin(), ...done, { type: 'next' }).state.phase).toBe('over');
  });

  it('takes nothing for a job that was sent before the job was read', () => {
    const unread = begin(kept).slice(0, -1);
    for (const early of [show(), report(), file, { type: 'begun' }, { type: 'figures' }] as const)
      expect(follow(...unread, early).state.cause).toMatchObject({
        stop: { detail: 'a message of an earlier job' },
      });
    const twice = { stop: { detail: 'a job that was taken' } };
    expect(follow(...unread, taken, taken).state.cause).toMatchObject(twice);
    expect(follow({ type: 'ready' }, taken).state.cause).toMatchObject(twice);
    expect(follow(...begin(), taken).state.cause).toMatchObject(twice);
  });

  it('bounds results, and takes none outside a cell', () => {
    const stop = (...events: RunEvent[]) => follow(...begin(kept), ...events).state.cause;
    expect(stop(show(), show())).toBeUndefined();
    expect(stop(show(), show(), show())).toMatchObject({ by: 'stop', stop: { reason: 'protocol' } });
    expect(stop(show(11))).toMatchObject({ by: 'stop', stop: { reason: 'result_too_large' } });
    expect(follow(...begin(), show()).state.cause).toMatchObject({
      by: 'stop',
      stop: { reason: 'protocol' },
    });
    expect(follow(...begin(kept), report(), show()).effects).toEqual([]);
  });
});

const events: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.constantFrom<RunEvent>(
    ...[foreign, { type: 'ready' } as const, { type: 'held' } as const, { type: 'figures' } as const],
    ...[report(), report({ kind: 'signalled', signal: 9 }), file, deadline, failure],
    { type: 'stop', stop: { reason: 'result_too_large' } },
    { type: 'begun' },
    taken,
    { type: 'display', bytes: 60, display: { main: false, data: {}, omitted: {} } },
  ),
  fc.record({ type: fc.constant('withdrawn' as const), error: fc.nat(3) }),
  fc.record({
    type: fc.constant('output' as const),
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    bytes: fc.nat(200),
  }),
);

/** Plays a jail that answers each effect later, in a given order. */
function play(expected: Expected, script: readonly RunEvent[], order: readonly number[], isSound: boolean) {
  const owed: RunEvent[] = [];
  const seen: Effect[] = [];
  let state = initialState;
  const states: RunState[] = [];
  const send = (event: RunEvent): void => {
    const next = advance(state, event);
    state = next.state;
    states.push(state);
    for (const effect of next.effects) {
      seen.push(effect);
      if (effect.type === 'kill') owed.push(closed);
      if (effect.type === 'catch_up') owed.push({ type: 'caught_up' });
      if (effect.type === 'abandon_files') owed.push({ type: 'collected' });
      if (effect.type === 'check') owed.push(isSound ? checked : { type: 'checked', report: undefined });
    }
  };
  for (const event of begin(expected)) send(event);
  for (const [at, event] of script.entries()) {
    const turn = order[at] ?? 0;
    if (turn % 2 === 1 && owed.length > 0) send(...(owed.splice(turn % owed.length, 1) as [RunEvent]));
    send(event);
  }
  // The jail's deadline comes last, or its end.
  send(deadline);
  for (let next = owed.shift(); next !== undefined; next = owed.shift()) send(next);
  return { state, states, seen };
}

describe('any order of events', () => {
  const plays = fc
    .record({
      expected: fc.record({
        ...{ files: fc.boolean(), figures: fc.boolean(), launches: fc.boolean() },
        ...{ productBytes: fc.constant(undefined), floodBytes: fc.constant(100) },
        ...{ stays: fc.boolean(), displays: fc.constant(2), displayBytes: fc.constant(100) },
      }),
      script: fc.array(events, { maxLength: 12 }),
      order: fc.array(fc.nat(20), { maxLength: 12 }),
      isSound: fc.boolean(),
    })
    .map(({ expected, script, order, isSound }) => ({ ...play(expected, script, order, isSound), isSound }));

  it('ends once, measured once, with nothing after it', () => {
    fc.assert(
      fc.property(plays, ({ state, seen }) => {
        const types = seen.map(({ type }) => type);
        expect(state.phase).toBe('over');
        expect(types.filter((type) => type === 'finish')).toHaveLength(1);
        expect(types.at(-1)).toBe('finish');
        expect(types.filter((type) => type === 'measure')).toHaveLength(1);
        expect(types).toContain('close_output');
      }),
      { numRuns: 3000 },
    );
  });

  it('counts the first thing that ended it, and a result only where it is one', () => {
    fc.assert(
      fc.property(plays, ({ states, isSound }) => {
        const causes = new Set(states.map(({ cause }) => cause).filter((cause) => cause !== undefined));
        const [first, second] = [...causes];
        expect(causes.size).toBeLessThanOrEqual(isSound ? 1 : 2);
        if (second !== undefined) {
          expect(first?.by).toBe('report');
          expect(second).toEqual({ by: 'stop', stop: malformed('result') });
        }
        const reasons = new Set(
          states.map(({ withdrawal }) => withdrawal).filter((reason) => reason !== undefined),
        );
        expect(reasons.size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 3000 },
    );
  });

  it('leaves nothing running but a jail whose report was taken', () => {
    fc.assert(
      fc.property(plays, ({ state, seen }) => {
        const isKilled = seen.some(({ type }) => type === 'kill');
        expect(isKilled || state.cause?.by === 'report').toBe(true);
        expect(state.cause?.by === 'report' || state.log !== undefined).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
