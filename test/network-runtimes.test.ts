import { once } from 'node:events';
import { createServer as createWeb, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runtimeNames } from '../src/core/contract/runtimes.ts';
import { startDns, type DnsServer } from './support/dns-server.ts';
import { runtimeScripts } from './support/runtime-scripts.ts';
import { startService, type TestService } from './support/service.ts';
import { FIRST_USE_MS, listOtherRuntimes, warmUp } from './support/warm-up.ts';

let web: Server;
let port: number;
let dns: DnsServer;
let service: TestService;
beforeAll(async () => {
  dns = await startDns((name) => (name.endsWith('.test') ? ['127.0.0.1'] : undefined));
  web = createWeb((_, response) => response.end('hello'));
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  port = (web.address() as AddressInfo).port;
  service = await startService({
    BRIG_NETWORK: `127.0.0.1:${port},web.test:${port},*.pattern.test:${port}`,
    BRIG_NETWORK_DNS: dns.address,
  });
});
afterAll(async () => {
  await service.close();
  await dns[Symbol.asyncDispose]();
  web.close();
});

// Python has a page of tests of its own: network.test.ts.
describe.each(runtimeNames.filter((name) => name !== 'python'))('a network of %s', (runtime) => {
  const { connect, fetch } = runtimeScripts[runtime];
  let isHere = false;
  beforeAll(async () => {
    isHere = (await listOtherRuntimes(service)).includes(runtime);
    if (isHere) await warmUp(service, runtime);
  }, FIRST_USE_MS);

  const run = async (script: string, args: readonly string[], allow: readonly string[]): Promise<string> => {
    const { body } = await service.execute({ runtime, script, args, network: { allow } });
    // Go and Rust may be missing on a machine; runtimes.test.ts holds what is said then.
    if (!isHere) return '';
    expect(body, body.message).toMatchObject({ success: true });
    return body.stdout.trim();
  };
  const here = (text: string): string => (isHere ? text : '');

  it('leads to the host and the port that were asked for, and nowhere else', async () => {
    const allow = [`web.test:${port}`];
    expect(await run(connect, ['web.test', String(port)], allow)).toBe(here('HTTP/1.1 200 OK'));
    for (const [host, other] of [
      ['web.test', port + 1],
      ['127.0.0.1', port],
      ['other.test', port],
      ['192.0.2.1', port],
    ] as const)
      expect(await run(connect, [host, String(other)], allow)).toBe(here('no'));
  });

  it('leads through the proxy for a pattern', async () => {
    const allow = [`*.pattern.test:${port}`];
    expect(await run(fetch, [`http://a.pattern.test:${port}/`], allow)).toBe(here('hello'));
    expect(await run(fetch, [`http://web.test:${port}/`], allow)).not.toBe('hello');
  });
});
