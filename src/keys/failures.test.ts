import { describe, expect, it } from 'vitest';
import { createFailures } from './failures.ts';

describe('createFailures', () => {
  it('lets an address guess thirty times a minute, and counts a network of IPv6 as one', () => {
    const failures = createFailures();
    for (let count = 0; count < 30; count += 1) {
      expect(failures.wait('192.0.2.1')).toBe(0);
      failures.add('192.0.2.1');
      failures.add(`2001:db8:0:7::${count.toString(16)}`);
      failures.add(`::ffff:192.0.2.${count}`);
    }
    expect(failures.wait('192.0.2.1')).toBeGreaterThan(0);
    expect(failures.wait('192.0.2.2')).toBe(0);
    expect(failures.wait('::ffff:192.0.2.9')).toBe(0);
    expect(failures.wait('2001:db8::7:1:2:3:4')).toBeGreaterThan(0);
    expect(failures.wait('2001:db8:0:8::1')).toBe(0);
  });

  it('remembers a bounded number of addresses', () => {
    const failures = createFailures();
    for (let count = 0; count < 30; count += 1) failures.add('first');
    expect(failures.wait('first')).toBeGreaterThan(0);
    for (let count = 0; count < 10_000; count += 1) failures.add(`address ${count}`);
    expect(failures.wait('first')).toBe(0);
  });
});
