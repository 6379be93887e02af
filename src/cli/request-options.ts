import { extname } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { isolations } from '../core/contract/isolation.ts';
import { defaultMode } from '../core/contract/request.ts';
import { isRuntimeName, runtimeNames, type RuntimeName } from '../core/contract/runtimes.ts';
import { findMeant } from '../core/validation/meant-values.ts';
import { programRuntimes } from '../runtimes/program-runtimes.ts';
import { numberOption } from './number-option.ts';

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

/** Adds the options that become fields of a request (`BodyOptions`), and returns the command. */
export function addRequestOptions(command: Command): Command {
  return command
    .option('-f, --function <name>', 'the function to call instead of main')
    .addOption(
      new Option(
        '-r, --runtime <name>',
        `what runs it, ${runtimeNames.join(', ')}; by default what the ending of the file says`,
      ).argParser(readRuntime),
    )
    .option('-s, --script', 'run the file as __main__ instead of calling a function')
    .option('-a, --arg <value>', 'an argument: JSON, or else the text itself; once for each', collect, [])
    .option(
      '-k, --kwarg <name=value>',
      'a keyword argument: JSON, or else the text itself; once for each',
      collect,
      [],
    )
    .option('--stdin <file>', 'what the script reads from standard input; - passes on your own')
    .option(
      '-e, --env <name>',
      'the package environment to run in (brig env), or as NAME=value an environment variable; once for each',
      collect,
      [],
    )
    .option(
      '--file <path[=path]>',
      'a file or folder for the working directory, and its path there; once for each',
      collect,
      [],
    )
    .option('--return <glob>', 'files of the working directory to bring back; once for each', collect, [])
    .option('--validate', 'have a model review the script first; one that it does not call safe is not run')
    .option('--validate-only', 'say what a run would fail with, and run nothing of the script')
    .addOption(
      numberOption(
        '--wait <seconds>',
        'how long to wait for a runtime that is made ready at its first use; 600 where nothing is said',
      ),
    )
    .option(
      '--allow-net <hosts>',
      'what the script reaches: hosts with ports, patterns, with commas between (api.example.com:443); public; or all that BRIG_NETWORK allows',
    )
    .option('--id <id>', "an id of your own for the execution's outcome and the log")
    .addOption(
      new Option(
        '--isolation <how>',
        'how the jail is made, if more strictly than BRIG_ISOLATION says',
      ).choices(isolations),
    )
    .option('--environment <name>', 'the same, for a package environment alone')
    .addOption(numberOption('--timeout <seconds>', 'wall clock limit'))
    .addOption(numberOption('--cpu-time <seconds>', 'CPU time limit'))
    .addOption(numberOption('--memory <MiB>', 'memory limit'))
    .addOption(numberOption('--cpus <cores>', 'CPU bandwidth'))
    .addOption(numberOption('--processes <number>', 'processes and threads at once'))
    .addOption(numberOption('--output-bytes <bytes>', 'bytes kept of each stream'))
    .addOption(numberOption('--disk <MiB>', 'size of the working directory and of /tmp'))
    .addOption(numberOption('--open-files <number>', 'open files of each process'));
}

function readRuntime(name: string): RuntimeName {
  if (isRuntimeName(name)) return name;
  const [meant] = findMeant('runtime', name, runtimeNames);
  throw new InvalidArgumentError(
    `It is one of ${runtimeNames.join(', ')}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  );
}

/** Infers the runtime from the file's extension; Python if that is unknown. */
export function inferRuntime(file: string): RuntimeName {
  return programRuntimes.find(({ extensions }) => extensions.includes(extname(file)))?.name ?? 'python';
}

export const isRunAsScript = (
  runtime: RuntimeName,
  { script }: { readonly script?: boolean | undefined },
): boolean => script === true || defaultMode(runtime) === 'script';
