/* Texts that an agent reads before its first call. */

export const instructions = [
  'Brig runs code in a fresh jail: no network unless the operator allows hosts and a call asks for them, no state from one call to the next, limits on time, memory and disk.',
  'For Python use run_python: define main(); the JSON value it returns is the result, and what it prints is stdout.',
  'Figures drawn with matplotlib come back as images.',
  'A failed call says in `error`, `message` and `suggestions` what to change: change it and call again.',
].join(' ');

/** Annotations of tools that change and reach nothing outside their jail. */
const jailed = { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const;

export const tools = {
  run_python: {
    title: 'Run Python',
    description: [
      'Run a Python script in a fresh sandbox and get the JSON value that its main() returns, what it printed, and the files it made.',
      'The script must define main() at module level, for example: "def main(n=3):\\n    return [i * i for i in range(n)]".',
      'Pass data in args and kwargs, text in stdin, files in files; ask for files that it writes with return_files, such as ["*.csv"].',
      'Packages come from the environment (list_environments tells which); nothing can be installed, and there is no network but what "network" asks for and the operator allows.',
      'With mode "script" the file is run as a program instead, without main().',
    ].join(' '),
    annotations: jailed,
  },
  run_code: {
    title: 'Run code',
    description: [
      'Run a whole source file as a program in a fresh sandbox: node, deno, bun (JavaScript and TypeScript), go, rust or python.',
      'What it prints is the answer; a non-zero exit status is a failure that says why.',
      'args are its command line, stdin its standard input, files are placed in its working directory.',
      'list_environments tells which runtimes there are.',
    ].join(' '),
    annotations: jailed,
  },
  check_script: {
    title: 'Check a Python script',
    description: [
      'Check a Python script without running any of it: its syntax, whether main() takes the given args and kwargs,',
      'whether each import can be resolved in the environment. Passing is no promise that a run succeeds.',
    ].join(' '),
    annotations: { ...jailed, idempotentHint: true },
  },
  list_environments: {
    title: 'List environments and runtimes',
    description: [
      'List the package environments that scripts can run in, with the packages and versions of each, and the runtimes of this service.',
      'With import, say which environments can import a module, for example "sklearn".',
    ].join(' '),
    annotations: { ...jailed, idempotentHint: true },
  },
} as const;

export type ToolName = keyof typeof tools;
