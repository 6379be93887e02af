import type { JobOrder } from './jobs.ts';

/**
 * Returns whether a job that was lost may start once more. What a script with a network did elsewhere cannot be done a
 * second time without asking.
 */
export const isRepeatable = ({ fields, plan }: Pick<JobOrder, 'fields' | 'plan'>): boolean =>
  !fields.at_most_once && plan.network === false;
