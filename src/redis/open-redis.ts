import type { Redis, RedisOptions } from 'ioredis';
import { checkServer, type ServerCheck } from './check-server.ts';
import { toRefusal, unreachable } from './redis-refusals.ts';

/** Behaviour of a connection in an outage: `impatient` and `hasty` commands fail at once; those of the others wait. */
export type ConnectionKind = 'impatient' | 'hasty' | 'subscriber' | 'waiting';

/** Connection to the Redis or Valkey that services and workers share. */
export interface RedisLink {
  /**
   * Runs commands. @throws Refusal `unavailable` when Redis cannot be reached, answers too late or must not be used;
   * `overloaded` when it is full.
   */
  run<T>(commands: (redis: Redis) => Promise<T>): Promise<T>;
  /** Opens another connection, closed with the link. */
  connect(kind: ConnectionKind): Redis;
  /** Why it cannot be used now; undefined when it can. */
  readonly fault: string | undefined;
  /** Sentences for the operator. */
  readonly warnings: readonly string[];
  /** Milliseconds since which it can be used without a break; 0 when it cannot. */
  readonly steadyFor: number;
  close(): void;
}

type LinkOptions = Omit<RedisOptions, 'replyMapping'>;

/** Milliseconds. */
const TIMES = {
  connect: 5000,
  command: 5000,
  hasty: 300,
  socket: 15_000,
  mostBetweenTries: 2000,
  betweenChecks: 30_000,
};

const common: LinkOptions = {
  connectTimeout: TIMES.connect,
  keepAlive: 10_000,
  retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 10), TIMES.mostBetweenTries),
  // A script may have run although its answer is lost: whoever sent it decides whether to repeat it.
  autoResendUnfulfilledCommands: false,
};

const kinds: Readonly<Record<ConnectionKind, LinkOptions>> = {
  impatient: {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: TIMES.command,
    socketTimeout: TIMES.socket,
  },
  hasty: {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: TIMES.hasty,
    socketTimeout: TIMES.socket,
  },
  subscriber: { maxRetriesPerRequest: null },
  waiting: { maxRetriesPerRequest: null },
};

/**
 * Opens a link, without waiting for Redis: it is used as soon as it is there.
 * @param onChange called with a sentence when it becomes usable, or stops to be.
 */
export async function openRedis(
  url: string,
  onChange: (fault: string | undefined) => void,
): Promise<RedisLink> {
  const ioredis = await import('ioredis');
  const all = new Set<Redis>();
  let isClosed = false;
  const own = (redis: Redis): Redis => {
    // Each failed try to connect is one; the state tells it once.
    redis.on('error', () => undefined);
    all.add(redis);
    // BullMQ waits on a connection of its own, which must not outlive the link.
    const duplicate = redis.duplicate.bind(redis);
    redis.duplicate = (options) => own(duplicate(options));
    if (isClosed) redis.disconnect();
    return redis;
  };
  const open = (options: LinkOptions): Redis => own(new ioredis.Redis(url, { ...common, ...options }));
  const redis = open(kinds.impatient);
  const state = watchServer(redis, onChange);

  return {
    run: async (commands) => {
      if (state.fault !== undefined) throw unreachable(new Error(state.fault));
      return await commands(redis).catch((error: unknown) => {
        throw toRefusal(error);
      });
    },
    connect: (kind) => open(kinds[kind]),
    get fault() {
      return state.fault;
    },
    get warnings() {
      return state.warnings;
    },
    get steadyFor() {
      return state.since === undefined ? 0 : performance.now() - state.since;
    },
    close: () => {
      isClosed = true;
      state.end();
      for (const one of all) one.disconnect();
      all.clear();
    },
  };
}

const AWAY = 'Redis cannot be reached.';

/** Checks the server after each connection, and now and then. */
function watchServer(redis: Redis, onChange: (fault: string | undefined) => void) {
  let fault: string | undefined = AWAY;
  let told: string | undefined | null = null;
  let warnings: readonly string[] = [];
  let since: number | undefined;
  let isEnded = false;

  const become = (check: ServerCheck): void => {
    if (isEnded) return;
    ({ fault, warnings } = check);
    since = fault === undefined ? (since ?? performance.now()) : undefined;
    if (fault !== told) onChange(fault);
    told = fault;
  };
  const check = (): void => {
    redis.info().then(
      (info) => become(checkServer(info)),
      () => undefined,
    );
  };
  redis.on('ready', check);
  redis.on('close', () => become({ fault: AWAY, warnings: [] }));
  const timer = setInterval(() => {
    if (redis.status === 'ready') check();
  }, TIMES.betweenChecks).unref();

  return {
    get fault() {
      return fault;
    },
    get warnings() {
      return warnings;
    },
    get since() {
      return since;
    },
    end: () => {
      isEnded = true;
      clearInterval(timer);
      fault = 'The service is shutting down.';
    },
  };
}
