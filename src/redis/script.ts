import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** Answer of a script, as bytes. */
export type ScriptAnswer = Buffer | number | null | readonly ScriptAnswer[];

/** A Lua script, which Redis runs as one step. */
export interface Script {
  run(redis: Redis, key: string, args: readonly (string | number | Buffer)[]): Promise<ScriptAnswer>;
}

export function createScript(text: string): Script {
  const digest = createHash('sha1').update(text).digest('hex');
  return {
    run: async (redis, key, args) => {
      try {
        return (await redis.callBuffer('EVALSHA', digest, 1, key, ...args)) as ScriptAnswer;
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return (await redis.callBuffer('EVAL', text, 1, key, ...args)) as ScriptAnswer;
      }
    },
  };
}
