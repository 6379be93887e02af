import { z } from 'zod';
import { ownKeysSchema } from '../core/contract/keys.ts';
import { namelessKeys, oneKey } from './foreign-units.ts';
import { setting, words } from './setting.ts';

/** Keys of the HTTP API. */
export const keysSettings = {
  keysFile: setting(
    'BRIG_KEYS_FILE',
    z.string().min(1),
    undefined,
    'path',
    'The file of API keys, as `brig key create` makes it; read again whenever it changes. A file without keys lets nobody in.',
  ),
  apiKeys: setting(
    'BRIG_API_KEYS',
    words.pipe(ownKeysSchema),
    undefined,
    'keys',
    'API keys of your own, with commas between: `key` or `name=key`. They may do everything but what is for `admin` alone. Those of all three variables count together.',
    [namelessKeys('CODE_RUNNER_API_KEYS', 'code-runner'), oneKey('AUTH_TOKEN', 'auth-token')],
    true,
  ),
  open: setting(
    'BRIG_OPEN',
    z.enum(['on', 'off']),
    'off',
    'on or off',
    'Whether the service may listen beyond loopback without any API key.',
  ),
} as const;
