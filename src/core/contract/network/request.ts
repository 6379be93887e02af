import { z } from 'zod';
import { quote } from '../../text/words.ts';
import { parseEntry, type NetworkEntry } from './entry.ts';
import type { NetworkWish } from './grant.ts';

/** Most entries of one list: each that names a host is a door of its own. */
export const MOST_ENTRIES = 64;

/** An entry as text. */
export const entryTextSchema = z.string().superRefine((text, context) => {
  const parsed = parseEntry(text);
  if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: `${quote(text)} ${parsed}` });
});

export const entryListSchema = z.array(entryTextSchema).max(MOST_ENTRIES);

const wishMessage = 'must be true, false, or {"allow": ["api.example.com:443"]}';

/** Field `network` of a request. */
export const networkRequestSchema = z.union(
  [
    z.boolean(),
    z.strictObject({
      allow: entryListSchema.meta({
        description:
          'Hosts with their ports: `api.example.com:443`; patterns: `*.example.com:443`; `public` for all public addresses.',
      }),
    }),
  ],
  { error: wishMessage },
);
export type NetworkRequest = z.output<typeof networkRequestSchema>;

/** Parses texts that their schema accepted. */
export const parseEntries = (texts: readonly string[]): NetworkEntry[] =>
  texts.map(parseEntry).filter((entry) => typeof entry !== 'string');

export const toWish = (asked: NetworkRequest): NetworkWish =>
  typeof asked === 'boolean' ? asked : parseEntries(asked.allow);
