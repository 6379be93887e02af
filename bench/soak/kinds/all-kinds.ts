import type { Kind, Need } from '../kind.ts';
import { doorKinds } from './doors.ts';
import { environmentKinds } from './environments.ts';
import { exampleKinds } from './examples.ts';
import { outputKinds } from './output.ts';
import { pythonKinds } from './python.ts';
import { runtimeKinds } from './runtimes.ts';

const allKinds: readonly Kind[] = [
  ...pythonKinds,
  ...outputKinds.map((kind) => ({ ...kind, weight: kind.weight / 2 })),
  ...exampleKinds.map((kind) => ({ ...kind, weight: kind.weight / 2 })),
  ...runtimeKinds,
  ...doorKinds,
  ...environmentKinds,
];

/** The kinds that a service with these can be sent, and the names of the others. */
export function chooseKinds(has: ReadonlySet<Need>): { kinds: readonly Kind[]; leftOut: readonly string[] } {
  const suits = ({ needs = [] }: Kind): boolean => needs.every((need) => has.has(need));
  return {
    kinds: allKinds.filter(suits),
    leftOut: allKinds.filter((kind) => !suits(kind)).map(({ name }) => name),
  };
}
