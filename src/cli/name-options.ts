import { isLimitName, type LimitName } from '../core/contract/limits.ts';
import type { Failure } from '../core/contract/outcome.ts';

/** Options of `brig run`, by the field of the request that each one sets. */
export const optionOf = {
  mode: '--script',
  function: '--function',
  args: '--arg',
  kwargs: '--kwarg',
  stdin: '--stdin',
  env: '--env',
  files: '--file',
  environment: '--env',
  wait: '--wait',
  network: '--allow-net',
} as const;

/** Options of `brig run`, by the limit that each one sets. */
export const optionOfLimit: Readonly<Record<LimitName, string>> = {
  timeout: '--timeout',
  cpu_time: '--cpu-time',
  memory_mb: '--memory',
  cpus: '--cpus',
  processes: '--processes',
  output_bytes: '--output-bytes',
  disk_mb: '--disk',
  open_files: '--open-files',
};

/** Beginnings of suggestions that name fields of a request; others may repeat such a name from the script. */
const beginnings =
  /^(?:Send |Or send |Raise |Remove |Run the file as it is |For a script that |Give \w+\(\) parameters |POST \/environments |Write the file first|Did you mean [^"]|Did you mean "[^"]*"\? Send |The environment "|Scripts have no network|The script reaches |Ask for |Use the standard library of Go, |A process of (?:it|the script) was killed for memory: |Threads or processes were refused: |A stack gets |It may have reached a limit|"\w+" is at its ceiling|The cap of results)/;

const toLimit = (whole: string, name: string, value: string): string =>
  isLimitName(name) ? `Add ${optionOfLimit[name]} ${value}` : whole;
const toCeiling = (whole: string, name: string): string =>
  isLimitName(name) ? `${optionOfLimit[name]} is at its ceiling` : whole;

/** Each form in which a suggestion names a field, and the option in its place. */
const forms: readonly (readonly [RegExp, (whole: string, ...parts: string[]) => string])[] = [
  [/Raise "limits": \{"(\w+)": ([\d.]+)\}/, toLimit],
  [/"(\w+)" is at its ceiling/, toCeiling],
  [/(?:Send )?"mode": "script"/, (whole) => `${verb(whole)}${optionOf.mode}`],
  [/"function": ("[^"]*")/, (_, name = '') => `${optionOf.function} ${bare(name)}`],
  [
    /POST \/environments with \{"name": ("[^"]*"), (?:"runtime": ("[^"]*"), )?"packages": \["([^"]*)"\]\} builds one that has, then send "environment": "[^"]*"/,
    (_, name = '""', runtime = '', packageName = '') =>
      `\`brig env build ${runtime === '' ? '' : `--runtime ${bare(runtime)} `}${bare(name)} ${packageName}\` builds one that has, then add ${optionOf.environment} ${bare(name)}`,
  ],
  [/send "wait": (\d+)/, (_, seconds = '') => `add ${optionOf.wait} ${seconds}`],
  [/send "environment": ("[^"]*")/, (_, name = '') => `add ${optionOf.environment} ${bare(name)}`],
  [
    /Send it as "env": \{("[^"]*"): "…"\} in the request/,
    (_, name = '') => `Add ${optionOf.env} ${bare(name)}=…`,
  ],
  [
    /(?:Send )?"args": \[([…, ]*)\]/,
    (whole, places = '') =>
      verb(whole) +
      places
        .split(', ')
        .map(() => `${optionOf.args} …`)
        .join(' '),
  ],
  [
    /(?:Send )?"kwargs": \{([^{}]*)\} in the request/,
    (whole, members = '') =>
      verb(whole) +
      [...members.matchAll(/("[^"]*"): …/g)]
        .map(([, name = '']) => `${optionOf.kwargs} ${bare(name)}=…`)
        .join(' '),
  ],
  [
    /Send the file with the request: "files": \[\{"path": ("(?:[^"\\]|\\.)*"), "content": …\}\]/,
    (_, path = '') => `Add the file: ${optionOf.files} ${bare(path)}`,
  ],
  [/with the request, as one of "files"/, () => `with ${optionOf.files}`],
  [/with the request, in "files"/, () => `with ${optionOf.files}`],
  [/in "files"(?=, below)/, () => `with ${optionOf.files}`],
  [
    /with the request, as "files", "stdin" or "args"/,
    () => `with ${optionOf.files}, ${optionOf.stdin} or ${optionOf.args}`,
  ],
  [/the "kwargs" of the request/, () => `the ${optionOf.kwargs} options`],
  [
    /in "args" or in "kwargs" of the request, not in both/,
    () => `by ${optionOf.args} or by ${optionOf.kwargs}, not by both`,
  ],
  [/as many "args" as/, () => `as many ${optionOf.args} as`],
  [/as "args" or "kwargs"$/, () => `with ${optionOf.args} or ${optionOf.kwargs}`],
  [/as "args"(?=$|:)/, () => `with ${optionOf.args}`],
  [/as "stdin"$/, () => `with ${optionOf.stdin}`],
  [/as "args" of the function$/, () => `with ${optionOf.args}`],
  [/as "network": \{"allow": \["([^"]*)"\]\}/, (_, host = '') => `with ${optionOf.network} ${host}`],
  [/in "network"/, () => `with ${optionOf.network}`],
  [/"limits" cannot raise it$/, () => 'no option raises it'],
];

/** Returns a suggestion for a request as one for `brig run`: with its options in place of the fields. */
export const nameOptions = (suggestion: string): string =>
  beginnings.test(suggestion)
    ? forms.reduce((text, [form, write]) => text.replace(form, write), suggestion)
    : suggestion;

/** Returns a failure with advice for the command line. */
export const withOptions = (failure: Failure): Failure => ({
  ...failure,
  suggestions: failure.suggestions.map(nameOptions),
});

/** An option is added; a field is sent. */
const verb = (whole: string): string => (whole.startsWith('Send ') ? 'Add ' : '');

/** Leaves the quotes out where a shell needs none. */
const bare = (quoted: string): string => (/^"[\w./-]+"$/.test(quoted) ? quoted.slice(1, -1) : quoted);
