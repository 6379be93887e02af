import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventQueue, type EventQueue } from './event-queue.ts';

function takeAll(queue: EventQueue): string[] {
  const texts: string[] = [];
  for (let event = queue.take(); event !== undefined; event = queue.take()) {
    texts.push(
      'text' in event.data ? event.data.text : event.event === 'start' ? event.data.id : event.event,
    );
  }
  return texts;
}

const isSettled = async (promise: Promise<unknown>): Promise<boolean> =>
  (await Promise.race([promise.then(() => true), new Promise((resolve) => setImmediate(resolve))])) === true;

describe('createEventQueue', () => {
  it('gives what the whole stream gives when it is decoded, whatever the bytes and wherever they are cut', () => {
    const hard = constantFrom(
      0x41,
      0x80,
      0xe2,
      0x82,
      0xac,
      0xf0,
      0x9f,
      0x98,
      0xff,
      0xed,
      0xa0,
      0xef,
      0xbb,
      0xbf,
      0xf4,
    );
    assert(
      property(array(hard, { maxLength: 30 }), array(integer({ min: 1, max: 4 })), (bytes, cuts) => {
        const queue = createEventQueue();
        const texts: string[] = [];
        const rest = [...bytes];
        for (const cut of [...cuts, 30]) {
          void queue.output('stdout', Uint8Array.from(rest.splice(0, cut)));
          if (cut % 2 === 0) texts.push(...takeAll(queue));
        }
        queue.end();
        texts.push(...takeAll(queue));
        expect(texts.join('')).toBe(Buffer.from(bytes).toString('utf8'));
        expect(texts.every((text) => text !== '' && text.isWellFormed())).toBe(true);
      }),
    );
  });

  it('joins what waits, and keeps the streams in their order', () => {
    const queue = createEventQueue();
    for (const [stream, text] of [
      ['stdout', 'a'],
      ['stdout', 'b'],
      ['stderr', 'c'],
      ['stdout', 'd'],
    ] as const) {
      void queue.output(stream, Buffer.from(text));
    }
    expect(takeAll(queue)).toEqual(['ab', 'c', 'd']);
  });

  it('lets the script wait while too much waits, and go on when half of it is taken', async () => {
    const queue = createEventQueue();
    const piece = Buffer.alloc(40_000, 'x');
    expect(queue.output('stdout', piece)).toBeUndefined();
    const held = Promise.resolve(queue.output('stdout', piece));
    expect(await isSettled(held)).toBe(false);
    queue.take();
    expect(await isSettled(held)).toBe(false);
    queue.take();
    expect(await isSettled(held)).toBe(true);
  });

  it('counts events without much text too', () => {
    const queue = createEventQueue();
    let count = 0;
    for (const limit = 5000; count < limit; count += 1) {
      if (queue.output(count % 2 === 0 ? 'stdout' : 'stderr', Buffer.from('x')) !== undefined) break;
    }
    expect(count).toBeLessThan(2000);
  });

  it('lets the script go on where nobody reads any more, and keeps nothing', async () => {
    const queue = createEventQueue();
    const held = Promise.resolve(queue.output('stdout', Buffer.alloc(100_000)));
    queue.close();
    expect(await isSettled(held)).toBe(true);
    expect(queue.output('stdout', Buffer.alloc(100_000))).toBeUndefined();
    expect(queue.take()).toBeUndefined();
  });

  it('says when something arrives, and when nothing more comes', async () => {
    const queue = createEventQueue();
    const first = queue.arrival();
    expect(await isSettled(first)).toBe(false);
    queue.start('id');
    expect(await isSettled(first)).toBe(true);
    expect(takeAll(queue)).toEqual(['id']);
    const [one, other] = [queue.arrival(), queue.arrival()];
    queue.end();
    expect(await isSettled(Promise.all([one, other, queue.arrival()]))).toBe(true);
  });
});
