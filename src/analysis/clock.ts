/** Says, when asked, whether the time for a piece of work is over. */
export type Clock = () => boolean;

export const unlimited: Clock = () => false;

/** A clock that is over `ms` milliseconds from now. */
export function startClock(ms: number): Clock {
  const end = performance.now() + ms;
  return () => performance.now() > end;
}

/** The work did not end within its time. Its own message never reaches a caller. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/** @throws OutOfTime */
export function checkClock(isOver: Clock): void {
  if (isOver()) throw new OutOfTime('out of time');
}

/** Steps between two looks at the clock: some ten microseconds. */
const STRIDE = 256;

/** A function to call at each small step of some work. @throws OutOfTime, from then on, where the clock is over. */
export function createSteps(isOver: Clock): () => void {
  let steps = 0;
  return () => {
    steps += 1;
    if (steps % STRIDE === 0) checkClock(isOver);
  };
}
