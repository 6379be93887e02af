import type { MetricType } from 'prom-client';

/** One family of time series. No label has values that a caller chooses, so their number is bounded. */
export interface Family {
  readonly name: `brig_${string}`;
  readonly type: `${Exclude<MetricType, 'summary'>}`;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of the buckets of a histogram. */
  readonly buckets?: readonly number[];
}

/** In seconds, from a millisecond to the longest usual timeout. */
const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];
/** In seconds; environments may take many minutes. */
const buildDurations = [1, 5, 10, 30, 60, 120, 300, 600, 1800];
const MIB = 1024 * 1024;
const sizes = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192].map((mib) => mib * MIB);

/**
 * All families of Brig's own. The table in docs/metrics.md is generated from them; the families `process_…` and
 * `nodejs_…` beside them come from prom-client.
 */
export const families = {
  buildInfo: {
    name: 'brig_build_info',
    type: 'gauge',
    help: 'Always 1; its labels tell the version of Brig and of Node.',
    labels: ['version', 'node'],
  },
  ready: {
    name: 'brig_ready',
    type: 'gauge',
    help: 'Whether scripts can run: 1 while GET /health says healthy, otherwise 0.',
    labels: [],
  },
  executions: {
    name: 'brig_executions_total',
    type: 'counter',
    help: 'Executions that ended, by verdict: success, a category of errors, or aborted by the caller.',
    labels: ['runtime', 'verdict'],
  },
  executionDuration: {
    name: 'brig_execution_duration_seconds',
    type: 'histogram',
    help: 'Time from the arrival of an execution to its outcome.',
    labels: ['runtime'],
    buckets: durations,
  },
  stepDuration: {
    name: 'brig_step_duration_seconds',
    type: 'histogram',
    help: 'Time that one step of an execution took, of executions with an outcome.',
    labels: ['step'],
    buckets: durations,
  },
  queueWait: {
    name: 'brig_queue_wait_seconds',
    type: 'histogram',
    help: 'Time that an execution waited for its turn.',
    labels: [],
    buckets: durations,
  },
  queueWaiting: {
    name: 'brig_queue_waiting',
    type: 'gauge',
    help: 'Executions that wait for their turn.',
    labels: [],
  },
  queueRoom: {
    name: 'brig_queue_room',
    type: 'gauge',
    help: 'Executions that may wait; further ones are refused.',
    labels: [],
  },
  running: {
    name: 'brig_executions_running',
    type: 'gauge',
    help: 'Executions that have their turn, until their jail is gone.',
    labels: [],
  },
  capacity: {
    name: 'brig_executions_capacity',
    type: 'gauge',
    help: 'Executions that may run at once.',
    labels: [],
  },
  scriptCpu: {
    name: 'brig_script_cpu_seconds_total',
    type: 'counter',
    help: 'CPU time used by scripts in their jails.',
    labels: ['runtime'],
  },
  scriptMemory: {
    name: 'brig_script_memory_peak_bytes',
    type: 'histogram',
    help: 'Peak memory of an execution, as its cgroup counted it.',
    labels: ['runtime'],
    buckets: sizes,
  },
  jails: {
    name: 'brig_jails',
    type: 'gauge',
    help: 'Jails by state: warm ones wait for a script, building ones are being started ahead, running ones have a script.',
    labels: ['kind', 'state'],
  },
  jailsReady: {
    name: 'brig_jails_ready',
    type: 'gauge',
    help: 'Whether the isolation of jails of a kind held when it was last attacked: 1 or 0.',
    labels: ['kind'],
  },
  jailLeases: {
    name: 'brig_jail_leases_total',
    type: 'counter',
    help: 'Jails leased from a pool: warm ones were ready, a cold one was waited for.',
    labels: ['kind', 'start'],
  },
  jailStart: {
    name: 'brig_jail_start_duration_seconds',
    type: 'histogram',
    help: 'Time that starting a warm jail took.',
    labels: ['kind'],
    buckets: durations,
  },
  jailsDiscarded: {
    name: 'brig_jails_discarded_total',
    type: 'counter',
    help: 'Warm jails that ended unused: they died, grew old, or were more than needed.',
    labels: ['kind', 'reason'],
  },
  jailFailures: {
    name: 'brig_jail_failures_total',
    type: 'counter',
    help: 'Faults of the machine: executions whose jail failed, and warm jails that could not be started.',
    labels: ['during'],
  },
  requests: {
    name: 'brig_http_requests_total',
    type: 'counter',
    help: 'Answered HTTP requests; requests to no route count as route "none".',
    labels: ['method', 'route', 'status'],
  },
  requestDuration: {
    name: 'brig_http_request_duration_seconds',
    type: 'histogram',
    help: 'Time to the answer, or to the head of a streamed one.',
    labels: ['route'],
    buckets: durations,
  },
  refusals: {
    name: 'brig_refusals_total',
    type: 'counter',
    help: 'HTTP requests that were refused, by category.',
    labels: ['category'],
  },
  denials: {
    name: 'brig_denials_total',
    type: 'counter',
    help: 'Requests that were not let in, by their key or by their origin.',
    labels: ['reason'],
  },
  keyReloads: {
    name: 'brig_key_file_reads_total',
    type: 'counter',
    help: 'Changes of the file of keys: read, or failed with the keys from before kept.',
    labels: ['result'],
  },
  incidents: {
    name: 'brig_incidents_total',
    type: 'counter',
    help: 'Faults of Brig itself, answered with internal_error.',
    labels: [],
  },
  inflight: {
    name: 'brig_inflight_bytes',
    type: 'gauge',
    help: 'Bytes of bodies and answers that the service holds.',
    labels: [],
  },
  environments: {
    name: 'brig_environments',
    type: 'gauge',
    help: 'Package environments that scripts can use.',
    labels: ['packages'],
  },
  builds: {
    name: 'brig_environment_builds_total',
    type: 'counter',
    help: 'Builds of package environments that ended: succeeded, or the reason of the failure.',
    labels: ['result'],
  },
  buildDuration: {
    name: 'brig_environment_build_duration_seconds',
    type: 'histogram',
    help: 'Time that building a package environment took, without its wait.',
    labels: [],
    buckets: buildDurations,
  },
  jobs: {
    name: 'brig_jobs',
    type: 'gauge',
    help: 'Jobs that are kept, by state; those of all services that share a Redis.',
    labels: ['state'],
  },
  webhooks: {
    name: 'brig_webhooks_total',
    type: 'counter',
    help: 'Tries to deliver a final job to its webhook: delivered, again (to be tried again), gone (refused for ever).',
    labels: ['result'],
  },
  shared: {
    name: 'brig_redis_up',
    type: 'gauge',
    help: 'Whether the Redis that services share can be used: 1 or 0. Absent where none is named.',
    labels: [],
  },
  sessions: {
    name: 'brig_sessions',
    type: 'gauge',
    help: 'Sessions that are there, by state.',
    labels: ['state'],
  },
  sessionEnds: {
    name: 'brig_session_ends_total',
    type: 'counter',
    help: 'Sessions that ended, by the reason.',
    labels: ['reason'],
  },
  modelCalls: {
    name: 'brig_model_calls_total',
    type: 'counter',
    help: 'Questions to the model that writes and reviews scripts, by outcome.',
    labels: ['outcome'],
  },
  modelDuration: {
    name: 'brig_model_call_duration_seconds',
    type: 'histogram',
    help: 'Time to the answer of the model, retries included.',
    labels: [],
    buckets: durations,
  },
  modelTokens: {
    name: 'brig_model_tokens_total',
    type: 'counter',
    help: "Tokens that the model's provider counted.",
    labels: ['direction'],
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof families;
