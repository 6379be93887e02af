import type { Command } from 'commander';
import { ConfigError, parseConfig, type Config } from '../../config.ts';
import type { Health } from '../../core/contract/health.ts';
import { openMetricsDoor, type Door } from '../../doors.ts';
import { createLogger } from '../../observability/log.ts';
import { openTracing } from '../../observability/tracing/open-tracing.ts';
import { createService, type Service } from '../../service.ts';
import { version } from '../../version.ts';
import { describeListenError, isListenError } from '../describe-listen-error.ts';
import { readEnvironment } from '../dotenv.ts';
import { keepYoungSpaceSmall } from '../keep-young-space-small.ts';
import { createObservers, type Observers } from '../observe.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { surviveExceptions } from '../survive-exceptions.ts';

export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description(
      'run jobs of the services that share BRIG_REDIS_URL; every setting is an environment variable',
    )
    .action(async () => {
      const config = parseConfig(readEnvironment());
      requireJobs(config);
      await work(config);
    });
}

/** @throws ConfigError when the settings leave a worker nothing to do. */
function requireJobs({ redisUrl, jobs, jobPlaces }: Config): void {
  const mistakes = [
    redisUrl === undefined && { name: 'BRIG_REDIS_URL', complaint: 'a worker takes jobs from there: set it' },
    jobs === 'off' && { name: 'BRIG_JOBS', value: 'off', complaint: 'must be on for a worker' },
    jobPlaces === 0 && { name: 'BRIG_JOB_PLACES', value: '0', complaint: 'must be at least 1 for a worker' },
  ].filter((mistake) => mistake !== false);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
}

async function work(config: Config): Promise<void> {
  keepYoungSpaceSmall();
  const logger = await createLogger({ level: config.logLevel, format: config.logFormat });
  for (const note of config.notes) logger.info(note);
  const tracing = await openTracing(process.env, version, logger);
  const observers = createObservers(config, logger, tracing);
  const service = await createService(config, { onEvent: observers.onEvent });
  observers.metrics?.watch(service);
  let door: Door | undefined;
  try {
    door = await openHealthDoor(config, service, observers);
  } catch (error) {
    await service.close();
    if (!isListenError(error)) throw error;
    process.stderr.write(`${describeListenError(error)}\n`);
    process.exitCode = 1;
    return;
  }
  surviveExceptions(logger);
  announce(service, door);
  stopOnSignal({ doors: door === undefined ? [] : [door], service, tracing, delay: 0 });
  if (config.prepareRuntimes === 'on' && service.health().status === 'healthy')
    await service.prepareRuntimes();
}

/** Opens the door of metrics and health where the settings name its port; a worker has no other. */
async function openHealthDoor(
  config: Config,
  service: Service,
  { metrics, door }: Observers,
): Promise<Door | undefined> {
  if (config.metricsPort === undefined) return undefined;
  return await openMetricsDoor(config, metrics, door, { health: () => judgeWorker(service) });
}

/** A worker without its Redis has nothing to do. */
function judgeWorker({ shared, health }: Service): Health {
  const own = health();
  const fault = shared?.fault;
  return fault === undefined || own.status === 'unhealthy'
    ? own
    : { ...own, status: 'unhealthy', reason: fault };
}

function announce(service: Service, door: Door | undefined): void {
  const { status, reason, warnings = [] } = service.health();
  process.stdout.write(`Brig ${version} takes jobs.\n`);
  if (door !== undefined)
    process.stdout.write(`Health and metrics: ${door.address.url}/health, ${door.address.url}/metrics\n`);
  for (const warning of warnings) process.stdout.write(`${warning}\n`);
  if (status === 'unhealthy') process.stdout.write(`No script can run yet: ${reason ?? 'unknown'}\n`);
}
