import { limitNames } from '../core/contract/limits.ts';
import type { KeyRecord } from '../keys/key-file.ts';

/** Describes a key in one line, for a person. */
export function describeKey(record: KeyRecord, now: Date): string {
  const {
    name,
    id,
    scopes,
    rate,
    concurrency,
    isolation,
    ceilings = {},
    compile_ceilings = {},
    environments,
    environments_mb,
    network,
    expires_at,
  } = record;
  const limits = limitNames.flatMap((limit) => {
    const most = ceilings[limit];
    return most === undefined ? [] : [`${limit} at most ${most}`];
  });
  const compileLimits = Object.entries(compile_ceilings).map(
    ([limit, most]) => `${limit} of compilers at most ${most}`,
  );
  const facts = [
    scopes.join(','),
    ...(rate === undefined ? [] : [rate]),
    ...(concurrency === undefined ? [] : [`${concurrency} at once`]),
    ...(isolation === undefined ? [] : [`jails by ${isolation} at least`]),
    ...limits,
    ...compileLimits,
    ...(environments === undefined ? [] : [`${environments} environments at most`]),
    ...(environments_mb === undefined ? [] : [`${environments_mb} MiB of environments at most`]),
    ...(network === undefined ? [] : [describeNetwork(network)]),
    ...(expires_at === undefined ? [] : [describeExpiry(expires_at, now)]),
  ];
  return `${name.padEnd(16)} ${id}  ${facts.join('; ')}`;
}

const describeNetwork = (network: readonly string[]): string =>
  network.length === 0 ? 'no network' : `network: ${network.join(', ')}`;

const describeExpiry = (expires: string, now: Date): string =>
  `${Date.parse(expires) <= now.getTime() ? 'EXPIRED' : 'expires'} ${expires.slice(0, 16).replace('T', ' ')}`;
