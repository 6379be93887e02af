import type { Sessions } from '../sessions/sessions.ts';
import { parseConfig } from '../config.ts';
import { limits } from '../core/contract/limits.test-support.ts';
import type { Health } from '../core/contract/health.ts';
import { toJsonText, type ExecutionReport, type Outcome } from '../core/contract/outcome.ts';
import type { Executor } from '../executor/executor.ts';
import { createByteBudget } from '../pool/byte-budget.ts';
import { createWebhooks } from '../jobs/webhooks/webhooks.ts';
import { createMemoryJobs } from '../jobs/memory-jobs.ts';
import type { Environments } from '../environments/environments.ts';
import { playgroundFolder } from '../paths.ts';
import { createApp, type AppOptions } from './app.ts';

/* Shared by the tests of the HTTP door: an executor that runs nothing. */

export { limits };

export const execution: ExecutionReport = {
  id: 'e1',
  runtime: 'python',
  environment: 'default',
  duration_ms: 2,
  cpu_ms: 1,
  memory_peak_bytes: 1024,
  output: { stdout: { bytes: 0, truncated: false }, stderr: { bytes: 0, truncated: false } },
  limits,
  isolation: 'nsjail',
  enforcement: {
    memory: 'cgroup-v2',
    processes: 'cgroup-v2',
    cpu: 'cgroup-v2',
    network: 'namespace',
    filesystem: 'namespace',
    syscalls: 'seccomp',
    identity: 'own-id',
  },
};

/** Returns a success whose result is this JSON text. */
export function succeed(json: string): Outcome {
  const result = toJsonText(json);
  if (result === undefined) throw new Error('not JSON');
  return { success: true, result, stdout: '', stderr: '', return_code: 0, execution, files: [] };
}

export const healthy: Health = {
  status: 'healthy',
  isolation: 'nsjail',
  service: 'Python Script Executor',
  version: '1.0.0',
  sandbox: {},
  runtimes: { python: 'ready' },
  pool: {
    running: 0,
    waiting: 0,
    capacity: 2,
    waiting_room: 10,
    warm: 0,
    building: 0,
    built: 0,
    discarded: 0,
    cold_starts: 0,
  },
};

export function fakeExecutor(parts: Partial<Executor> = {}): Executor {
  return {
    execute: async (_request, options) => {
      options?.onTimings?.({ analysis: 1, queue: 2, jail: 3, run: 4, collect: 5 });
      return succeed('null');
    },
    survey: async () => undefined,
    health: () => healthy,
    runtimes: async () => ({ runtimes: [], limits: { defaults: limits, ceilings: limits } }),
    retire: () => {},
    close: async () => {},
    ...parts,
  };
}

const elsewhere = (): never => {
  throw new Error('environments are tested with real jails');
};
/** A service without environments. */
export const noEnvironments: Environments = {
  ...{
    resolve: elsewhere,
    runtimeOf: () => undefined,
    whenBuilt: () => undefined,
    whenEnded: () => undefined,
    names: () => [],
    findModule: elsewhere,
    answerImport: elsewhere,
    list: elsewhere,
    get: elsewhere,
    latestBuild: elsewhere,
  },
  ...{
    isCurrent: () => false,
    build: elsewhere,
    importFolder: elsewhere,
    remove: elsewhere,
    prune: elsewhere,
  },
  as: () => noEnvironments,
  close: async () => {},
};

/** Jobs that an executor runs. */
export const createTestJobs = (execute: Executor['execute'], places = 2) =>
  createMemoryJobs({
    ...{ execute, places, mostJobs: 20, mostBytes: 10_000_000, mostWatchers: 4 },
    webhooks: createWebhooks({ allow: [], secret: undefined }),
    onFault: (_id, error) => {
      throw error;
    },
  });

/** Sessions of which none can be opened. */
const noSessions: Sessions = {
  ...{ open: elsewhere, get: elsewhere, list: () => [], execute: elsewhere, interrupt: elsewhere },
  ...{
    inspect: elsewhere,
    listFiles: elsewhere,
    readFile: elsewhere,
    writeFile: elsewhere,
    close: elsewhere,
  },
  counts: () => ({ opening: 0, idle: 0, running: 0, interrupting: 0, frozen: 0, lost: 0, closed: 0 }),
  shutDown: async () => {},
};

export function createTestApp(parts: Partial<AppOptions> = {}): ReturnType<typeof createApp> {
  return createApp({
    executor: fakeExecutor(),
    jobs: createTestJobs(fakeExecutor().execute),
    sessions: {
      sessions: noSessions,
      times: { idleTimeout: { default: 60, most: 60 }, lifetime: { default: 60, most: 60 } },
    },
    generator: { generate: elsewhere },
    generation: { queryBytes: 1000, maxRepairs: 3 },
    environments: { environments: noEnvironments, builds: 'off' },
    model: { isPresent: false, ask: elsewhere, report: elsewhere, close: () => {} },
    modelSettings: { temperature: 0.3, reviewTemperature: 0.2, inputBytes: 1000 },
    dialects: parseConfig({}).dialects,
    playground: playgroundFolder,
    // Any name, because tests write arbitrary Host fields.
    origins: { host: '0.0.0.0', allowedHosts: [], allowedOrigins: [] },
    byteBudget: createByteBudget({ capacity: 256 * 1024 * 1024 }),
    version: '1.0.0',
    limitPolicy: { defaults: limits, ceilings: limits },
    caps: { bodyBytes: 100_000, scriptBytes: 1000 },
    onIncident: ({ error }) => {
      throw error;
    },
    ...parts,
  });
}
