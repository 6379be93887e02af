import { partialDeepStrictEqual } from 'node:assert/strict';
import type { Kind, Need, SoakAnswer, SoakRequest } from './kind.ts';

/** Returns the differences from `wanted`; members that it does not name may be anything. */
export function findDifferences(found: unknown, wanted: object): readonly unknown[] {
  try {
    partialDeepStrictEqual(found, wanted);
    return [];
  } catch {
    return [{ wanted: shorten(wanted), found: shorten(found) }];
  }
}

const SHOWN = 600;
const shorten = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN);

/** Returns the differences from `wanted` and from status 200. */
export function checkAnswer({ status, body }: SoakAnswer, wanted: object): readonly unknown[] {
  return findDifferences({ status, ...body }, { status: 200, ...wanted });
}

/** One request whose answer is always the same; a caller may look closer at it. */
export interface PlainKind {
  readonly name: string;
  readonly weight?: number;
  readonly needs?: readonly Need[];
  readonly request: SoakRequest;
  /** Part of the answer's body, and its `status` where that is not 200. */
  readonly wanted: object;
  readonly check?: (answer: SoakAnswer) => readonly unknown[];
}

export const toKind = ({ name, weight = 1, needs = [], request, wanted, check }: PlainKind): Kind => ({
  name,
  weight,
  needs,
  run: async ({ send }) => {
    const answer = await send(request);
    return [...checkAnswer(answer, wanted), ...(check?.(answer) ?? [])];
  },
});
