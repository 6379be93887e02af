import { z } from 'zod';
import { quote } from '../core/text/words.ts';
import { parseEntry, type NetworkEntry } from '../core/contract/network/entry.ts';
import { MOST_ENTRIES } from '../core/contract/network/request.ts';
import { count, seconds, setting, words } from './setting.ts';

/** `off`, or a list of entries. */
export const ceilingSchema = words.transform((texts, context): readonly NetworkEntry[] => {
  if (texts.length === 1 && texts[0] === 'off') return [];
  const entries: NetworkEntry[] = [];
  for (const text of texts) {
    const parsed = parseEntry(text);
    if (typeof parsed !== 'string') entries.push(parsed);
    else context.addIssue({ code: 'custom', message: `${quote(text)} ${parsed}` });
  }
  if (texts.length > MOST_ENTRIES)
    context.addIssue({ code: 'custom', message: `must have at most ${MOST_ENTRIES} entries` });
  return entries;
});

/** Settings of the network: the hosts that scripts may reach, and the bounds. */
export const networkSettings = {
  network: setting(
    'BRIG_NETWORK',
    ceilingSchema,
    'off',
    'hosts',
    'What scripts may ask to reach: nothing (`off`), a list such as `api.example.com:443,*.pypi.org:443`, or every public address (`public`) ([Network](network.md)).',
  ),
  networkAtOnce: setting(
    'BRIG_NETWORK_AT_ONCE',
    count.max(256),
    '16',
    'connections',
    'Connections of one execution at once.',
  ),
  networkConnections: setting(
    'BRIG_NETWORK_CONNECTIONS',
    count,
    '1000',
    'connections',
    'Connections of one execution in all.',
  ),
  networkMb: setting(
    'BRIG_NETWORK_MB',
    count,
    '256',
    'MiB',
    'What one execution may send, and what it may receive.',
  ),
  networkIdle: setting(
    'BRIG_NETWORK_IDLE',
    seconds,
    '60',
    'seconds',
    'Time after which a connection through which nothing goes is ended.',
  ),
  networkAllAtOnce: setting(
    'BRIG_NETWORK_ALL_AT_ONCE',
    count,
    '512',
    'connections',
    'Connections of all executions at once; a caller has at most as many as it leaves free.',
  ),
  networkDns: setting(
    'BRIG_NETWORK_DNS',
    words.pipe(z.array(z.string().regex(/^[0-9.]+(?::[0-9]+)?$|^\[[0-9a-f:]+\](?::[0-9]+)?$/i))),
    '',
    'addresses',
    "Servers that resolve names for scripts, with commas between: `192.0.2.53` or `[2001:db8::53]:5353`. By default the machine's own.",
  ),
} as const;
