import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrig, fileBytes, Refusal, type Brig } from '../src/index.ts';

describe('files of the library', () => {
  let brig: Brig;
  beforeAll(async () => {
    brig = await createBrig({ BRIG_MAX_WARM_JAILS: '1' });
  });
  afterAll(() => brig.close());

  it('take text, bytes and base64, and give text and bytes', async () => {
    const bytes = new Uint8Array(300_000).map((_, index) => index * 7);
    const outcome = await brig.execute({
      script: 'def main():\n    return [len(open(n, "rb").read()) for n in ("t", "b", "e")]',
      files: [
        { path: 't', content: 'é' },
        { path: 'b', content: bytes },
        { path: 'e', content: 'AAE=', encoding: 'base64' },
      ],
      return_files: ['?'],
    });
    expect(outcome).toMatchObject({ success: true, result: [2, 300_000, 2] });
    expect(outcome.files.map(({ path, encoding }) => [path, encoding])).toEqual([
      ['b', 'base64'],
      ['e', 'base64'],
      ['t', 'utf8'],
    ]);
    expect(outcome.files.map((file) => fileBytes(file))).toEqual([
      bytes,
      new Uint8Array([0, 1]),
      new TextEncoder().encode('é'),
    ]);
  });

  it('come whole beside output that is read slowly', async () => {
    const execution = brig.execute({
      script: 'def main():\n    open("f", "w").write("F" * 200_000)\n    print("x" * 399_999)\n    return 1',
      return_files: ['f'],
      limits: { output_bytes: 1_000_000 },
    });
    let read = 0;
    for await (const event of execution) {
      if (event.event === 'stdout') read += event.data.text.length;
      await sleep(20);
    }
    const outcome = await execution;
    expect([outcome.success, outcome.stdout.length, read]).toEqual([true, 400_000, 400_000]);
    expect(outcome.files.map((file) => fileBytes(file).length)).toEqual([200_000]);
  });

  it.each([
    [
      'a path that leaves',
      [{ path: '../x', content: new Uint8Array(1) }],
      'files[0].path: "../x" has a segment',
    ],
    ['what is no file', [null], 'files[0] must be an object, not null'],
    ['more than fits', [{ path: 'x', content: new Uint8Array(65 * 1024 * 1024) }], 'limits.disk_mb = 64 MiB'],
    ['what is no array', 'x', 'files must be an array'],
  ])('%s is refused as on every door', async (_, files, words) => {
    const request = { script: 'def main(): pass', files: files as [] };
    const error: unknown = await brig.execute(request).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).message).toContain(words);
  });
});
