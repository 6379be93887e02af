import { describe, expect, it } from 'vitest';
import { createJobLog } from './job-log.ts';

const never = new AbortController().signal;

describe('createJobLog', () => {
  it('drops the oldest events beyond its bytes, and says how many a reader missed', async () => {
    const log = createJobLog(2000);
    for (let count = 0; count < 50; count += 1) log.append('stdout', { text: 'x'.repeat(100) });
    log.end();
    expect(log.bytes).toBeLessThanOrEqual(2000);
    const events = [];
    for await (const event of log.readFrom(0, never)) events.push(event);
    expect(events[0]).toEqual({ id: 44, event: 'skipped', data: { events: 44 } });
    expect(events.at(-1)?.id).toBe(50);
    expect(events).toHaveLength(7);
  });

  it('keeps an event that is larger than all room', async () => {
    const log = createJobLog(100);
    log.append('stdout', { text: 'x'.repeat(1000) });
    log.end();
    const events = [];
    for await (const event of log.readFrom(0, never)) events.push(event.id);
    expect(events).toEqual([1]);
  });

  it('waits for events, and ends with its reader', async () => {
    const log = createJobLog();
    const left = new AbortController();
    const events = log.readFrom(0, left.signal);
    const coming = events.next();
    log.append('stdout', { text: 'a' });
    expect((await coming).value).toMatchObject({ id: 1 });
    const waiting = events.next();
    left.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    // A thousand readers of a silent job that come and go are no memory.
    expect(log.waiting).toBe(0);
  });
});
