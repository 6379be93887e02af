import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Report } from '../result.ts';
import { renderPage } from './page.ts';
import { checkSeal, sealReport } from './seal.ts';

const report: Report = {
  suite: 'brig 1.0.0',
  target: 'http://127.0.0.1:1',
  service: 'a service',
  node: 'v24',
  began: '2026-01-01T00:00:00.000Z',
  seconds: 1,
  layers: { memory: 'cgroup-v2' },
  runtimes: ['python'],
  results: [
    {
      group: 'network',
      title: 'a way out',
      runtime: 'python',
      verdict: 'got through',
      reason: '<script>alert(1)</script>',
      ms: 3,
    },
  ],
};
const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
  };
};

describe('a sealed report', () => {
  it('is found to be as it was written, with and without a signature', () => {
    const { privateKey, publicKey } = pair();
    expect(checkSeal(JSON.stringify(sealReport(report), undefined, 2))).toBeUndefined();
    expect(checkSeal(JSON.stringify(sealReport(report, privateKey)), publicKey)).toBeUndefined();
  });

  it('is refused once anything in it is changed', () => {
    const { privateKey, publicKey } = pair();
    const text = JSON.stringify(sealReport(report, privateKey));
    expect(checkSeal(text.replace('got through', 'held'), publicKey)).toBe(
      'The digest is that of another report.',
    );
    // With a digest of its own the signature is still that of the other one.
    const changed = sealReport({ ...report, seconds: 2 });
    const { signature } = sealReport(report, privateKey);
    expect(checkSeal(JSON.stringify({ ...changed, signature }))).toBe(
      'The signature is that of another report.',
    );
  });

  it('is refused where somebody else signed it, or nobody', () => {
    const { privateKey } = pair();
    const { publicKey } = pair();
    expect(checkSeal(JSON.stringify(sealReport(report, privateKey)), publicKey)).toBe(
      'Somebody else signed it.',
    );
    expect(checkSeal(JSON.stringify(sealReport(report)), publicKey)).toBe('Nobody signed it.');
  });

  it('is signed with an Ed25519 key alone', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => sealReport(report, privateKey.export({ type: 'pkcs8', format: 'pem' }))).toThrow('Ed25519');
  });
});

it('the page shows what a service said as text, and loads nothing', async () => {
  const page = await renderPage(sealReport(report));
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).toContain('not everything held');
  expect(page).not.toMatch(/<script|src=|href=|url\(|@import/);
});
