import { randomBytes } from 'node:crypto';
import type { JailParts } from '../jail-parts.ts';
import { SECRET_BYTES } from '../protocol/messages.ts';
import { advance } from './advance.ts';
import { paceReading } from './pace-reading.ts';
import { readFrames } from './read-frames.ts';
import { initialState, type Effect, type RunEvent, type RunState } from './state.ts';

/** Takes a piece of output; the chunk is reused after this returns. */
export type Sink = (stream: 'stdout' | 'stderr', chunk: Buffer) => void;

/** State of one jail, and the dispatch of events and effects. */
export interface JailLife {
  /**
   * Returns the secret that the harness gets with its job, and must repeat when it refuses the job. Once a script has
   * run, there is none: a refusal is then that of a script.
   */
  readonly secret: () => Buffer;
  /** Returns the secret that the harness gets with the present job, and repeats when it has read it, in a session. */
  readonly token: () => Buffer;
  readonly state: () => RunState;
  readonly dispatch: (event: RunEvent) => void;
  /** Sets the receiver of output from now on; undefined drops output. */
  setSink(sink: Sink | undefined): void;
  setPerformer(perform: (effect: Effect) => void): void;
  /** Reads nothing more until `resume`: what the jail writes between two jobs of a session waits in its pipes. */
  pause(what: 'output' | 'report'): void;
  resume(): void;
  /** Forgets the job that is over, in a session. */
  goOn(): void;
}

/**
 * Follows a process that was just started. Frames, output and its end become events; `perform` is the first
 * performer.
 */
export function followJail(
  { process: child, caps }: JailParts,
  sink: Sink,
  perform: (effect: Effect) => void,
): JailLife {
  let secret = randomBytes(SECRET_BYTES);
  let token = secret;
  let state = initialState;
  let takeOutput: Sink | undefined = sink;
  let performNow = perform;
  let isTurning = false;
  const waiting: RunEvent[] = [];

  const dispatch = (event: RunEvent): void => {
    waiting.push(event);
    // An effect may dispatch an event, which waits until the effects of the present one are done.
    if (isTurning) return;
    isTurning = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const step = advance(state, next);
        state = step.state;
        for (const effect of step.effects) performNow(effect);
      }
    } finally {
      isTurning = false;
    }
  };

  child.stdout.onChunk = (chunk) => takeOutput?.('stdout', chunk);
  child.stderr.onChunk = (chunk) => takeOutput?.('stderr', chunk);
  const source = {
    caps,
    secret: () => secret,
    token: () => token,
    productBytes: () => state.expected.productBytes,
  };
  const report = paceReading(child.report, readFrames(source, dispatch));
  void child.closed.then((log) => dispatch({ type: 'closed', log }));

  const resume = (): void => {
    for (const stream of [child.stdout, child.stderr, report]) stream.resume();
  };

  return {
    secret: () => secret,
    token: () => token,
    state: () => state,
    dispatch,
    setSink: (next) => {
      takeOutput = next;
    },
    setPerformer: (next) => {
      performNow = next;
    },
    pause: (what) => {
      for (const stream of what === 'output' ? [child.stdout, child.stderr] : [report]) stream.pause();
    },
    resume,
    goOn: () => {
      // Never sent, and so never repeated.
      secret = randomBytes(SECRET_BYTES);
      token = randomBytes(SECRET_BYTES);
      dispatch({ type: 'next' });
    },
  };
}

/** Ends every process of a jail. */
export function killJail({ process: child, leaf }: JailParts): void {
  child.kill();
  leaf?.kill();
}
