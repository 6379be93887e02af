import type { Command } from 'commander';
import type { RuntimeReport } from '../../core/contract/runtimes.ts';
import { openTrialService } from '../open-service.ts';

export function addRuntimesCommand(program: Command): void {
  program
    .command('runtimes')
    .description('say what can run scripts here: each runtime, its version, or why it is missing')
    .option('--json', 'print what GET /runtimes answers')
    .action(async ({ json }: { json?: boolean }) => {
      const { service } = await openTrialService();
      try {
        const report = await service.runtimes();
        if (json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
        else for (const runtime of report.runtimes) printRuntime(runtime);
      } finally {
        await service.close();
      }
    });
}

function printRuntime({
  name,
  available,
  readiness,
  version,
  reason,
  remedy,
  file_names,
  extensions,
}: RuntimeReport): void {
  const endings = extensions.length === 0 ? '' : `  (${extensions.join(' ')})`;
  const state = available ? (version ?? 'unknown') : readiness;
  process.stdout.write(`${name.padEnd(7)} ${state.padEnd(9)} ${file_names.join(', ')}${endings}\n`);
  if (reason !== undefined) process.stdout.write(`  ${reason}\n`);
  if (remedy !== undefined) process.stdout.write(`  remedy: ${remedy}\n`);
}
