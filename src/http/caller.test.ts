import { Hono } from 'hono';
import { expect, it } from 'vitest';
import type { AppEnv } from './app-env.ts';
import { identifyCaller } from './caller.ts';

async function queueKeyOf(remoteAddress: string): Promise<string> {
  const app = new Hono<AppEnv>().get('/', (c) => c.text(identifyCaller(c).queueKey));
  const env = { incoming: { socket: { remoteAddress } } };
  return (await app.request('/', {}, env)).text();
}

it('takes all addresses of an IPv6 network for one caller, and each of IPv4 for one', async () => {
  expect(await queueKeyOf('2001:db8::1')).toBe(await queueKeyOf('2001:db8::ffff:1'));
  expect(await queueKeyOf('2001:db8::1')).not.toBe(await queueKeyOf('2001:db8:0:1::1'));
  expect(await queueKeyOf('192.0.2.1')).not.toBe(await queueKeyOf('192.0.2.2'));
  expect(await queueKeyOf('::ffff:192.0.2.1')).not.toBe(await queueKeyOf('::ffff:192.0.2.2'));
});
