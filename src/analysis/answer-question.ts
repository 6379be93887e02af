import type { Parser } from 'web-tree-sitter';
import { analyzeScript } from './analyze-script.ts';
import type { Clock } from './clock.ts';
import { analysePolicy } from './policy/analyse-policy.ts';
import { surveyScript } from './survey.ts';
import type { AnswerTo, Question } from './worker-messages.ts';

/**
 * Answers one question about a script, prepared by `normalizeSource`, on this thread.
 * @throws OutOfTime when the clock runs out.
 */
export function answerQuestion<Q extends Question>(
  parser: Parser,
  text: string,
  question: Q,
  isOver: Clock,
): AnswerTo<Q>;
export function answerQuestion(
  parser: Parser,
  text: string,
  question: Question,
  isOver: Clock,
): AnswerTo<Question> {
  switch (question.kind) {
    case 'functions':
      return analyzeScript(parser, text, question.wanted, isOver);
    case 'policy':
      return analysePolicy(parser, text, question, isOver);
    case 'survey':
      return surveyScript(parser, text, question, isOver);
  }
}
