import { z } from 'zod';

/** Result of one check, outside or inside. For a test of CPython `passed`, `failed`, `skipped` or how it ended the process. */
export const resultSchema = z.object({
  outcome: z.string(),
  /** For a reader: the exception, the reason of a skip. It is not compared. */
  text: z.string().optional(),
});

/** Results by the name of the check. */
export const sideSchema = z.record(z.string(), resultSchema);

export const subjectSchema = z.object({
  outside: sideSchema,
  inside: sideSchema,
});

export type Result = z.infer<typeof resultSchema>;
export type Side = z.infer<typeof sideSchema>;
/** Results of one module of tests, program or package on both sides. */
export type Subject = z.infer<typeof subjectSchema>;

export const partNames = ['cpython', 'programs', 'packages', 'runtimes'] as const;
export type PartName = (typeof partNames)[number];

/** A part of the comparison: names of subjects, and how one is run on each side. */
export interface Part {
  readonly name: PartName;
  /** Programs and packages that are compared, with their versions: `CPython 3.13.0`. */
  readonly versions: readonly string[];
  readonly subjects: readonly string[];
  runOutside(subject: string): Promise<Side>;
  /** Is told what came of it outside. */
  runInside(subject: string, outside: Side): Promise<Side>;
}
