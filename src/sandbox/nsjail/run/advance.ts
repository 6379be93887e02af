import type { Stop } from '../../../core/contract/evidence.ts';
import {
  initialState,
  type Cause,
  type Effect,
  type ReportFrame,
  type RunEvent,
  type RunState,
} from './state.ts';

export interface Step {
  readonly state: RunState;
  readonly effects: readonly Effect[];
}

/**
 * The life of one jail as a pure function: from a state and an event to the next state and its effects. The first
 * event that ends an execution decides, and nothing happens after its end.
 */
export function advance(state: RunState, event: RunEvent): Step {
  if (state.phase === 'over') return event.type === 'next' ? goOn(state) : stay(state);
  if (isBelated(state, event)) return stop(state, breach('a message of an earlier job'));
  switch (event.type) {
    case 'ready':
      return state.phase === 'starting'
        ? step({ ...state, phase: 'ready' }, { type: 'begin' })
        : stop(state, breach('a second greeting'));
    case 'foreign':
      return state.phase === 'starting'
        ? close(state, { by: 'failure', error: event.error })
        : stop(state, breach('a second greeting'));
    case 'job':
      return state.phase === 'ready'
        ? step({ ...state, phase: 'running', expected: event.expected })
        : stay(state);
    case 'output':
      return event.bytes > state.expected.floodBytes
        ? stop(state, { reason: 'flood', stream: event.stream })
        : stay(state);
    case 'held':
      return step({ ...state, wasHeld: true });
    case 'figures':
      return announceFigures(state);
    case 'display':
      return takeDisplay(state, event);
    case 'taken':
      return takeJob(state);
    case 'begun':
      return takeStart(state);
    case 'next':
      return stay(state);
    case 'report':
      return takeReport(state, event.frame, event.at);
    case 'file':
      return takeFile(state, event);
    case 'stop':
      return stop(state, event.stop);
    case 'failure':
      return state.phase === 'running'
        ? close(state, { by: 'failure', error: event.error })
        : abandonFiles(state);
    case 'withdrawn':
      return withdraw(state, event.error);
    case 'caught_up':
      return state.phase === 'catching_up' ? finishOutput(state) : stay(state);
    case 'collected':
      return finishFiles({ ...state, takesFiles: false });
    case 'checked':
      return state.phase === 'checking' ? takeChecked(state, event.report) : stay(state);
    case 'closed':
      return end({ ...state, log: event.log });
  }
}

/** Stop for a frame whose content is not what its tag announces. */
export const malformed = (tag: string): Stop => breach(`a ${tag} that is not JSON of the right shape`);

const breach = (detail: string): Stop => ({ reason: 'protocol', detail });

const step = (state: RunState, ...effects: Effect[]): Step => ({ state, effects });
const stay = (state: RunState): Step => step(state);

const close = (state: RunState, cause: Cause): Step =>
  step({ ...state, phase: 'closing', cause }, { type: 'kill' });

/** Ends the collection of files after a limit or breach that follows the report; files still inside are lost. */
const abandonFiles = (state: RunState): Step =>
  state.takesFiles ? step(state, { type: 'abandon_files' }) : stay(state);

function stop(state: RunState, reason: Stop): Step {
  // A jail that sends anything before its job is closed, and never gets one.
  return ['starting', 'ready', 'running'].includes(state.phase)
    ? close(state, { by: 'stop', stop: reason })
    : abandonFiles(state);
}

function announceFigures(state: RunState): Step {
  if (state.cause !== undefined) return abandonFiles(state);
  // Accepted once: the frame is short enough to keep the service busy with nothing else.
  if (state.hasFigures) return stop(state, breach('figures that were announced'));
  if (!state.expected.figures) return stop(state, breach('figures that were refused'));
  return step({ ...state, hasFigures: true });
}

/** Waits for the next job, where the jail stayed. */
const goOn = (state: RunState): Step => step(isKept(state) ? { ...initialState, phase: 'ready' } : state);

/** True when a jail is there after its job. */
export const isKept = ({ expected, cause, log }: RunState): boolean =>
  expected.stays && cause?.by === 'report' && log === undefined;

/** Messages that a job of a session sends. */
const claims: ReadonlySet<RunEvent['type']> = new Set(['figures', 'display', 'begun', 'report', 'file']);

/** True for what was sent before the job of a session was read: by a script that ended an earlier one itself. */
const isBelated = ({ phase, expected, isTaken }: RunState, { type }: RunEvent): boolean =>
  phase === 'running' && expected.stays && !isTaken && claims.has(type);

function takeJob(state: RunState): Step {
  return state.phase === 'running' && state.expected.stays && !state.isTaken
    ? step({ ...state, isTaken: true })
    : stop(state, breach('a job that was taken'));
}

function takeStart(state: RunState): Step {
  if (state.cause !== undefined) return stay(state);
  return state.phase === 'running' && state.expected.stays
    ? step(state, { type: 'listen' })
    : stop(state, breach('a start that was not asked for'));
}

function takeDisplay(state: RunState, { display, bytes }: Extract<RunEvent, { type: 'display' }>): Step {
  // Ignored after the report, like a second one.
  if (state.cause !== undefined) return stay(state);
  const { expected } = state;
  const displays = { count: state.displays.count + 1, bytes: state.displays.bytes + bytes };
  if (state.phase !== 'running' || displays.count > expected.displays)
    return stop(state, breach('a result that was refused'));
  if (displays.bytes > expected.displayBytes) return stop(state, { reason: 'result_too_large' });
  return step({ ...state, displays }, { type: 'show', display });
}

function takeReport(state: RunState, frame: ReportFrame, at: number): Step {
  // Ignores a second report: the first one counts.
  if (state.cause !== undefined) return abandonFiles(state);
  if (state.phase !== 'running') return stop(state, breach('a report before the job'));
  // Only a launcher sees how a program ended; a script in the harness's own process could choose its verdict.
  if (frame.kind === 'signalled' && !state.expected.launches) return stop(state, malformed('signal'));
  const takesFiles = state.expected.files || state.hasFigures;
  const cause: Cause = { by: 'report', frame, at };
  // A listener that was waited for may have left much in the pipes, so they are read to the jail's end.
  if (state.wasHeld && !takesFiles && !state.expected.stays) return close(state, cause);
  return step(
    { ...state, phase: 'catching_up', cause, takesFiles },
    ...(takesFiles ? [{ type: 'collect' } as const] : []),
    { type: 'drain' },
    // The pipes already hold what the script wrote before its report.
    { type: 'catch_up' },
  );
}

function takeFile(state: RunState, { tag, payload }: Extract<RunEvent, { type: 'file' }>): Step {
  if (state.takesFiles) return step(state, { type: 'take_file', tag, payload });
  return state.cause === undefined ? stop(state, breach('a file before the report')) : stay(state);
}

function withdraw(state: RunState, error: unknown): Step {
  const withdrawn = { ...state, withdrawal: state.withdrawal ?? { error } };
  if (state.phase === 'running') return close(withdrawn, { by: 'exit' });
  const { effects } = abandonFiles(state);
  return step(withdrawn, { type: 'kill' }, ...effects);
}

/** Stops taking output: anything later comes from threads, exit handlers or children that outlived the report. */
function finishOutput(state: RunState): Step {
  const { state: next, effects } = finishFiles({ ...state, phase: 'collecting', isMeasured: true });
  const closed: Effect[] = isEndAwaited(state) ? [] : [{ type: 'close_output' }];
  return step(next, ...closed, { type: 'measure' }, ...effects);
}

/** True when the pipes are read to the jail's end, because they may hold more than is read at once. */
const isEndAwaited = ({ wasHeld, expected }: RunState): boolean => wasHeld && !expected.stays;

function finishFiles(state: RunState): Step {
  if (state.phase !== 'collecting' || (state.takesFiles && state.log === undefined)) return stay(state);
  if (isEndAwaited(state) && state.log === undefined)
    return step({ ...state, phase: 'draining' }, { type: 'kill' });
  return check(state);
}

function check(state: RunState): Step {
  if (state.cause?.by !== 'report') return finish(state);
  return step(
    { ...state, phase: 'checking' },
    { type: 'close_output' },
    { type: 'check', frame: state.cause.frame },
  );
}

function takeChecked(state: RunState, report: RunState['report']): Step {
  if (report !== undefined) return finish({ ...state, report });
  const refused: RunState = { ...state, cause: { by: 'stop', stop: malformed('result') } };
  return state.log === undefined ? step({ ...refused, phase: 'closing' }, { type: 'kill' }) : finish(refused);
}

const finish = (state: RunState): Step =>
  step({ ...state, phase: 'over' }, { type: 'close_output' }, { type: 'finish' });

/** Handles the end of the jail, after which nothing more comes from it. */
function end(state: RunState): Step {
  switch (state.phase) {
    case 'catching_up':
      return finishOutput(state);
    case 'collecting':
      return finishFiles(state);
    case 'draining':
      return check(state);
    case 'checking':
    case 'over':
      return stay(state);
    case 'starting':
    case 'ready':
    case 'running':
    case 'closing': {
      const cause = state.cause ?? { by: 'exit' };
      const { state: next, effects } = check({ ...state, cause, isMeasured: true });
      return step(next, ...(state.isMeasured ? [] : [{ type: 'measure' } as const]), ...effects);
    }
  }
}
