import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { expect, it } from 'vitest';
import { describeInJail } from './support/attack.ts';

const MIB = 1024 * 1024;
const SIZE = 10 * MIB;

const script = `
import hashlib
def main(path):
    data = open(path, 'rb').read()
    return hashlib.sha256(data).hexdigest()`;

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes of an answer that is read and dropped: the test's own copy would not be the service's. */
function countAnswer(url: string, body: unknown): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const options = { agent: false, method: 'POST', headers: { 'content-type': 'application/json' } };
  const outgoing = request(`${url}/execute`, options, (incoming) => {
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => (bytes += chunk.length));
    incoming.on('end', () => resolve(bytes));
    incoming.on('error', reject);
  });
  outgoing.on('error', reject);
  outgoing.end(JSON.stringify(body));
  return promise;
}

/** The most memory that this process had while something was done, beyond what it had before. */
async function measurePeak(action: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 10);
  try {
    await action();
  } finally {
    clearInterval(timer);
  }
  return peak - before;
}

describeInJail('large files', (arena) => {
  it('ten megabytes of bytes go in and come back as they were', async () => {
    const bytes = randomBytes(SIZE);
    const files = [{ path: 'big.bin', content: bytes.toString('base64'), encoding: 'base64' }];
    const body = await arena.run(script, { files, args: ['big.bin'], return_files: ['big.bin'] });
    expect(body.result).toBe(digest(bytes));
    expect(body.files[0]).toMatchObject({ size: SIZE, encoding: 'base64' });
    expect(digest(Buffer.from(body.files[0]?.content ?? '', 'base64'))).toBe(digest(bytes));
  });

  it('ten megabytes of text too', async () => {
    const text = 'naïve "quotes" 😀\n'.repeat(SIZE / 20);
    const files = [{ path: 'big.txt', content: text }];
    const body = await arena.run(script, { files, args: ['big.txt'], return_files: ['*'] });
    expect(body.result).toBe(digest(Buffer.from(text)));
    expect(body.files[0]?.content === text).toBe(true);
  });

  it('many files that together are over the cap: those that fit', async () => {
    const made = `def main():\n    for n in range(5): open(f'{n}', 'wb').write(bytes([n]) * (${SIZE}))`;
    const { files, execution } = await arena.run(made, { return_files: ['*'] });
    expect(files.map(({ path }) => path)).toEqual(['0', '1', '2']);
    expect(execution.files?.omitted).toEqual(
      ['3', '4'].map((path) => ({ path, size: SIZE, reason: 'too_large' })),
    );
  });
});

describeInJail('the memory of the service', (arena) => {
  it('does not hold a returned file several times, nor after it was answered', async () => {
    const made = `def main():\n    open('a', 'wb').write(b'\\xff' * (${SIZE} * 3))`;
    const once = async (): Promise<void> => {
      const bytes = await countAnswer(arena.service.url, { script: made, return_files: ['a'] });
      expect(bytes).toBeGreaterThan(SIZE * 4);
    };
    await once();
    await once();
    // 30 MiB are 40 of base64: once as bytes, and some pieces on their way.
    expect(await measurePeak(once)).toBeLessThan(120 * MIB);
    const before = process.memoryUsage().arrayBuffers;
    for (let turn = 0; turn < 5; turn += 1) await once();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * MIB);
  });
});
