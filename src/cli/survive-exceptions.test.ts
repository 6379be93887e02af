import { afterEach, describe, expect, it } from 'vitest';
import { surviveExceptions } from './survive-exceptions.ts';

let stop: (() => void) | undefined;
afterEach(() => stop?.());

describe('surviveExceptions', () => {
  it('logs what nobody caught, once, as an incident', () => {
    const logged: object[] = [];
    // Calls only the tested listener: those of the test runner would report a failure.
    const before = process.listeners('uncaughtException');
    stop = surviveExceptions({ error: (fields: object) => void logged.push(fields) });
    const ours = process.listeners('uncaughtException').find((one) => !before.includes(one));
    ours?.(new Error('lost'), 'uncaughtException');
    expect(logged).toEqual([
      { incident: expect.any(String), err: new Error('lost'), origin: 'uncaughtException' },
    ]);
    ours?.(Object.assign(new Error('ENOSPC'), { syscall: 'write', fd: 2 }), 'uncaughtException');
    expect(logged).toHaveLength(1);
  });

  it('is not ended by a log that fails', () => {
    const before = process.listeners('uncaughtException');
    stop = surviveExceptions({
      error: () => {
        throw new Error('the log is full');
      },
    });
    const ours = process.listeners('uncaughtException').find((one) => !before.includes(one));
    expect(() => ours?.(new Error('lost'), 'uncaughtException')).not.toThrow();
  });
});
