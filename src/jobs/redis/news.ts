import type { Redis } from 'ioredis';
import { PREFIX } from './commands.ts';

/** Tells of changes of jobs as they are published; one that was missed is found by who looks now and then. */
export interface News {
  /** Calls back with each change of a job, until it is disposed of. */
  follow(name: string, onChange: (change: string) => void): Disposable;
}

/** Subscriptions come back with the connection. */
const ignore = (): undefined => undefined;

/** @param redis a connection of its own. */
export function createNews(redis: Redis): News {
  const followers = new Map<string, Set<(change: string) => void>>();
  redis.on('message', (channel: string, change: string) => {
    for (const tell of followers.get(channel) ?? []) tell(change);
  });
  return {
    follow: (name, onChange) => {
      const channel = `${PREFIX}news:${name}`;
      const all = followers.get(channel) ?? new Set();
      followers.set(channel, all.add(onChange));
      if (all.size === 1) redis.subscribe(channel).catch(ignore);
      return {
        [Symbol.dispose]: () => {
          if (!all.delete(onChange) || all.size > 0) return;
          followers.delete(channel);
          redis.unsubscribe(channel).catch(ignore);
        },
      };
    },
  };
}
