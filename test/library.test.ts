import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrig, Refusal, type Brig } from '../src/index.ts';
import { findMarked, until, waiting } from './support/serve.ts';

let brig: Brig;
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): number => unhandled.push(reason);
beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  brig = await createBrig({ BRIG_MAX_WARM_JAILS: '1' });
});
afterAll(async () => {
  await brig.close();
  await sleep(0);
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});

const talks =
  'import sys\ndef main():\n    print("out")\n    print("err", file=sys.stderr)\n    return 2 ** 64';

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('an execution', () => {
  it('is awaited for its outcome, read for its events, or both', async () => {
    const plain = await brig.execute({ script: talks });
    expect(plain).toMatchObject({ success: true, stdout: 'out\n', resultJson: '18446744073709551616' });
    const execution = brig.execute({ script: talks, execution_id: 'e' });
    const events = await collect(execution);
    const outcome = await execution;
    expect(events[0]).toEqual({ event: 'start', data: { id: 'e' } });
    expect(events.slice(1, -1)).toEqual(
      expect.arrayContaining([
        { event: 'stdout', data: { text: 'out\n' } },
        { event: 'stderr', data: { text: 'err\n' } },
      ]),
    );
    expect(events.at(-1)).toEqual({ event: 'done', data: outcome });
  });

  it('throws in the loop what the promise rejects with, and nowhere else', async () => {
    await expect(collect(brig.execute({ script: '', limits: { timeout: 1e9 } }))).rejects.toBeInstanceOf(
      Refusal,
    );
    await expect(brig.execute({ script: '', limits: { timeout: 1e9 } })).rejects.toBeInstanceOf(Refusal);
  });

  it('ends when its loop is left', async () => {
    for await (const { event } of brig.execute({
      script: waiting('library-left'),
      limits: { timeout: 60 },
    })) {
      expect(event).toBe('start');
      await until(() => findMarked('library-left').length === 1);
      break;
    }
    expect(findMarked('library-left')).toEqual([]);
    await until(() => brig.health().pool.running === 0);
  });

  it('can be read once, and says so', async () => {
    const execution = brig.execute({ script: talks });
    await collect(execution);
    expect(() => execution[Symbol.asyncIterator]()).toThrow('only once');
  });

  it('that nobody reads is not held up, nor one whose reading begins late', async () => {
    const script =
      'import os\ndef main():\n    for _ in range(150): os.write(1, b"x" * 65536)\n    return "through"';
    const execution = brig.execute({ script });
    expect(await execution).toMatchObject({ result: 'through' });
    expect((await collect(execution)).map(({ event }) => event)).toEqual(['done']);
  });

  it('is held up by a reader who thinks long', async () => {
    const script = 'import os\ndef main():\n    for _ in range(150): os.write(1, b"x" * 65536)';
    let read = 0;
    for await (const { event, data } of brig.execute({ script, limits: { timeout: 60 } })) {
      if (event !== 'stdout') continue;
      if (read === 0) {
        await sleep(300);
        expect(brig.health().pool.running).toBe(1);
      }
      read += data.text.length;
    }
    expect(read).toBe(150 * 65_536);
  });
});

describe('a generation', () => {
  it('throws where there is no model, or the request is wrong', async () => {
    await expect(brig.generate({ query: 'a sum' })).rejects.toMatchObject({ category: 'forbidden' });
    await expect(collect(brig.generate({ query: 'a sum' }))).rejects.toBeInstanceOf(Refusal);
    const files = [{ path: '../a', content: new Uint8Array(1) }];
    await expect(brig.generate({ query: 'a sum', files })).rejects.toThrow('files[0].path');
    await expect(brig.generate({ query: '' })).rejects.toMatchObject({ category: 'invalid_input' });
  });
});

describe('onOutput', () => {
  it('holds the script up with a promise, and gets all of it', async () => {
    let [bytes, calls] = [0, 0];
    const outcome = await brig.execute(
      { script: 'import os\ndef main():\n    for _ in range(30): os.write(1, b"x" * 65536)' },
      {
        onOutput: async (_stream, chunk) => {
          await sleep(2);
          bytes += chunk.length;
          calls += 1;
        },
      },
    );
    expect(outcome.execution.output.stdout.bytes).toBe(30 * 65_536);
    await until(() => bytes === 30 * 65_536);
    expect(calls).toBeGreaterThan(1);
  });

  it('that rejects when all is over changes nothing', async () => {
    const late = Promise.withResolvers<void>();
    const outcome = await brig.execute({ script: 'def main(): print(1)' }, { onOutput: () => late.promise });
    expect(outcome.success).toBe(true);
    late.reject(new Error('too late'));
    expect(await brig.execute({ script: 'def main(): return 1' })).toMatchObject({ result: 1 });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('cannot take it');
      },
    ],
    ['rejects', () => Promise.reject(new Error('cannot take it'))],
  ])('that %s ends the execution', async (_, onOutput) => {
    const script = `${waiting('listener')}\nwait = main\ndef main():\n    print(1, flush=True)\n    wait()`;
    await expect(brig.execute({ script, limits: { timeout: 60 } }, { onOutput })).rejects.toThrow(
      'cannot take it',
    );
    await until(() => findMarked('listener').length === 0);
  });
});
