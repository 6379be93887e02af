/** Returns true when the time for a piece of work is over. */
export type Clock = () => boolean;

export const unlimited: Clock = () => false;

/** Starts a clock that runs out `ms` milliseconds from now. */
export function startClock(ms: number): Clock {
  const end = performance.now() + ms;
  return () => performance.now() > end;
}

/** The work did not end within its time. No caller sees the message. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/** @throws OutOfTime */
export function checkClock(isOver: Clock): void {
  if (isOver()) throw new OutOfTime('out of time');
}

/** Steps between two looks at the clock, about ten microseconds. */
const STRIDE = 256;

/**
 * Returns a function to call at each small step of a piece of work. It @throws OutOfTime once the clock has run out.
 */
export function createSteps(isOver: Clock): () => void {
  let steps = 0;
  return () => {
    steps += 1;
    if (steps % STRIDE === 0) checkClock(isOver);
  };
}
