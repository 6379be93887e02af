import { describe, expect, it } from 'vitest';
import { parseEntry, type NetworkEntry } from '../../core/contract/network/entry.ts';
import type { Outcome } from '../../core/contract/outcome.ts';
import type { Job } from '../jobs.ts';
import { startReceiver } from './receiver.test-support.ts';
import { signMessage } from './sign.ts';
import { createWebhooks, waitBeforeTry, type TryResult } from './webhooks.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const job = (stdout = ''): Job => ({
  ...{ id: 'j1', state: 'done', durable: false, priority: 0, attempts: 1 },
  ...{ created_at: '', due_at: '', expires_at: '', ended_at: '2026-01-01T00:00:00.000Z' },
  outcome: {
    ...{ success: true, result: '[12345678901234567890]', stdout, stderr: '', return_code: 0 },
    ...{ execution: { id: 'j1' }, files: [] },
  } as unknown as Outcome,
});
const entries = (...texts: string[]): NetworkEntry[] => texts.map((text) => parseEntry(text) as NetworkEntry);
const open = (allow: NetworkEntry[], operatorSecret?: string) => {
  const tries: TryResult[] = [];
  const webhooks = createWebhooks({ allow, secret: operatorSecret, onTry: (result) => tries.push(result) });
  return { ...webhooks, tries };
};

describe('createWebhooks', () => {
  it('sends a job with a signature that its receiver can check', async () => {
    await using receiver = await startReceiver();
    const { send, tries } = open(entries(receiver.entry));
    expect(await send({ url: receiver.url, secret }, job())).toEqual({ result: 'delivered', status: 204 });
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    expect(body).toContain('"type":"job.done"');
    expect(body).toContain('"result":[12345678901234567890]');
    expect(() => JSON.parse(body) as unknown).not.toThrow();
    expect(headers).toMatchObject(
      signMessage({ id: 'j1', body }, secret, Number(headers['webhook-timestamp'])),
    );
    expect(tries).toEqual(['delivered']);
  });

  it('sends no outcome that is large', async () => {
    await using receiver = await startReceiver();
    const { send } = open(entries(receiver.entry), secret);
    await send({ url: receiver.url }, job('x'.repeat(200_000)));
    const { data } = JSON.parse(receiver.received[0]?.body ?? '') as { readonly data: object };
    expect(data).toMatchObject({ id: 'j1', state: 'done' });
    expect(data).not.toHaveProperty('outcome');
  });

  it('follows no redirect, and reads no more than the status', async () => {
    await using elsewhere = await startReceiver();
    await using receiver = await startReceiver((_request, response) => {
      response.writeHead(302, { location: elsewhere.url });
      // It never ends.
      response.write('x'.repeat(1000));
    });
    const { send } = open(entries(receiver.entry, elsewhere.entry));
    expect(await send({ url: receiver.url, secret }, job())).toEqual({ result: 'again', status: 302 });
    expect(elsewhere.received).toEqual([]);
  });

  it.each([
    [500, 'again'],
    [410, 'gone'],
    [200, 'delivered'],
  ])('takes the status %i as %s', async (status, result) => {
    await using receiver = await startReceiver((_request, response) => response.writeHead(status).end());
    const { send } = open(entries(receiver.entry));
    expect(await send({ url: receiver.url, secret }, job())).toEqual({ result, status });
  });

  it('sends nothing to this machine under a public name, nor to nobody', async () => {
    await using receiver = await startReceiver();
    const port = receiver.entry.split(':')[1] ?? '';
    // `localhost` is in the hosts file, so this is a look-up that leads to a private address.
    const { send } = open(entries('public', `localhost:${port}`));
    expect((await send({ url: `http://localhost:${port}/`, secret }, job())).result).toBe('again');
    expect(receiver.received).toEqual([]);
    const closed = open(entries('127.0.0.1:1'));
    expect((await closed.send({ url: 'http://127.0.0.1:1/', secret }, job())).result).toBe('again');
  });

  it.each([
    ['https://127.0.0.1/', 'forbidden', 'does not allow webhooks to 127.0.0.1:443'],
    ['https://169.254.169.254/latest', 'forbidden', '169.254.169.254'],
    ['https://[fd00::1]:8443/', 'forbidden', 'fd00::1'],
    ['http://example.com/', 'forbidden', 'must begin with https'],
    ['https://user@example.com/', 'invalid_input', 'without a user'],
    ['ftp://example.com/', 'invalid_input', 'http or https'],
    ['example.com', 'invalid_input', 'http or https'],
    ['https://[::ffff:10.0.0.1]/', 'invalid_input', 'its host'],
  ])('refuses to take a job with %s', (url, category, words) => {
    const { check } = open(entries('public'));
    expect(() => check({ url, secret })).toThrow(
      expect.objectContaining({ category, message: expect.stringContaining(words) as string }) as Error,
    );
  });

  it('takes no job that it could not sign, or not send at all', () => {
    const webhook = { url: 'https://example.com/' };
    expect(() => open(entries('public')).check(webhook)).toThrow('always signed');
    expect(() => open([], secret).check(webhook)).toThrow('does not allow webhooks');
    expect(() => open(entries('public'), secret).check(webhook)).not.toThrow();
    expect(() => open([]).check(undefined)).not.toThrow();
  });
});

it('waits longer after each try, and at most an hour', () => {
  for (let tries = 1; tries < 40; tries += 1) {
    const most = Math.min(60 * 60_000, 5000 * 2 ** (tries - 1));
    expect(waitBeforeTry(tries)).toBeGreaterThanOrEqual(most / 2);
    expect(waitBeforeTry(tries)).toBeLessThanOrEqual(most);
  }
});
