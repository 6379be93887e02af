import type { DenyLists } from '../core/contract/policy/deny-lists.ts';
import type { PolicyFindings } from '../core/contract/policy/policy.ts';
import type { Survey, SurveyLists } from '../core/contract/survey.ts';
import type { Analysis } from './analysis.ts';

/** Questions to the analyser's thread, one at a time, and their answers. */
export interface Questions {
  readonly functions: { readonly asked: { readonly wanted: string }; readonly answer: Analysis };
  readonly policy: { readonly asked: DenyLists; readonly answer: PolicyFindings };
  readonly survey: { readonly asked: SurveyLists; readonly answer: Survey };
}

export type Question = {
  readonly [K in keyof Questions]: { readonly kind: K; readonly script: string } & Questions[K]['asked'];
}[keyof Questions];

export type AnswerTo<Q extends Question> = Questions[Q['kind']]['answer'];
