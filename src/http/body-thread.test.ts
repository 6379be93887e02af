import { describe, expect, it } from 'vitest';
import { limits } from './app.test-support.ts';
import { createBodyThread } from './body-thread.ts';
import { requestReader } from './body-readers.ts';

const rules = { policy: { defaults: limits, ceilings: limits }, scriptBytes: 1000 };
const toBody = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const writeArrays = (count: number): string => `{"script":"x","args":[${'[],'.repeat(count)}1]}`;
const costly = writeArrays(3_000_000);
const ada = { queueKey: 'ada' };

describe('createBodyThread', { timeout: 60_000 }, () => {
  it('reads requests, its long texts as bytes', async () => {
    const thread = createBodyThread();
    const [one, two] = await Promise.all([
      thread.read(requestReader, toBody('{"script":"x","args":[5.0]}'), rules, ada),
      thread.read(requestReader, toBody('{"script":"y","stdin":"é"}'), rules, ada),
    ]);
    expect(one).toMatchObject({ script: 'x', argsJson: toBody('[5.0]'), kwargsJson: toBody('{}') });
    expect(two).toMatchObject({ script: 'y', stdin: toBody('é') });
  });

  it('hands refusals over', async () => {
    const refused = createBodyThread().read(requestReader, toBody('{"scirpt":"x"}'), rules, ada);
    await expect(refused).rejects.toMatchObject({ name: 'Refusal', category: 'invalid_input' });
  });

  it('gives up what takes too long, and reads what waits behind it', async () => {
    const thread = createBodyThread({ budgetMs: 50 });
    const late = thread.read(requestReader, toBody(costly), rules, ada);
    const waits = thread.read(requestReader, toBody('{"script":"x"}'), rules, ada);
    await expect(late).rejects.toMatchObject({ category: 'payload_too_large' });
    await expect(waits).resolves.toMatchObject({ script: 'x' });
  });

  it('lets callers take turns', async () => {
    const thread = createBodyThread();
    const read: string[] = [];
    const ask = async (queueKey: string, body: string): Promise<void> => {
      await thread.read(requestReader, toBody(body), rules, { queueKey });
      read.push(queueKey);
    };
    const slow = writeArrays(300_000);
    const flood = [1, 2, 3, 4].map(() => ask('mallory', slow).catch(() => read.push('mallory')));
    await ask('ada', '{"script":"x"}');
    // At most two come first: one that runs, and one whose turn it is.
    expect(read.indexOf('ada')).toBeLessThan(3);
    expect(read).toHaveLength(read.indexOf('ada') + 1);
    await Promise.all(flood);
  });

  it('refuses what does not fit into its memory, and reads the next', async () => {
    const thread = createBodyThread({ heapLimit: 32 });
    await expect(thread.read(requestReader, toBody(costly), rules, ada)).rejects.toMatchObject({
      category: 'payload_too_large',
    });
    await expect(thread.read(requestReader, toBody('{"script":"x"}'), rules, ada)).resolves.toMatchObject({
      script: 'x',
    });
    // Starts two threads, which takes time on a busy machine.
  }, 60_000);

  it('lets go of a body whose caller went away, at work and waiting', async () => {
    const thread = createBodyThread();
    const leaving = new AbortController();
    const abandoned = [1, 2].map(() =>
      thread.read(requestReader, toBody(costly), rules, { ...ada, signal: leaving.signal }),
    );
    const next = thread.read(requestReader, toBody('{"script":"x"}'), rules, ada);
    leaving.abort(new Error('gone'));
    for (const read of abandoned) await expect(read).rejects.toThrow('gone');
    await expect(next).resolves.toMatchObject({ script: 'x' });
  });

  it('refuses at once where too many wait', async () => {
    const thread = createBodyThread();
    const reads = Array.from({ length: 100 }, () =>
      thread.read(requestReader, toBody('{"script":"x"}'), rules, ada),
    );
    const settled = await Promise.allSettled(reads);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(65);
    expect(settled.at(-1)).toMatchObject({ reason: { category: 'overloaded' } });
  });
});
