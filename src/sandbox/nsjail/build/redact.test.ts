import { describe, expect, it } from 'vitest';
import { createRedactor } from './redact.ts';

describe('createRedactor', () => {
  it('hides credentials wherever they stand', () => {
    const redact = createRedactor(['https://ada:s%40cret@index.test/simple', 'https://index.test/plain']);
    expect(redact('Looking in https://ada:s%40cret@index.test/simple')).toBe(
      'Looking in https://****@index.test/simple',
    );
    expect(redact('401 for s@cret and s%40cret')).toBe('401 for **** and ****');
    expect(redact('https://tok3n@other.test')).toBe('https://****@other.test');
    expect(redact('nothing to hide in user@host')).toBe('nothing to hide in user@host');
  });

  it('hides what is secret as it is', () => {
    const redact = createRedactor([], ['npm_t0ken', 'abc']);
    expect(redact('Bearer npm_t0ken, abc')).toBe('Bearer ****, abc');
  });
});
