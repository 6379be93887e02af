import { describe, expect, it } from 'vitest';
import { acceptRequestId, acceptTraceparent } from './headers.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';

/* Cases of W3C Trace Context, section 3.2. */
describe('acceptTraceparent', () => {
  it.each([
    `00-${trace}-${parent}-01`,
    `00-${trace}-${parent}-00`,
    `00-${trace}-${parent}-ff`,
    `01-${trace}-${parent}-01`,
    `cc-${trace}-${parent}-01-what-the-future-will-be-like`,
  ])('takes %s over', (header) => {
    expect(acceptTraceparent(header)).toBe(header);
  });

  it.each([
    undefined,
    '',
    `ff-${trace}-${parent}-01`,
    `00-${trace.toUpperCase()}-${parent}-01`,
    `00-${'0'.repeat(32)}-${parent}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace}-${parent}-01-more`,
    `00-${trace}-${parent}-01.`,
    `cc-${trace}-${parent}-01.more`,
    `00-${trace}-${parent}-1`,
    `00-${trace}-${parent}`,
    `00-${trace}-${parent}-01, 00-${trace}-${parent}-01`,
    `00_${trace}_${parent}_01`,
  ])('ignores %s', (header) => {
    expect(acceptTraceparent(header)).toBeUndefined();
  });
});

describe('acceptRequestId', () => {
  it('takes 1 to 128 printable ASCII characters', () => {
    for (const good of ['a', 'a.b:c/1 x', 'x'.repeat(128)]) expect(acceptRequestId(good)).toBe(good);
    for (const bad of [undefined, '', 'x'.repeat(129), 'a\nb', 'ä'])
      expect(acceptRequestId(bad)).toBeUndefined();
  });
});
