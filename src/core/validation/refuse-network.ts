import { writeEntry, type NetworkEntry } from '../contract/network/entry.ts';
import { resolveNetwork, type Resolved } from '../contract/network/grant.ts';
import { Refusal } from '../contract/refusal.ts';

type Excess = Extract<Resolved, { excess: unknown }>;

/** Most entries that a sentence lists. */
const MOST_LISTED = 10;

/** Returns the refusal of a wish that is over a ceiling. */
export function refuseNetwork(
  { excess, by }: Excess,
  operator: readonly NetworkEntry[],
  key: readonly NetworkEntry[] | undefined,
): Refusal {
  const whose = by === 'key' ? 'The API key' : 'This service';
  const what = excess.length === 0 ? 'any network' : listEntries(excess, 'or');
  const allowed = resolveNetwork(true, operator, key);
  const offer =
    'grant' in allowed && allowed.grant !== undefined
      ? `Allowed is ${listEntries(allowed.grant.allow, 'and')}.`
      : 'Leave out "network", and send the data with the request.';
  const remedy =
    by === 'key'
      ? 'For the operator: brig key create --network.'
      : 'For the operator: BRIG_NETWORK says what scripts may reach.';
  return new Refusal('forbidden', `${whose} does not allow scripts to reach ${what}.`, {
    suggestions: [offer, remedy],
  });
}

function listEntries(entries: readonly NetworkEntry[], word: string): string {
  const told = entries.slice(0, MOST_LISTED).map(writeEntry);
  const left = entries.length - told.length;
  if (left > 0) return `${told.join(', ')} ${word} ${left} more`;
  const last = told.at(-1) ?? '';
  return told.length < 2 ? last : `${told.slice(0, -1).join(', ')} ${word} ${last}`;
}
