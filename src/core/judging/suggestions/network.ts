import type { Evidence } from '../../contract/evidence.ts';
import type { CountedRefusal } from '../../contract/network/report.ts';
import type { ClassifyContext } from '../context.ts';

/** Says that there is no network. @param consequence of that, with a comma in front. */
export const noNetwork = (consequence = ''): string =>
  `Scripts have no network${consequence}: send the data with the request, as "files", "stdin" or "args"`;

/** Most refusals and hosts that suggestions name. */
const MOST_TOLD = 3;

/** Returns suggestions about a failure that looks like a missing network. */
export function suggestForNetwork({ network }: Evidence, { offersNetwork }: ClassifyContext): string[] {
  if (network === undefined) {
    if (offersNetwork !== true) return [noNetwork(), 'Fetch it before, where there is a network'];
    return [
      'Ask for the hosts that the script reaches, as "network": {"allow": ["api.example.com:443"]}',
      'Or send the data with the request, as "files", "stdin" or "args"',
    ];
  }
  if (network.refusals.length > 0) return [];
  const doors = network.doors.map(({ door }) => (door === 'proxy' ? 'what its proxy allows' : door));
  const told = doors.slice(0, MOST_TOLD).join(', ');
  const left = doors.length - MOST_TOLD;
  return [
    `The script reaches ${told}${left > 0 ? ` and ${left} more` : ''}, and nothing else: name all that it needs in "network"`,
  ];
}

/** Returns what was refused on the way out, whatever the script made of it. */
export const suggestForRefusals = ({ network }: Pick<Evidence, 'network'>): string[] =>
  (network?.refusals ?? []).slice(0, MOST_TOLD).map(describe);

function describe({ target, reason, address }: CountedRefusal): string {
  switch (reason) {
    case 'malformed':
      return 'Ask the proxy for a host with its port, or for an http:// URL';
    case 'not_allowed':
      return `Ask for ${target} in "network", if the script is to reach it`;
    case 'unresolved':
      return `Look at the name: ${target} has no address`;
    case 'address_refused':
      return `${target} has an address that no script reaches (${address ?? 'reserved'}), unless the operator names that very address`;
    case 'unreachable':
      return `Nobody answered at ${target}`;
    case 'bad_answer':
      return `What answers at ${target} speaks no HTTP, which the proxy passes on`;
    case 'too_many_at_once':
      return 'Use fewer connections at once';
    case 'too_many':
      return 'Make fewer connections: keep one open for many requests';
    case 'too_many_bytes':
      return 'Send and receive less: there is a bound for all connections of a script together';
    case 'idle':
      return `Close connections that are not used: one to ${target} was ended because nothing went through`;
    case 'service_full':
      return 'Run it again: the service had too many connections';
  }
}
