/*
 * Loaded into a service ahead of its own modules (node --import): on SIGUSR2 its wall clock is set as `FAULT_CLOCK`, a file,
 * says in milliseconds from the true time; what Date.now() gives then is written beside it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env['FAULT_CLOCK'];
if (file !== undefined && isMainThread) {
  const Real = Date;
  let offset = 0;
  class JumpingDate extends Real {
    constructor(...given: readonly unknown[]) {
      // @ts-expect-error what Date takes is an overload of each
      super(...(given.length === 0 ? [Real.now() + offset] : given));
    }
    static override now(): number {
      return Real.now() + offset;
    }
  }
  globalThis.Date = JumpingDate as DateConstructor;
  process.on('SIGUSR2', () => {
    offset = Number(readFileSync(file, 'utf8'));
    writeFileSync(`${file}.seen`, String(Date.now()));
  });
}
