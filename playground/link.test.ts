import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromFragment, toFragment } from './link.ts';
import { emptyForm } from './request.ts';

const pack = (text: string): string => `#s=${deflateSync(text).toString('base64url')}`;

describe('a link', () => {
  it('brings back any script', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (script) => {
        const form = { ...emptyForm, script, runtime: 'deno', stdin: 'in' };
        expect(await fromFragment(await toFragment(form))).toEqual(form);
      }),
      { numRuns: 50 },
    );
  });

  it('carries neither limits nor files', async () => {
    const file = { path: 'secret.txt', content: 'secret', encoding: 'utf8', size: 6 } as const;
    const form = { ...emptyForm, script: 'x', limits: { timeout: '1' }, files: [file] };
    expect(await fromFragment(await toFragment(form))).toEqual({ ...emptyForm, script: 'x' });
  });

  it.each([
    '',
    '#',
    '#s=',
    '#s=%%%',
    '#s=AAAA',
    pack('not JSON'),
    pack('3'),
    // Packs to a few kilobytes.
    pack(`{"script": "${'a'.repeat(2_000_000)}"}`),
    `#s=${'a'.repeat(300_000)}`,
  ])('that cannot be read is none: %.20s', async (fragment) => {
    expect(await fromFragment(fragment)).toBeUndefined();
  });

  it('brings known fields of the right type only', async () => {
    const fragment = pack(
      '{"script": "x", "runtime": 3, "mode": "evil", "key": "k", "limits": {"timeout": 1}}',
    );
    expect(await fromFragment(fragment)).toEqual({ ...emptyForm, script: 'x' });
  });
});
