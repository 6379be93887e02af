import { isFinalState, type LossReason, type SessionState } from '../contract/sessions/session-state.ts';

/** State of a session, and its counts. */
export interface SessionStatus {
  readonly state: SessionState;
  /** Executions that were begun. */
  readonly executions: number;
  /** Set with a final state. */
  readonly loss: LossReason | undefined;
}

export type SessionEvent =
  /** Its jail is there. */
  | { readonly type: 'opened' }
  /** A caller wants to use it; an execution counts, the look at a file does not. */
  | { readonly type: 'use'; readonly counts: boolean }
  | { readonly type: 'interrupt' }
  /** Its use has ended, and its jail is there. */
  | { readonly type: 'rest' }
  /** Nobody has used it for a while. */
  | { readonly type: 'freeze' }
  /** It ends, for whatever reason. */
  | { readonly type: 'lose'; readonly reason: LossReason };

export type SessionEffect =
  /** Lets its processes go on. */
  | 'thaw'
  | 'freeze'
  /** Interrupts what runs. */
  | 'interrupt'
  /** Starts to count the time without use. */
  | 'wait'
  /** Stops to count it. */
  | 'awake'
  /** Ends its jail. */
  | 'end';

export interface SessionStep {
  readonly status: SessionStatus;
  readonly effects: readonly SessionEffect[];
}

export const createSessionStatus = (): SessionStatus => ({
  state: 'opening',
  executions: 0,
  loss: undefined,
});

/**
 * Returns the status after an event, and what to do. The same status when the event changes nothing: whoever wanted to
 * use the session did not get it then. A final state never changes.
 */
export function advanceSession(status: SessionStatus, event: SessionEvent): SessionStep {
  const { state, executions } = status;
  if (isFinalState(state)) return stay(status);
  switch (event.type) {
    case 'opened':
      return state === 'opening' ? step({ ...status, state: 'idle' }, 'wait') : stay(status);
    case 'use': {
      if (state !== 'idle' && state !== 'frozen') return stay(status);
      const next = { ...status, state: 'running', executions: executions + (event.counts ? 1 : 0) } as const;
      return state === 'frozen' ? step(next, 'awake', 'thaw') : step(next, 'awake');
    }
    case 'interrupt':
      // A second one may help where the first did not.
      return isRunning(state) ? step({ ...status, state: 'interrupting' }, 'interrupt') : stay(status);
    case 'rest':
      return isRunning(state) ? step({ ...status, state: 'idle' }, 'wait') : stay(status);
    case 'freeze':
      return state === 'idle' ? step({ ...status, state: 'frozen' }, 'freeze') : stay(status);
    case 'lose':
      return step(
        { ...status, state: event.reason === 'closed' ? 'closed' : 'lost', loss: event.reason },
        'awake',
        'end',
      );
  }
}

const isRunning = (state: SessionState): boolean => state === 'running' || state === 'interrupting';

const step = (status: SessionStatus, ...effects: SessionEffect[]): SessionStep => ({ status, effects });
const stay = (status: SessionStatus): SessionStep => step(status);
