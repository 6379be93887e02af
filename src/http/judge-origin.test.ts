import { describe, expect, it } from 'vitest';
import { judgeOrigin, readName, type OriginFacts, type OriginRules } from './judge-origin.ts';

const onLoopback: OriginRules = { host: '127.0.0.1', allowedHosts: [], allowedOrigins: [], hasKeys: false };
const everywhere: OriginRules = { ...onLoopback, host: '0.0.0.0' };
const named: OriginRules = {
  ...everywhere,
  allowedHosts: ['brig.example'],
  allowedOrigins: ['https://app.example'],
};
const nothing: OriginFacts = {
  host: '127.0.0.1:8080',
  origin: undefined,
  site: undefined,
  isVisit: false,
  isProbe: false,
};

const judge = (facts: Partial<OriginFacts>, rules: OriginRules): string | undefined =>
  judgeOrigin({ ...nothing, ...facts }, rules)?.reason;

describe('judgeOrigin', () => {
  it.each([
    ['127.0.0.1:8080'],
    ['127.5.0.1'],
    ['localhost:8080'],
    ['LOCALHOST'],
    ['[::1]:8080'],
    [undefined],
  ])('takes %s for a name of the loopback', (host) => {
    expect(judge({ host }, onLoopback)).toBeUndefined();
    expect(judge({ host }, named)).toBeUndefined();
  });

  it.each([
    ['evil.example'],
    ['evil.example:8080'],
    ['localhost.evil.example'],
    ['127.0.0.1.nip.io'],
    ['0.0.0.0:8080'],
    ['192.0.2.7'],
    ['[2001:db8::1]'],
    ['a b'],
    ['localhost@evil.example'],
    ['[::1'],
    [''],
  ])('is not called %s on loopback', (host) => {
    expect(judge({ host }, onLoopback)).toBe('foreign_host');
  });

  it('is called by any name beyond loopback, and by the named ones where there are some', () => {
    expect(judge({ host: 'brig.internal:8080' }, everywhere)).toBeUndefined();
    expect(judge({ host: 'brig.example' }, named)).toBeUndefined();
    expect(
      judge({ host: 'BRIG.example:443' }, { ...onLoopback, allowedHosts: ['brig.example'] }),
    ).toBeUndefined();
    expect(judge({ host: 'brig.internal' }, named)).toBe('foreign_host');
  });

  it('lets a probe ask by any address, and by no foreign name', () => {
    expect(judge({ host: '10.1.2.3:8080', isProbe: true }, named)).toBeUndefined();
    expect(judge({ host: '[fd00::2]:8080', isProbe: true }, onLoopback)).toBeUndefined();
    expect(judge({ host: '10.1.2.3:8080' }, named)).toBe('foreign_host');
    expect(judge({ host: 'evil.example', isProbe: true }, onLoopback)).toBe('foreign_host');
  });

  it.each([
    ['https://evil.example'],
    ['http://localhost:3000'],
    ['http://127.0.0.1'],
    ['null'],
    ['a, b'],
    [''],
  ])('refuses the origin %s, whatever the browser says of it', (origin) => {
    for (const site of [undefined, 'none', 'cross-site', 'same-site', 'nonsense'])
      for (const rules of [onLoopback, everywhere, named, { ...named, hasKeys: true }])
        expect(judge({ origin, site }, rules)).toBe('foreign_origin');
  });

  it('refuses what a page of another site asks without an Origin, but a visit', () => {
    for (const site of ['cross-site', 'same-site']) {
      expect(judge({ site }, onLoopback)).toBe('foreign_origin');
      expect(judge({ site, isVisit: true }, onLoopback)).toBeUndefined();
    }
  });

  it('knows its own pages, also behind a proxy that ends TLS', () => {
    expect(judge({ origin: 'http://127.0.0.1:8080', site: 'same-origin' }, onLoopback)).toBeUndefined();
    expect(judge({ origin: 'http://127.0.0.1:8080' }, onLoopback)).toBeUndefined();
    expect(judge({ origin: 'https://brig.example', site: 'same-origin' }, onLoopback)).toBeUndefined();
    expect(judge({ host: 'brig.example', origin: 'https://brig.example' }, named)).toBeUndefined();
    expect(judge({ site: 'none' }, onLoopback)).toBeUndefined();
  });

  it('trusts a name that leads here only where it cannot have been made to, or where a key is asked for', () => {
    const rebound = { host: 'evil.example:8080', origin: 'http://evil.example:8080' };
    expect(judge(rebound, everywhere)).toBe('foreign_origin');
    expect(judge(rebound, { ...everywhere, hasKeys: true })).toBeUndefined();
    expect(judge({ host: '192.0.2.7:8080', origin: 'http://192.0.2.7:8080' }, everywhere)).toBeUndefined();
  });

  it('lets the origins pass that the operator named, as they are written', () => {
    const site = 'cross-site';
    expect(judge({ origin: 'https://app.example', site }, named)).toBeUndefined();
    for (const origin of ['http://app.example', 'https://app.example:8443', 'https://app.example.evil'])
      expect(judge({ origin, site }, named)).toBe('foreign_origin');
  });
});

describe('readName', () => {
  it('reads names and addresses, and nothing else', () => {
    expect(readName('A.example:80')).toBe('a.example');
    expect(readName('[::1]:80')).toBe('::1');
    for (const bad of ['', 'a:b', 'a/b', 'u@a', '[x]', 'a b', '::1']) expect(readName(bad)).toBeUndefined();
  });
});
