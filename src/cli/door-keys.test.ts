import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config.ts';
import { isLoopback } from '../loopback.ts';
import { describeDoor, openDoorKeys, withSafeHost } from './door-keys.ts';

const silent = pino({ level: 'silent' });
const open = (env: Record<string, string>) => openDoorKeys(parseConfig(env), silent);

const hostOf = async (env: Record<string, string>): Promise<string> => {
  const config = withSafeHost(parseConfig(env), silent);
  await openDoorKeys(config, silent);
  return config.host;
};

describe('openDoorKeys', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])(
    'lets an open service listen on %s',
    async (host) => {
      expect(isLoopback(host)).toBe(true);
      expect(await open({ BRIG_HOST: host })).toBeUndefined();
    },
  );

  it.each(['0.0.0.0', '::', '192.168.0.7', '2001:db8::1', 'example.com', '::ffff:10.0.0.1'])(
    'does not let one listen on %s, unless that is meant or there are keys',
    async (host) => {
      await expect(open({ BRIG_HOST: host })).rejects.toThrow(/BRIG_HOST=.*BRIG_OPEN=on/);
      expect(await open({ BRIG_HOST: host, BRIG_OPEN: 'on' })).toBeUndefined();
      expect(await open({ BRIG_HOST: host, BRIG_API_KEYS: 'a-key-of-ours' })).toBeDefined();
    },
  );

  it("keeps a service without keys on the loopback where only another system's setting says otherwise", async () => {
    expect(await hostOf({ HOST: '0.0.0.0' })).toBe('127.0.0.1');
    expect(await hostOf({ HOST: '0.0.0.0', AUTH_TOKEN: 'a-key-of-theirs' })).toBe('0.0.0.0');
    expect(await hostOf({ HOST: '0.0.0.0', BRIG_OPEN: 'on' })).toBe('0.0.0.0');
    expect(await hostOf({ HOST: '0.0.0.0', BRIG_HOST: '127.0.0.2' })).toBe('127.0.0.2');
    await expect(hostOf({ HOST: '0.0.0.0', BRIG_HOST: '0.0.0.0' })).rejects.toThrow(/BRIG_HOST=0.0.0.0/);
    // A door that forgets to ask for that address stays shut.
    await expect(open({ HOST: '0.0.0.0' })).rejects.toThrow(/BRIG_OPEN=on/);
  });

  it('says who may come in', async () => {
    const here = parseConfig({});
    expect(describeDoor(undefined, here)).toMatch(/^Open: .* whoever is on this machine/);
    expect(describeDoor(undefined, { ...here, host: '0.0.0.0' })).toMatch(/whoever reaches this address/);
    expect(describeDoor(await open({ BRIG_API_KEYS: 'a-key-of-ours' }), here)).toMatch(
      /^API keys are asked for/,
    );
  });

  it('shows no key where a setting is wrong', async () => {
    for (const env of [{ BRIG_API_KEYS: 'secret' }, { BRIG_API_KEY: 'secret' }])
      expect(() => parseConfig(env)).toThrow(/^(?!.*secret)/s);
  });
});
