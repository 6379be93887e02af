import type { Parser } from 'web-tree-sitter';
import { answerQuestion } from './answer-question.ts';
import { OutOfTime, startClock, unlimited } from './clock.ts';
import { createParser } from './grammar.ts';
import { isSlowToParse, normalizeSource } from './source-text.ts';
import type { AnswerTo, Question } from './worker-messages.ts';

export interface InlineOptions {
  /** Longest script, in UTF-16 units, that this thread analyses. */
  readonly inlineLength: number;
  /** Longest time, in milliseconds, that one analysis may hold this thread. */
  readonly inlineBudget: number;
}

/** Answers short questions on the caller's thread. */
export interface Inline {
  /** Returns undefined when the answer would take too long, or failed. */
  answer<Q extends Question>(question: Q): AnswerTo<Q> | undefined;
  close(): void;
}

/** Sample of all syntax, which warms up the code; cold code would exceed the budget of the first scripts. */
const WARM_UP = `
import os
@decorate
async def first(a, b: int = 1, *c, **d) -> int:
    for x in [y for y in range(3) if y]: print(f"{x!r:>{b}}", {"k": lambda: (z := 1)})
if True:
    wanted.call = lambda q: globals()
class Other(first):
    def method(self): return self.wanted[1:2]
try:
    with open("f") as g: raise ValueError(wanted)
except (ValueError, KeyError) as e:
    match e:
        case {"a": [1, *_]}: pass
`;

/** Loads the grammar and warms it up, in about 50 ms. */
export async function createInline({ inlineLength, inlineBudget }: InlineOptions): Promise<Inline> {
  let parser: Parser | undefined = await createParser();
  for (const wanted of ['first', 'wanted', 'none'])
    answerQuestion(parser, WARM_UP, { kind: 'functions', script: WARM_UP, wanted }, unlimited);
  answerQuestion(parser, WARM_UP, { kind: 'policy', script: WARM_UP, modules: [], functions: [] }, unlimited);

  const answer: Inline['answer'] = (question) => {
    const { script } = question;
    if (parser === undefined || script.length > inlineLength) return undefined;
    const isOver = startClock(inlineBudget);
    const text = normalizeSource(script);
    if (isSlowToParse(text)) return undefined;
    try {
      return answerQuestion(parser, text, question, isOver);
    } catch (error) {
      // Any other error is a trap in the grammar's code, whose memory cannot be trusted afterwards.
      if (!(error instanceof OutOfTime)) parser = undefined;
      return undefined;
    }
  };

  return {
    answer,
    close() {
      parser?.delete();
      parser = undefined;
    },
  };
}
