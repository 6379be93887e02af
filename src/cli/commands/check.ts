import type { Command } from 'commander';
import type { Analysis } from '../../analysis/analysis.ts';
import { createAnalyzer } from '../../analysis/analyzer.ts';
import { describeMissing } from '../../analysis/entry-point.ts';
import { toExitStatus } from '../exit-status.ts';
import { addPolicyOptions, readPolicy, type PolicyOptions } from '../policy-options.ts';
import { printFindings } from '../print-findings.ts';
import { readInput } from '../read-input.ts';

interface CheckOptions extends PolicyOptions {
  readonly function: string;
  readonly json?: boolean;
}

export function addCheckCommand(program: Command): void {
  const command = program
    .command('check')
    .description('say whether a script has its entry point, and what a policy finds, without running it')
    .argument('<file>', 'the script; - reads it from standard input')
    .option('-f, --function <name>', 'the entry point', 'main')
    .option('--json', 'print what was found as JSON');
  addPolicyOptions(command).action(async (file: string, options: CheckOptions) => {
    process.exitCode = await check(file, options);
  });
}

async function check(file: string, options: CheckOptions): Promise<number> {
  const { function: wanted, json } = options;
  const policy = readPolicy(options);
  const script = await readInput(file);
  const analyzer = await createAnalyzer();
  try {
    const asking = { queueKey: 'command line' };
    const analysis = await analyzer.analyze(script, wanted, asking);
    const findings = policy && (await analyzer.analysePolicy(script, policy, asking));
    if (json === true) {
      const report = {
        entry_point: wanted,
        defined: analysis.defines,
        functions: analysis.functions,
        ...(policy === undefined ? {} : { policy: { mode: policy.mode, ...findings } }),
      };
      process.stdout.write(`${JSON.stringify(report)}\n`);
    } else {
      printFunctions(file, analysis, wanted);
      if (findings !== undefined) printFindings(findings, process.stderr, file);
    }
    if (policy?.mode === 'enforce' && findings !== undefined && findings.total > 0)
      return toExitStatus('policy_violation');
    return analysis.defines === 'no' ? 1 : 0;
  } finally {
    await analyzer.close();
  }
}

function printFunctions(file: string, analysis: Analysis, wanted: string): void {
  for (const { line, kind, signature } of analysis.functions)
    process.stdout.write(`${file}:${line}: ${kind} ${signature}\n`);
  if (analysis.defines === 'no') {
    const like = describeMissing(analysis, wanted).availableFunctions[0];
    process.stderr.write(
      `There is no function ${wanted}() at module level${like === undefined ? '' : `; the nearest is ${like}()`}.\n`,
    );
  } else if (analysis.defines === 'maybe') {
    process.stderr.write(`Only a run can tell whether ${wanted}() is there.\n`);
  }
}
