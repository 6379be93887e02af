import { describe, expect, it } from 'vitest';
import type { Jail, JailEnvironment } from '../sandbox/sandbox.ts';
import { createShelves } from './shelves.ts';

const environmentOf = (id: string, preload: readonly string[] = []): JailEnvironment => ({
  ...{ id, folder: `/trees/${id}`, preload, variables: {} },
});

function shelvesOf(most: number) {
  const made: string[] = [];
  const shelves = createShelves({
    most,
    pool: ({ environment, isPreloaded }, isKept) => ({
      create: () => {
        made.push(`${environment?.id ?? 'plain'}${isPreloaded ? '+' : ''}`);
        const { promise: gone, resolve } = Promise.withResolvers<void>();
        const jail: Jail = {
          gone,
          setLimits: () => undefined,
          run: () => Promise.reject(new Error('not here')),
          openSession: () => Promise.reject(new Error('not here')),
          [Symbol.asyncDispose]: () => Promise.resolve(resolve()),
        };
        return Promise.resolve(jail);
      },
      ...{ min: isKept ? 1 : 0, max: 2, maxAgeMs: 60_000, makersAtOnce: 1 },
      ...{ hasSpareTime: () => true, shrinkAfterMs: 60_000 },
    }),
  });
  return { shelves, made };
}

describe('createShelves', () => {
  it('keeps jails of the kinds it is told to, and of others once they are asked for', async () => {
    const { shelves, made } = shelvesOf(3);
    const science = environmentOf('science', ['numpy']);
    shelves.keep([
      { environment: science, isPreloaded: false },
      { environment: science, isPreloaded: true },
    ]);
    await expect.poll(() => shelves.counts().warm).toBe(2);
    expect(made.toSorted()).toEqual(['science', 'science+']);
    const plain = { environment: undefined, isPreloaded: false };
    expect(shelves.of(plain)).toBe(shelves.of(plain));
    expect(made).toHaveLength(2);
    await shelves.close();
  });

  it('takes down what was used longest ago, never what is kept', async () => {
    const { shelves } = shelvesOf(2);
    const kept = { environment: environmentOf('kept'), isPreloaded: false };
    shelves.keep([kept]);
    const keptPool = shelves.of(kept);
    const first = shelves.of({ environment: environmentOf('first'), isPreloaded: false });
    shelves.of({ environment: environmentOf('second'), isPreloaded: false });
    expect([first.isClosed(), keptPool.isClosed()]).toEqual([true, false]);
    await shelves.close();
    expect(keptPool.isClosed()).toBe(true);
  });

  it('has figures that only grow', async () => {
    const { shelves } = shelvesOf(2);
    shelves.keep([{ environment: environmentOf('one'), isPreloaded: false }]);
    await expect.poll(() => shelves.counts().built).toBe(1);
    shelves.keep([{ environment: environmentOf('two'), isPreloaded: false }]);
    await expect.poll(() => shelves.counts().built).toBe(2);
    expect(shelves.counts()).toMatchObject({ warm: 1, discarded: 1 });
    await shelves.close();
  });
});
