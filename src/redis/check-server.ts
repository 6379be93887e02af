/** Judgement of a Redis server: why it cannot be used, or what its operator should know. */
export interface ServerCheck {
  readonly fault: string | undefined;
  readonly warnings: readonly string[];
}

/** First versions with `allow-oom` scripts, without which a full server could not take outcomes. */
const LEAST_MAJOR = 7;

/** Judges a server by its answer to `INFO`. */
export function checkServer(info: string): ServerCheck {
  const fields = new Map(
    info.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
    }),
  );
  const name = fields.get('server_name') ?? 'redis';
  const version = fields.get(`${name}_version`) ?? fields.get('redis_version') ?? '0';
  const policy = fields.get('maxmemory_policy') ?? 'noeviction';
  const warnings =
    fields.get('aof_enabled') === '0'
      ? [
          'Redis writes no append-only file, so its restart loses the jobs since its last snapshot: set appendonly to yes.',
        ]
      : [];
  return { fault: findFault({ name, version, policy, role: fields.get('role') }), warnings };
}

function findFault(server: {
  readonly name: string;
  readonly version: string;
  readonly policy: string;
  readonly role: string | undefined;
}): string | undefined {
  const { name, version, policy, role } = server;
  if (Number.parseInt(version, 10) < LEAST_MAJOR)
    return `The server of BRIG_REDIS_URL is ${name} ${version}; Redis 7 or Valkey is needed.`;
  if (policy !== 'noeviction')
    return `Redis may forget jobs when it is full (maxmemory-policy ${policy}): set it to noeviction.`;
  if (role !== undefined && role !== 'master')
    return 'The server of BRIG_REDIS_URL is a replica: name the primary.';
  return undefined;
}
