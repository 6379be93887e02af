import type { Analysis } from './analysis.ts';

/** What the analyser's thread is asked; one at a time. */
export interface WorkerRequest {
  readonly script: string;
  readonly wanted: string;
}

/** Its answer; undefined where the analysis failed. */
export interface WorkerAnswer {
  readonly analysis: Analysis | undefined;
}
