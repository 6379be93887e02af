import { createHash } from 'node:crypto';

/** Whether the lines of a request are written. */
export type Sampler = (id: string) => boolean;

const ALL = 2 ** 32;

/**
 * Creates a sampler that lets a share of ids pass, always the same ones: the lines of a request and of its execution
 * are written together, or neither.
 * @param share from 0 to 1.
 */
export function createSampler(share: number): Sampler {
  if (share >= 1) return () => true;
  return (id) => createHash('sha256').update(id).digest().readUInt32BE() < share * ALL;
}
