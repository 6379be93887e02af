import { styleText } from 'node:util';
import type { Command } from 'commander';
import { openDoor, openMetricsDoor, toConnectionPlan, type Door, type DoorParts } from '../../doors.ts';
import { parseConfig, type Config } from '../../config.ts';
import type { Executor } from '../../executor/executor.ts';
import { createLogger } from '../../observability/log.ts';
import type { ServiceMetrics } from '../../observability/metrics/create-metrics.ts';
import { openTracing } from '../../observability/tracing/open-tracing.ts';
import { defaultBuild } from '../../environments/default-build.ts';
import { createService, type Service } from '../../service.ts';
import { version } from '../../version.ts';
import { isLoopback } from '../../loopback.ts';
import { createObservers } from '../observe.ts';
import { endJobsOf } from '../end-jobs.ts';
import { describeDoor, openDoorKeys, withSafeHost } from '../door-keys.ts';
import { readEnvironment } from '../dotenv.ts';
import { describeListenError, isListenError } from '../describe-listen-error.ts';
import { keepYoungSpaceSmall } from '../keep-young-space-small.ts';
import { showBuild } from '../show-build.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { surviveExceptions } from '../survive-exceptions.ts';
import { toTrialConfig } from '../open-service.ts';

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('serve the HTTP API; every setting is an environment variable')
    .option(
      '--trial',
      'accept that memory and processes are bounded by rlimits where there is no cgroup; loopback only',
    )
    .option('--port <port>', 'port to listen on, instead of BRIG_PORT; 0 takes a free one')
    .option('--with-default', 'build the default environment, in the background, where it is missing or old')
    .action(async ({ trial, withDefault, port }: ServeOptions) => {
      const env = withPort(readEnvironment(), port);
      const config = parseConfig(env);
      await serve(trial === true ? toLoopback(toTrialConfig(config, env)) : config, withDefault === true);
    });
}

interface ServeOptions {
  readonly trial?: boolean;
  readonly withDefault?: boolean;
  readonly port?: string;
}

const withPort = (env: NodeJS.ProcessEnv, port: string | undefined): NodeJS.ProcessEnv =>
  port === undefined ? env : { ...env, BRIG_PORT: port };

function toLoopback(config: Config): Config {
  if (isLoopback(config.host)) return config;
  process.stderr.write(`A trial listens on 127.0.0.1, not on ${config.host}.\n`);
  return { ...config, host: '127.0.0.1' };
}

async function serve(given: Config, withDefault: boolean): Promise<void> {
  keepYoungSpaceSmall();
  const logger = await createLogger({ level: given.logLevel, format: given.logFormat });
  for (const note of given.notes) logger.info(note);
  const config = withSafeHost(given, logger);
  const tracing = await openTracing(process.env, version, logger);
  const observers = createObservers(config, logger, tracing);
  const { metrics } = observers;
  let service: Service | undefined;
  const keys = await openDoorKeys(config, logger, (event) => {
    observers.onKeys(event);
    void endJobsOf(event, service?.jobs, logger);
  });
  const bounds = toConnectionPlan(config);
  service = await createService(config, { onEvent: observers.onEvent });
  metrics?.watch(service);
  let doors: Doors;
  try {
    doors = await openDoors({ config, service, keys, bounds, ...observers.door }, metrics);
  } catch (error) {
    await service.close();
    if (!isListenError(error)) throw error;
    process.stderr.write(`${describeListenError(error)}\n`);
    process.exitCode = 1;
    return;
  }
  const { door, ofMetrics } = doors;
  surviveExceptions(logger);
  announce(door.address.url, service, keys === undefined, config.playground === 'on');
  process.stdout.write(`${describeDoor(keys, config)}\n`);
  if (ofMetrics !== undefined) process.stdout.write(`Metrics: ${ofMetrics.address.url}/metrics\n`);
  stopOnSignal({
    doors: [door, ...(ofMetrics === undefined ? [] : [ofMetrics])],
    ...{ service, tracing, delay: config.shutdownDelay },
  });
  if (service.health().status !== 'healthy') return;
  if (withDefault) await buildDefault(service);
  if (config.prepareRuntimes === 'on') await service.prepareRuntimes();
}

interface Doors {
  readonly door: Door;
  /** Door of metrics on a port of their own. */
  readonly ofMetrics: Door | undefined;
}

/** Opens the doors of the service; metrics have one of their own when the settings name its port. */
async function openDoors(parts: DoorParts, metrics: ServiceMetrics | undefined): Promise<Doors> {
  const { config } = parts;
  if (metrics === undefined || config.metricsPort === undefined)
    return { door: await openDoor({ ...parts, metrics }), ofMetrics: undefined };
  const ofMetrics = await openMetricsDoor(config, metrics, parts);
  try {
    return { door: await openDoor(parts), ofMetrics };
  } catch (error) {
    await ofMetrics.close();
    throw error;
  }
}

/** Builds the default environment; meanwhile scripts run with the standard library. */
async function buildDefault({ environments }: Service): Promise<void> {
  const request = await defaultBuild();
  if (environments.isCurrent(request)) return;
  process.stdout.write(
    'Building the environment "default" (numpy, pandas, matplotlib, scipy, scikit-learn):\n',
  );
  const build = environments.build(request);
  await showBuild(build, process.stdout).then(
    () =>
      process.stdout.write(
        'The environment "default" is ready: scripts can import numpy, pandas and the others.\n',
      ),
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      process.stdout.write(
        `The environment "default" could not be built: ${reason}\nScripts run without it.\n`,
      );
    },
  );
}

const describeHold = (holds: boolean): string =>
  holds ? styleText('green', 'holds') : styleText(['red', 'bold'], 'DOES NOT HOLD');

function announce(url: string, service: Executor, isOpen: boolean, hasPage: boolean): void {
  const { status, reason, sandbox, warnings = [] } = service.health();
  const lines = Object.entries(sandbox).map(
    ([layer, { active, how }]) => `  ${layer.padEnd(11)} ${describeHold(active)}  (${how})`,
  );
  process.stdout.write(`Brig ${version} listens on ${url}\n${lines.join('\n')}\n`);
  if (sandbox.memory?.how === 'rlimit') {
    process.stdout.write(
      'There is no cgroup here: memory and processes are bounded by rlimits, each process alone.\n',
    );
  }
  for (const warning of warnings) process.stdout.write(`${warning}\n`);
  if (status === 'unhealthy') {
    process.stdout.write(`No script can run yet: ${reason ?? 'unknown'}\n`);
    return;
  }
  process.stdout.write(
    `Try it:\n  curl -s ${url}/execute${isOpen ? '' : ' -H "X-API-Key: $KEY"'} -H 'content-type: application/json' \\\n    -d '{"script": "def main():\\n    return 6 * 7"}'\n${hasPage ? `Or open ${url}/ in a browser.\n` : ''}`,
  );
}
