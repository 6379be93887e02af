import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDestination, parseEntry, writeEntry } from './entry.ts';

describe('an entry', () => {
  it.each([
    ['public', { kind: 'public' }],
    ['api.example.com:443', { kind: 'name', host: 'api.example.com', port: 443 }],
    ['API.Example.COM.:443', { kind: 'name', host: 'api.example.com', port: 443 }],
    ['localhost:8080', { kind: 'name', host: 'localhost', port: 8080 }],
    ['my_db:5432', { kind: 'name', host: 'my_db', port: 5432 }],
    ['bücher.example:443', { kind: 'name', host: 'xn--bcher-kva.example', port: 443 }],
    ['*.pypi.org:443', { kind: 'pattern', domain: 'pypi.org', port: 443 }],
    ['192.0.2.1:80', { kind: 'address', host: '192.0.2.1', port: 80 }],
    ['[2001:DB8:0::1]:443', { kind: 'address', host: '2001:db8::1', port: 443 }],
  ])('%s is %j', (text, entry) => {
    const parsed = parseEntry(text);
    expect(parsed).toEqual(entry);
    if (typeof parsed !== 'string') expect(parseEntry(writeEntry(parsed))).toEqual(parsed);
  });

  it.each([
    ['', 'names no port'],
    ['example.com', 'names no port'],
    [':443', 'names no host'],
    ['example.com:0', 'has the port'],
    ['example.com:65536', 'has the port'],
    ['example.com:080', 'has the port'],
    ['example.com:1-1024', 'has the port'],
    ['example.com:*', 'has the port'],
    ['*:443', 'is everything'],
    ['*example.com:443', 'is no whole label'],
    ['*.*.com:443', 'no host name has'],
    ['https://example.com:443', 'is a URL or a range'],
    ['10.0.0.0/8:443', 'is a URL or a range'],
    ['2001:db8::1:443', 'in brackets'],
    ['[::1]', 'names no port'],
    ['[::1%lo]:80', 'no IPv6 address'],
    ['[127.0.0.1]:80', 'no IPv6 address'],
    ['a..b:443', 'empty label'],
    ['-a.example:443', 'at the edge'],
    [`${'a'.repeat(64)}.example:443`, 'more than 63'],
    [`${'a.'.repeat(127)}com:443`, 'more than 253'],
    [`${'a'.repeat(400)}:443`, 'longer than 300'],
    ['127.1:80', 'unusual form'],
    ['0x7f000001:80', 'unusual form'],
    ['2130706433:80', 'unusual form'],
    ['0177.0.0.1:80', 'unusual form'],
    ['127.0.0.0x1:80', 'unusual form'],
    ['１２７.0.0.1:80', 'unusual form'],
    ['[::ffff:127.0.0.1]:80', 'stands for an IPv4 address'],
    ['[64:ff9b::7f00:1]:80', 'stands for an IPv4 address'],
    ['0.0.0.0:80', 'of no host'],
    ['[::]:80', 'of no host'],
    ['224.0.0.1:80', 'of no host'],
    ['user@example.com:443', 'no host name has'],
    ['exa mple.com:443', 'no host name has'],
    ['example.com\n127.0.0.1 evil:443', 'no host name has'],
    ['é#.example:443', 'no host name has'],
  ])('%j is none: %s', (text, complaint) => {
    expect(parseEntry(text)).toContain(complaint);
  });

  it('has one form, whatever was written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.domain(), fc.ipV4(), fc.ipV6()), fc.integer(), (host, port) => {
        for (const text of [`${host}:${port}`, `[${host}]:${port}`, `*.${host}:${port}`]) {
          const parsed = parseEntry(text);
          if (typeof parsed === 'string') continue;
          const written = writeEntry(parsed);
          expect(written).toMatch(/^[!-~]+$/);
          expect(parseEntry(written)).toEqual(parsed);
        }
      }),
    );
  });

  it('of a script is a host, never a pattern', () => {
    expect(parseDestination('example.com:80')).toEqual({ kind: 'name', host: 'example.com', port: 80 });
    for (const text of ['public', '*.example.com:443', '*:80'])
      expect(typeof parseDestination(text)).toBe('string');
  });
});
