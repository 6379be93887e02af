import { z } from 'zod';
import { runtimeNames } from '../src/core/contract/runtimes.ts';
import { groupNames } from './attack.ts';

/** End of one attack. */
export const resultSchema = z.strictObject({
  group: z.enum(groupNames),
  title: z.string(),
  runtime: z.enum(runtimeNames),
  /** `unanswered`: the service did not answer, so nothing is known; that is no success. */
  verdict: z.enum(['held', 'got through', 'not applicable', 'unanswered']),
  /** Description of the breach, or the reason why there is no verdict. */
  reason: z.string().optional(),
  ms: z.number(),
});
export type Result = z.infer<typeof resultSchema>;
export type Verdict = Result['verdict'];

/** Signed part: everything but the signature itself. */
export const reportSchema = z.strictObject({
  suite: z.string(),
  /** The service that was attacked, without what its address may hold of a password. */
  target: z.string(),
  service: z.string(),
  kernel: z.string().optional(),
  node: z.string(),
  began: z.iso.datetime(),
  seconds: z.number(),
  /** Layers by the service's own report. */
  layers: z.record(z.string(), z.string()),
  runtimes: z.array(z.string()),
  results: z.array(resultSchema),
});
export type Report = z.infer<typeof reportSchema>;

export const count = (results: readonly Result[], verdict: Verdict): number =>
  results.filter((one) => one.verdict === verdict).length;

/** Nothing got through, and every attack that applies was answered. */
export const isGood = (results: readonly Result[]): boolean =>
  results.some(({ verdict }) => verdict === 'held') &&
  results.every(({ verdict }) => verdict === 'held' || verdict === 'not applicable');
