import type { Stop } from '../../../core/contract/evidence.ts';

/** Milliseconds between the interrupt of a session's job and the end of its jail. */
export const GRACE_MS = 2000;

/** Interrupts a job of a session as soon as its script can be: before, nothing would come of it. */
export interface Interrupter {
  readonly interrupt: () => void;
  /** Called when the script has begun. */
  readonly begin: () => void;
}

export function createInterrupter(act: () => void): Interrupter {
  let hasBegun = false;
  let isWanted = false;
  return {
    interrupt: () => {
      if (hasBegun) act();
      isWanted = true;
    },
    begin: () => {
      if (isWanted && !hasBegun) act();
      hasBegun = true;
    },
  };
}

/** Interrupts a job before its jail is ended. */
export interface Press {
  /** Interrupts; ends the jail for this reason after the grace. Only the first reason counts. */
  press(stop: Stop): void;
  /** Does the same for a caller that takes nothing any more. */
  withdraw(error: unknown): void;
  /** Reason of the interrupt, if it came. */
  readonly reason: () => Stop | undefined;
  readonly withdrawal: () => { readonly error: unknown } | undefined;
}

export interface PressOptions {
  readonly interrupt: () => void;
  /** Ends the jail. */
  readonly stop: (stop: Stop) => void;
  /** Takes the timer of the grace, to end it with the job. */
  readonly own: (timer: NodeJS.Timeout) => void;
  readonly graceMs?: number | undefined;
}

export function createPress({ interrupt, stop, own, graceMs = GRACE_MS }: PressOptions): Press {
  let reason: Stop | undefined;
  let withdrawal: { readonly error: unknown } | undefined;
  let isPressed = false;
  const begin = (why: Stop): void => {
    if (isPressed) return;
    isPressed = true;
    interrupt();
    own(setTimeout(() => stop(why), graceMs));
  };
  return {
    press: (why) => {
      if (!isPressed) reason = why;
      begin(why);
    },
    withdraw: (error) => {
      withdrawal ??= { error };
      begin({ reason: 'deadline' });
    },
    reason: () => reason,
    withdrawal: () => withdrawal,
  };
}
