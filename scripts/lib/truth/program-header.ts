import { z } from 'zod';

/** Needs of a program of test/truth/programs, in JSON on its first line. */
const headerSchema = z.strictObject({
  /** `function`: `main` is called, and its value compared. */
  mode: z.enum(['script', 'function']).default('script'),
  args: z.array(z.string()).default([]),
  stdin: z.string().default(''),
  /** One more argument each, where it runs several times. */
  variants: z.array(z.string()).optional(),
  /** Files that it writes, which have to be the same. */
  files: z.array(z.string()).default([]),
  /** Packages that it needs: requirements as pip takes them. */
  packages: z.array(z.string()).default([]),
});

export type ProgramHeader = z.infer<typeof headerSchema>;

const MARK = /^(?:#|\/\/) truth: (.*)/;

/** @throws Error where the first line has a header that is wrong. */
export function readHeader(source: string): ProgramHeader {
  const [, text = '{}'] = MARK.exec(source.slice(0, source.indexOf('\n'))) ?? [];
  return headerSchema.parse(JSON.parse(text));
}
