import type { Command } from 'commander';
import { createAnalyzer } from '../../analysis/analyzer.ts';
import { describeMissing } from '../../analysis/entry-point.ts';
import { readInput } from '../read-input.ts';

interface CheckOptions {
  readonly function: string;
  readonly json?: boolean;
}

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('say whether a script has its entry point, without running it')
    .argument('<file>', 'the script; - reads it from standard input')
    .option('-f, --function <name>', 'the entry point', 'main')
    .option('--json', 'print what was found as JSON')
    .action(async (file: string, options: CheckOptions) => {
      process.exitCode = await check(file, options);
    });
}

async function check(file: string, { function: wanted, json }: CheckOptions): Promise<number> {
  const script = await readInput(file);
  const analyzer = await createAnalyzer();
  try {
    const analysis = await analyzer.analyze(script, wanted);
    const isMissing = analysis.defines === 'no';
    if (json === true) {
      const report = { entry_point: wanted, defined: analysis.defines, functions: analysis.functions };
      process.stdout.write(`${JSON.stringify(report)}\n`);
      return isMissing ? 1 : 0;
    }
    for (const { line, kind, signature } of analysis.functions)
      process.stdout.write(`${file}:${line}: ${kind} ${signature}\n`);
    if (isMissing) {
      const like = describeMissing(analysis, wanted).availableFunctions[0];
      process.stderr.write(
        `There is no function ${wanted}() at module level${like === undefined ? '' : `; the nearest is ${like}()`}.\n`,
      );
    } else if (analysis.defines === 'maybe') {
      process.stderr.write(`Only a run can tell whether ${wanted}() is there.\n`);
    }
    return isMissing ? 1 : 0;
  } finally {
    await analyzer.close();
  }
}
