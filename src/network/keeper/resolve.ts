import { Resolver } from 'node:dns/promises';
import { readFile, stat } from 'node:fs/promises';

export interface NameResolver {
  /** Returns the addresses of a name at this moment, those of IPv4 first; none when it has none. Never rejects. */
  resolve(name: string): Promise<readonly string[]>;
  /** Ends what is being resolved. */
  cancel(): void;
}

export interface ResolverOptions {
  /** Servers; empty for the machine's own. */
  readonly servers: readonly string[];
  readonly hostsFile?: string;
}

/** Milliseconds for one answer, and how often a server is asked. */
const PATIENCE_MS = 3000;
const TRIES = 2;
/** A name may have a thousand addresses, and each of them may be slow. */
const MOST_ADDRESSES = 4;
/** A longer file is not read. */
const MOST_HOSTS_BYTES = 1024 * 1024;

/**
 * Creates a resolver of one execution. It asks the machine's hosts file, then DNS, by c-ares: unlike getaddrinfo, that
 * takes no thread, so a script whose names are answered slowly delays no other.
 */
export function createResolver({ servers, hostsFile = '/etc/hosts' }: ResolverOptions): NameResolver {
  const resolver = new Resolver({ timeout: PATIENCE_MS, tries: TRIES });
  if (servers.length > 0) resolver.setServers(servers);
  return {
    resolve: async (name) => {
      const known = await findInHosts(hostsFile, name);
      if (known.length > 0) return known.slice(0, MOST_ADDRESSES);
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      return answers.flatMap((answer) =>
        answer.status === 'fulfilled' ? answer.value.slice(0, MOST_ADDRESSES) : [],
      );
    },
    cancel: () => resolver.cancel(),
  };
}

interface Hosts {
  readonly file: string;
  readonly changed: number;
  readonly addresses: ReadonlyMap<string, readonly string[]>;
}

let last: Hosts | undefined;

async function findInHosts(file: string, name: string): Promise<readonly string[]> {
  try {
    const { mtimeMs, size } = await stat(file);
    if (size > MOST_HOSTS_BYTES) return [];
    if (last?.file !== file || last.changed !== mtimeMs)
      last = { file, changed: mtimeMs, addresses: readHosts(await readFile(file, 'utf8')) };
    return last.addresses.get(name) ?? [];
  } catch {
    return [];
  }
}

/** Parses hosts(5). */
export function readHosts(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address, ...names] = (line.split('#', 1)[0] ?? '').split(/\s/).filter((word) => word !== '');
    if (address === undefined) continue;
    for (const name of names) {
      const known = found.get(name.toLowerCase());
      if (known === undefined) found.set(name.toLowerCase(), [address]);
      else known.push(address);
    }
  }
  return found;
}
