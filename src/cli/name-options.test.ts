import { Command } from 'commander';
import { expect, it } from 'vitest';
import { suggestForArguments } from '../core/judging/suggestions/calls.ts';
import { suggestForExit } from '../core/judging/suggestions/endings.ts';
import { suggestEntryPoint } from '../core/judging/suggestions/entry-point.ts';
import { suggestRaise } from '../core/judging/suggestions/limits.ts';
import { describeAbsence } from '../core/judging/suggestions/imports.ts';
import { suggestForMissingFile } from '../core/judging/suggestions/missing-files.ts';
import { suggestForPackage } from '../core/judging/suggestions/npm-packages.ts';
import { suggestForParameter } from '../core/judging/suggestions/names.ts';
import { limitNames, type LimitName } from '../core/contract/limits.ts';
import { suggestForProgramSyntax } from '../core/judging/suggestions/programs.ts';
import { addRunCommand } from './commands/run.ts';
import { nameOptions, optionOf, optionOfLimit } from './name-options.ts';

const limits = {
  ...{ timeout: 30, cpu_time: 30, memory_mb: 256, cpus: 1, processes: 32 },
  ...{ output_bytes: 65_536, disk_mb: 64, open_files: 256 },
};
const ceilings = Object.fromEntries(limitNames.map((name) => [name, limits[name] * 4])) as typeof limits;
const raise = (name: LimitName, at = ceilings): string => suggestRaise(name, limits, at);
const missing = (message: string): string[] => suggestForMissingFile({ message }, {});
const building = { environment: 'default', canBuild: true };
const usage = { text: 'usage: script.py [-h]\nscript.py: error: unrecognized', bytes: 50, truncated: false };
const guarded = 'if __name__ == "__main__": pass';

it('names options that brig run has', () => {
  const program = new Command();
  addRunCommand(program);
  const known = program.commands[0]?.options.map(({ long }) => long);
  for (const option of [...Object.values(optionOf), ...Object.values(optionOfLimit)])
    expect(known).toContain(option);
});

it.each([
  [
    suggestForArguments("f() missing 2 required positional arguments: 'a' and 'b'", 'f'),
    'Add --arg … --arg … or --kwarg a=… --kwarg b=…',
  ],
  [
    suggestForArguments("f() missing 1 required keyword-only argument: 'a'", 'f'),
    'Add --kwarg a=…, or give a a default',
  ],
  [
    suggestForArguments("f() got an unexpected keyword argument 'a'", 'f'),
    'Remove a from the --kwarg options, or add the parameter to f()',
  ],
  [
    suggestForArguments("f() got multiple values for argument 'a'", 'f'),
    'Send a by --arg or by --kwarg, not by both',
  ],
  [
    suggestForArguments('f() takes 1 positional argument but 2 were given', 'f'),
    'Send as many --arg as f() has parameters, or add a parameter (*args takes any number)',
  ],
  [
    suggestForParameter({ what: 'parameter', name: 'nmae', of: 'f', candidates: ['name'] }, 'f'),
    'Did you mean "name"? Add --kwarg name=…',
  ],
  [
    suggestEntryPoint({ wanted: 'main', functions: [], script: guarded }),
    'Add --script: the script starts itself below `if __name__ == "__main__"`',
  ],
  [
    suggestEntryPoint({ wanted: 'main', functions: ['mian'] }),
    'Did you mean mian()? Rename it to main(), or call it with --function mian',
  ],
  [suggestEntryPoint({ wanted: 'main', functions: [] }).slice(-1), 'Run the file as it is with --script'],
  [
    suggestForExit({ mode: 'function' }, 'main').slice(-1),
    'For a script that ends with a status of its own use --script',
  ],
  [
    suggestForExit({ mode: 'function', stderr: usage }, 'main'),
    'Give main() parameters instead of argparse, and send them with --arg or --kwarg',
  ],
  [
    suggestForExit({ mode: 'function', stderr: usage }, 'main').slice(-1),
    'For a script that reads its command line use --script, and send its options with --arg',
  ],
  [
    suggestForExit({ mode: 'script', stderr: usage }, 'main'),
    'Send the options of the script with --arg: stderr says which ones it takes',
  ],
  [
    describeAbsence('flask', building),
    'The environment "default" does not have flask: `brig env build with-flask flask` builds one that has, then add --env with-flask',
  ],
  [
    suggestForPackage("Cannot find package 'lodash' imported from", building),
    'The environment "default" does not have lodash: `brig env build --runtime node with-lodash lodash` builds one that has, then add --env with-lodash',
  ],
  [[raise('timeout')], 'Add --timeout 60 (this run had 30; the ceiling is 120)'],
  [
    [`A process of it was killed for memory: ${raise('memory_mb')}`],
    'A process of it was killed for memory: Add --memory 512 (this run had 256; the ceiling is 1024)',
  ],
  [[raise('disk_mb', limits)], '--disk is at its ceiling already (64): only the operator can raise it'],
  [missing("No such file: 'data.csv'"), 'Add the file: --file data.csv'],
  [
    missing("No such file: '/data/my data.csv'"),
    'Add the file: --file "my data.csv", and open it as "my data.csv"',
  ],
  [['Send what it reads as "stdin"'], 'Send what it reads with --stdin'],
  [['Or send the values as "args" of the function'], 'Or send the values with --arg'],
  [
    ['Scripts have no network: send the data with the request, as "files", "stdin" or "args"'],
    'Scripts have no network: send the data with --file, --stdin or --arg',
  ],
  [
    ['The environment "data" has yaml (PyYAML 6.0): send "environment": "data"'],
    'The environment "data" has yaml (PyYAML 6.0): add --env data',
  ],
  [
    suggestForProgramSyntax({ message: 'no required module provides package x' }),
    'Use the standard library of Go, or send the source of the module with --file, below "vendor/": there is no network',
  ],
])('%j', (suggestions, first) => {
  expect(nameOptions(suggestions[0] ?? '')).toBe(first);
});

it.each([
  'Did you mean "args" or "files"?',
  'Did you mean "mode": "script"?',
  'Files of the request: "files", "args"',
])('leaves names of the script alone: %s', (suggestion) => {
  expect(nameOptions(suggestion)).toBe(suggestion);
});
