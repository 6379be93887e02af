import { z } from 'zod';

/**
 * Ways in which a jail comes to be, the strongest first. `nsjail`: nsjail makes each. `nursery`: a process in an outer jail
 * makes it of a copy of itself, with the same namespaces, limits and filter; its interpreter is a fresh one too.
 * `template`: the same, and its interpreter is a copy of one that has loaded modules.
 */
export const isolations = ['nsjail', 'nursery', 'template'] as const;
export type Isolation = (typeof isolations)[number];

export const isolationSchema = z.enum(isolations);

/** Returns the stronger of two. */
export const strongerOf = (one: Isolation, other: Isolation): Isolation =>
  isWeaker(one, other) ? other : one;

const isWeaker = (one: Isolation, other: Isolation): boolean =>
  isolations.indexOf(one) > isolations.indexOf(other);

/** Isolation that an operator, the key of a caller and a request ask for; the latter two may leave it open. */
export interface IsolationWishes {
  readonly operator: Isolation;
  readonly key: Isolation | undefined;
  readonly request: Isolation | undefined;
}

/**
 * Returns how the jail of a request is made: each may ask for a stronger way than the one before it. Undefined when the
 * request asks for a weaker one.
 */
export function resolveIsolation({
  operator,
  key = operator,
  request,
}: IsolationWishes): Isolation | undefined {
  const bound = isWeaker(key, operator) ? operator : key;
  if (request === undefined) return bound;
  return isWeaker(request, bound) ? undefined : request;
}
