import { styleText } from 'node:util';
import type { Command } from 'commander';
import { parseConfig } from '../../config.ts';
import type { LayerReport } from '../../core/contract/health.ts';
import type { ExecutorEvent } from '../../executor/events.ts';
import { JailFailure } from '../../sandbox/sandbox.ts';
import { createService } from '../../service.ts';
import { version } from '../../version.ts';
import { readEnvironment } from '../dotenv.ts';
import { toTrialConfig } from '../open-service.ts';

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description(
      'attack each layer of isolation and say which one holds, how it was tried, and how to mend it',
    )
    .option('--trial', 'accept that memory and processes are bounded by rlimits where there is no cgroup')
    .option('--json', 'print the report as JSON')
    .action(async ({ trial, json }: { trial?: boolean; json?: boolean }) => {
      process.exitCode = await examine(trial === true, json === true);
    });
}

async function examine(isTrial: boolean, asJson: boolean): Promise<number> {
  const env = readEnvironment();
  const config = parseConfig(env);
  const causes: unknown[] = [];
  const onEvent = (event: ExecutorEvent): void => {
    if (event.type === 'readiness_changed' && !event.state.isReady) causes.push(event.cause);
  };
  const service = await createService(isTrial ? toTrialConfig(config, env) : config, {
    onEvent,
    withoutWarmJails: true,
  });
  const health = service.health();
  await service.close();
  if (asJson) {
    process.stdout.write(`${JSON.stringify(health)}\n`);
  } else {
    process.stdout.write(`Brig ${version} on Node ${process.version}\n`);
    process.stdout.write(`Jails of Python are made by ${health.isolation}\n`);
    for (const [layer, report] of Object.entries(health.sandbox)) printLayer(layer, report);
    for (const warning of health.warnings ?? [])
      process.stdout.write(`${styleText('yellow', 'warning')}     ${warning}\n`);
    if (health.reason !== undefined)
      process.stdout.write(`\n${styleText('red', 'No script can run:')} ${health.reason}\n`);
    for (const cause of causes) {
      if (cause instanceof JailFailure && cause.detail !== undefined)
        process.stdout.write(`  ${cause.detail}\n`);
    }
  }
  return health.status === 'healthy' ? 0 : 1;
}

function printLayer(layer: string, { active, required, how, tried, reason, remedy }: LayerReport): void {
  const verdict = active
    ? styleText('green', 'holds')
    : styleText(required ? 'red' : 'yellow', 'does not hold');
  process.stdout.write(`${layer.padEnd(11)} ${verdict}  by ${how}\n  tried: ${tried}\n`);
  if (reason !== undefined) process.stdout.write(`  got through: ${reason}\n`);
  if (remedy !== undefined) process.stdout.write(`  remedy: ${remedy}\n`);
}
