import type { ModelCall } from '../executor/events.ts';

/** Measures one question to the model. */
export interface CallTally {
  begin(): void;
  /** Notes the tokens of an answer, as the provider counts them. */
  use(inputTokens: number, outputTokens: number): void;
  /** Reports the question, unless it never got its turn. */
  end(outcome: string): void;
}

export function createCallTally(
  { model, onCall }: { readonly model: string; readonly onCall?: ((call: ModelCall) => void) | undefined },
  { traceparent }: { readonly traceparent?: string | undefined },
): CallTally {
  let start: number | undefined;
  let tokens: readonly [number | undefined, number | undefined] = [undefined, undefined];
  return {
    begin: () => {
      start = performance.now();
    },
    use: (input, output) => {
      tokens = [input, output];
    },
    end: (outcome) => {
      if (start === undefined) return;
      const ms = performance.now() - start;
      onCall?.({ model, outcome, start, ms, inputTokens: tokens[0], outputTokens: tokens[1], traceparent });
    },
  };
}
