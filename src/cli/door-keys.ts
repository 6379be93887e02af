import type { Logger } from 'pino';
import { ConfigError, type Config } from '../config.ts';
import { isLoopback } from '../loopback.ts';
import { openKeys, type Keys, type KeysEvent } from '../keys/open-keys.ts';

/**
 * Length in characters below which a key of the operator's own counts as short: 16 random ones cannot be guessed.
 */
const SHORT = 16;
const LOOPBACK = '127.0.0.1';

/**
 * Opens the keys that the settings name; undefined when the service is open.
 *
 * @throws KeyFileError when the file cannot be used; ConfigError when an open service would be reachable from
 * elsewhere, and no setting allows that.
 */
export async function openDoorKeys(
  { keysFile, apiKeys, open, host, redisUrl }: Config,
  logger: Logger,
  onEvent: (event: KeysEvent) => void = () => {},
): Promise<Keys | undefined> {
  const keys = await openKeys({ file: keysFile, own: apiKeys, onEvent, redisUrl });
  for (const { name, key } of apiKeys ?? [])
    if (key.length < SHORT) logger.warn({ key: name }, 'a key this short can be guessed');
  if (keys !== undefined || open === 'on' || isLoopback(host)) return keys;
  const complaint =
    'others than this machine reach it, and there are no API keys: make one with `brig key create` and set BRIG_KEYS_FILE, ' +
    'set BRIG_API_KEYS, or set BRIG_OPEN=on if whoever reaches it may run scripts';
  throw new ConfigError([{ name: 'BRIG_HOST', value: host, complaint }]);
}

/**
 * Returns the settings with the address to listen on. Other systems' examples of settings listen everywhere without
 * keys; those start, on the loopback. Brig's own setting is left to `openDoorKeys`, which refuses it.
 */
export function withSafeHost(config: Config, logger: Logger): Config {
  const { keysFile, apiKeys, open, host, isForeignHost } = config;
  const hasKeys = keysFile !== undefined || apiKeys !== undefined;
  if (!isForeignHost || hasKeys || open === 'on' || isLoopback(host)) return config;
  logger.warn(`there are no API keys: listening on ${LOOPBACK} instead of HOST=${host}`);
  return { ...config, host: LOOPBACK };
}

/** Says at start who may use the service. */
export function describeDoor(keys: Keys | undefined, { host }: Config): string {
  if (keys !== undefined) return 'API keys are asked for (docs/keys.md).';
  const who = isLoopback(host) ? 'whoever is on this machine' : 'whoever reaches this address';
  return `Open: there are no API keys, so ${who} may run scripts (docs/keys.md).`;
}
