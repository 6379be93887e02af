import { codeCantation } from './code-cantation/dialect.ts';
import { codeExecutor } from './code-executor/dialect.ts';
import type { Dialect } from './dialect.ts';
import { piston } from './piston/dialect.ts';
import { quartermaster } from './quartermaster/dialect.ts';
import { securePython } from './secure-python/dialect.ts';

/** The contracts of other systems that Brig speaks. */
export const dialects: readonly Dialect[] = [
  codeCantation,
  codeExecutor,
  securePython,
  quartermaster,
  piston,
];
