import { describe, expect, it } from 'vitest';
import { createFailures } from './failures.ts';

describe('createFailures', () => {
  it('lets an address be wrong thirty times a minute, and counts a network of IPv6 as one', () => {
    const failures = createFailures();
    for (let count = 0; count < 30; count += 1) {
      expect(failures.add('192.0.2.1')).toEqual({ wait: 0, isFirst: false });
      failures.add(`2001:db8:0:7::${count.toString(16)}`);
      failures.add(`::ffff:192.0.2.${count}`);
    }
    expect(failures.add('192.0.2.1')).toEqual({ wait: 60, isFirst: true });
    expect(failures.add('192.0.2.1')).toEqual({ wait: 60, isFirst: false });
    expect(failures.add('192.0.2.2').wait).toBe(0);
    expect(failures.add('::ffff:192.0.2.9').wait).toBe(0);
    expect(failures.add('2001:db8::7:1:2:3:4').wait).toBeGreaterThan(0);
    expect(failures.add('2001:db8:0:8::1').wait).toBe(0);
  });

  it('remembers a bounded number of addresses', () => {
    const failures = createFailures();
    for (let count = 0; count < 31; count += 1) failures.add('first');
    expect(failures.add('first').wait).toBeGreaterThan(0);
    for (let count = 0; count < 10_000; count += 1) failures.add(`address ${count}`);
    expect(failures.add('first').wait).toBe(0);
  });
});
