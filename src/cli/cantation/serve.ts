import { openCantationDoor, toConnectionPlan } from '../../doors.ts';
import { parseConfig } from '../../config.ts';
import { createLogger } from '../../observability/log.ts';
import { openDoorKeys } from '../door-keys.ts';
import { createObservers } from '../observe.ts';
import { readEnvironment } from '../dotenv.ts';
import { surviveExceptions } from '../survive-exceptions.ts';
import { toTrialConfig } from '../open-service.ts';
import { createService } from '../../service.ts';
import { installPackages, type Installation } from './install.ts';

export interface CantationServer {
  readonly host: string;
  readonly port: number;
  readonly install: Installation | undefined;
}

/**
 * Serves Code Cantation's API, and nothing else, until a signal comes.
 * @throws BuildFailure or Refusal when the packages cannot be installed; ConfigError or KeyFileError as `brig serve`
 * does.
 */
export async function serveCantation({ host, port, install }: CantationServer): Promise<number> {
  const env = readEnvironment();
  const config = { ...toTrialConfig(parseConfig(env), env), host, port };
  const logger = await createLogger({ level: config.logLevel, format: config.logFormat });
  // Its one contract has no route for metrics.
  const observers = createObservers({ ...config, metrics: 'off' }, logger);
  const bounds = toConnectionPlan(config);
  const keys = await openDoorKeys(config, logger, observers.onKeys);
  const service = await createService(config, { onEvent: observers.onEvent });
  try {
    const environment = install && (await installPackages(service.environments, install));
    const stopped = waitForSignal();
    const door = await openCantationDoor({ config, service, keys, bounds, ...observers.door }, environment);
    surviveExceptions(logger);
    process.stdout.write(`Code Cantation's API listens on ${door.address.url}/execute\n`);
    const { status, reason } = service.health();
    if (status === 'unhealthy') process.stdout.write(`No snippet can run yet: ${reason ?? 'unknown'}\n`);
    await stopped;
    await door.close();
    return 0;
  } catch (error) {
    if (!isListenError(error)) throw error;
    process.stderr.write(`Brig cannot listen on ${host}:${port} (${error.code}).\n`);
    return 1;
  } finally {
    keys?.close();
    await service.close();
  }
}

const isListenError = (error: unknown): error is NodeJS.ErrnoException & { code: string } =>
  error instanceof Error && 'syscall' in error && 'code' in error;

/** Waits for a signal: the first lets running executions finish, a second ends at once. */
function waitForSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    resolve();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  return promise;
}
