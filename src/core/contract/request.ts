import { z } from 'zod';
import { environmentNameSchema } from './environment.ts';
import { complainAboutGlob } from './files/globs.ts';
import { complainAboutPath } from './files/paths.ts';
import { isolationSchema } from './isolation.ts';
import { requestedLimitsSchema } from './limits.ts';
import { networkRequestSchema } from './network/request.ts';
import { policyRequestSchema } from './policy/policy.ts';
import { runtimeNames, type RuntimeName } from './runtimes.ts';
import { quote } from '../text/words.ts';

/** Size limits of every request, in bytes or as counts, unless a setting changes them. */
export const requestCaps = {
  scriptBytes: 1024 * 1024,
  envBytes: 64 * 1024,
  /** CPython's own JSON reader recurses; this is far below where it or the host would run out of stack. */
  argumentDepth: 200,
  files: 1000,
  /** Files and their folders: well within the inodes of a working directory. */
  fileEntries: 4096,
  returnPatterns: 100,
  /**
   * Longest argument of a program that the kernel accepts (MAX_ARG_STRLEN), and far less than it accepts in total.
   */
  argumentBytes: 128 * 1024 - 1,
  allArgumentBytes: 1024 * 1024,
  /** Longest wait for what is being made ready: longer than most builds. */
  waitSeconds: 600,
} as const;

/**
 * Names that an environment variable may not have: they control the interpreter or the dynamic loader before the
 * script's first line, or belong to the jail. A trailing `*` makes a prefix.
 */
export const reservedEnvNames = ['PYTHON*', 'LD_*', 'GLIBC_TUNABLES', 'BRIG_*'] as const;

export function isReservedEnvName(name: string): boolean {
  return reservedEnvNames.some((reserved) =>
    reserved.endsWith('*') ? name.startsWith(reserved.slice(0, -1)) : name === reserved,
  );
}

function textField(what: string) {
  return z
    .string()
    .refine((text) => text.isWellFormed(), `${what} is not well-formed Unicode: it holds a lone surrogate`);
}

const envSchema = z.record(z.string(), textField('a value of env')).superRefine((env, context) => {
  for (const [name, value] of Object.entries(env)) {
    const complaint = complainAboutVariable(name, value);
    if (complaint !== undefined) context.addIssue({ code: 'custom', path: [name], message: complaint });
  }
});

function complainAboutVariable(name: string, value: string): string | undefined {
  if (name === '' || /[=\0]/.test(name)) return 'an environment variable needs a name without "=" and NUL';
  if (value.includes('\0')) return 'the value of an environment variable cannot hold NUL';
  if (isReservedEnvName(name)) return `"${name}" is reserved (${reservedEnvNames.join(', ')})`;
  return undefined;
}

/** A string that a rule may complain about. */
const ruledText = (complain: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const complaint = complain(text);
    if (complaint !== undefined) context.addIssue({ code: 'custom', message: `${quote(text)} ${complaint}` });
  });

const fileSchema = z.strictObject({
  path: ruledText(complainAboutPath).meta({
    description: 'Relative to the working directory, with `/` between folders.',
  }),
  content: textField('content').meta({ description: 'Text, or bytes in base64.' }),
  encoding: z.enum(['utf8', 'base64']).default('utf8').meta({ description: 'How `content` is to be read.' }),
});

const modes = ['function', 'script'] as const;
type Mode = (typeof modes)[number];

/** Only Python calls functions. */
export const defaultMode = (runtime: RuntimeName): Mode => (runtime === 'python' ? 'function' : 'script');

/** Body of `POST /execute`: the source of validation, types and documentation. */
export const executeRequestSchema = z.strictObject({
  script: textField('script').meta({ description: 'The source, at most 1 MiB of UTF-8.' }),
  runtime: z
    .enum(runtimeNames)
    .default('python')
    .meta({ description: 'What runs the script; `GET /runtimes` tells which there are.' }),
  mode: z.enum(modes).optional().meta({
    description:
      'Call a function and return its value (`function`, the default of Python), or run the file as a program (`script`, all that other runtimes know).',
  }),
  function: z
    .string()
    .regex(/^[\p{XIDS}_][\p{XIDC}]*$/u, 'a function name is a Python identifier')
    .default('main')
    .meta({
      description: 'Which function is called (mode `function`), `main` by default; `async def` is awaited.',
    }),
  args: z
    .array(z.unknown())
    .default([])
    .meta({ description: 'Positional JSON arguments; in mode `script` the strings of `sys.argv[1:]`.' }),
  kwargs: z.record(z.string(), z.unknown()).default({}).meta({ description: 'Keyword arguments, as JSON.' }),
  stdin: textField('stdin').default('').meta({
    description: 'What the script reads from standard input: a pipe, or a file if it is longer than 64 KiB.',
  }),
  files: z
    .array(fileSchema)
    .max(requestCaps.files)
    .default([])
    .meta({ description: 'Files that are placed in the working directory before the run.' }),
  return_files: z
    .array(ruledText(complainAboutGlob))
    .max(requestCaps.returnPatterns)
    .default([])
    .meta({ description: 'Glob patterns of the files of the working directory to return.' }),
  env: envSchema.default({}).meta({
    description: `Environment variables of the script; ${reservedEnvNames.map((name) => `\`${name}\``).join(', ')} are refused.`,
  }),
  limits: requestedLimitsSchema
    .default({})
    .meta({ description: "Limits for this execution; what is left out is the operator's default." }),
  policy: policyRequestSchema.optional().meta({
    description: "What a look at the script's text may find; the operator's default where it is left out.",
  }),
  environment: environmentNameSchema.optional().meta({
    description: 'The package environment to run in; `plain` is the standard library alone.',
  }),
  isolation: isolationSchema.optional().meta({
    description:
      "How the script's jail is made, at least: a stronger way than the operator's is obeyed, a weaker one is `forbidden`.",
  }),
  wait: z.number().min(0).max(requestCaps.waitSeconds).optional().meta({
    description:
      'Seconds to wait for what is being made ready: an environment in its first build, a runtime before its first use. Where it is left out, such an environment is not waited for, and a runtime as long as for a free place.',
  }),
  network: networkRequestSchema.default(false).meta({
    description:
      'What of the network the script reaches: nothing (`false`), all that the operator and the key allow (`true`), or a part of that.',
  }),
  execution_id: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'an execution_id has 1 to 128 printable ASCII characters and no space')
    .optional()
    .meta({ description: "An id of the caller's own, echoed and logged; a UUID where it is left out." }),
  validate: z.boolean().default(false).meta({
    description:
      'Have a model review the script first, where the operator has one; what it does not call safe is not run.',
  }),
  validate_only: z.boolean().default(false).meta({
    description:
      'Everything up to the run: syntax, entry point, arguments, imports. No code of the script runs.',
  }),
});

/** A request as it enters the pipeline: complete, checked, and trusted from here on. */
export type ExecuteRequest = Omit<
  z.output<typeof executeRequestSchema>,
  'mode' | 'args' | 'kwargs' | 'stdin' | 'files'
> & {
  readonly mode: Mode;
  /** JSON of an array, as the caller wrote it; in mode `script` an array of strings. */
  readonly argsJson: PassedText;
  /** JSON of an object, as the caller wrote it. */
  readonly kwargsJson: PassedText;
  readonly stdin: PassedText;
  readonly files: readonly InputFile[];
};

/** A file placed in the working directory before the run. */
export interface InputFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Text that is only passed on to the interpreter: a string, or UTF-8 when it is long. */
export type PassedText = string | Uint8Array<ArrayBuffer>;

/** Body as a caller may write it. */
export type ExecuteRequestInput = z.input<typeof executeRequestSchema>;
