/** States of a job. */
export const jobStates = ['delayed', 'queued', 'running', 'done', 'cancelled', 'expired', 'lost'] as const;
export type JobState = (typeof jobStates)[number];

/** States that never change. */
export const finalStates = ['done', 'cancelled', 'expired', 'lost'] as const satisfies readonly JobState[];

export const isFinal = (state: JobState): boolean => finalStates.some((final) => final === state);
