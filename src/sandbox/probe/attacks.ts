import { z } from 'zod';
import type { Evidence } from '../../core/contract/evidence.ts';
import type { Layer } from '../../core/contract/health.ts';
import type { Limits } from '../../core/contract/limits.ts';

/** Targets of an attack on the host. */
export interface Targets {
  readonly canaryFile: string;
  readonly port: number;
  readonly pid: number;
  /** True when jails have the service's own user on the host. */
  readonly sharesUser: boolean;
}

/** One attack in a jail of its own: a script, its limits, and the judgement of its evidence. */
export interface Attack {
  /** Description for `/health` and `brig doctor`. */
  readonly tried: Partial<Record<Layer, string>>;
  /** Name of a file in harness/probe, without its extension. */
  readonly script: string;
  readonly args: (targets: Targets) => readonly unknown[];
  readonly limits?: Partial<Limits>;
  /** Returns the attacks that succeeded, by layer; a layer that is not named held. */
  readonly judge: (evidence: Evidence, limits: Limits) => Partial<Record<Layer, string>>;
}

/** Small, so that a probe at start costs little and a host short of memory passes. */
export const probeLimits: Limits = {
  // No attack takes a second; a busy or emulated host must not fail the probe.
  timeout: 15,
  cpu_time: 15,
  memory_mb: 64,
  cpus: 1,
  processes: 32,
  output_bytes: 4096,
  disk_mb: 64,
  open_files: 256,
};

/** Returns the result of an attack's script; undefined when it has not the expected shape. */
export function readResult<T>(evidence: Evidence, schema: z.ZodType<T>): T | undefined {
  if (evidence.report?.kind !== 'result') return undefined;
  return schema.safeParse(JSON.parse(evidence.report.json)).data;
}

/** Reason for the layers of an attack whose script did not finish. */
export const NO_ANSWER = 'the attack did not end as it should, so nothing is known';

const surroundingsSchema = z.object({
  filesystem: z.array(z.string()),
  network: z.array(z.string()),
  processes: z.array(z.string()),
  syscalls: z.array(z.string()),
  identity: z.array(z.string()),
});

export const attacks: readonly Attack[] = [
  {
    script: 'surroundings',
    tried: {
      filesystem:
        'reading a file of the host, writing to the root and to system folders, looking for inherited variables',
      network: 'connecting to a port of the host and to addresses outside, looking for interfaces',
      processes: "signalling the service's process",
      syscalls: 'a nested user namespace, a vsock, a look at the filter',
      identity: "ids, capabilities, no_new_privs, epoll watches where they are the service's too",
    },
    args: ({ canaryFile, port, pid, sharesUser }) => [canaryFile, port, pid, sharesUser],
    judge: (evidence) => {
      const found = readResult(evidence, surroundingsSchema);
      const findings = Object.keys(surroundingsSchema.shape).map((name) => {
        const layer = name as keyof z.infer<typeof surroundingsSchema>;
        return [layer, found === undefined ? NO_ANSWER : found[layer].join('; ')] as const;
      });
      return Object.fromEntries(findings.filter(([, reason]) => reason !== ''));
    },
  },
  {
    script: 'forks',
    tried: { processes: '150 forks' },
    args: () => [150],
    judge: (evidence, { processes }) => {
      const lived = readResult(evidence, z.number());
      if (lived === undefined) return { processes: NO_ANSWER };
      return lived <= processes
        ? {}
        : { processes: `${lived} processes lived at once, the limit was ${processes}` };
    },
  },
  {
    script: 'memory',
    tried: { memory: 'three times the limit in one process' },
    args: () => [probeLimits.memory_mb * 3, 1],
    judge: judgeMemory,
  },
  {
    script: 'memory',
    tried: { memory: 'three times the limit in eight processes' },
    args: () => [probeLimits.memory_mb * 3, 8],
    judge: judgeMemory,
  },
  {
    script: 'daemon',
    tried: { processes: 'a daemon in a session of its own' },
    args: () => [],
    // The jail's end was awaited: a survivor would have kept its streams and its cgroup.
    judge: (evidence) => (evidence.stop === undefined ? {} : { processes: 'a daemon outlived the script' }),
  },
  {
    script: 'burn',
    tried: { deadline: 'an endless loop' },
    args: () => [60, 1],
    limits: { timeout: 0.2 },
    judge: judgeDeadline(2000),
  },
  {
    script: 'outlive',
    tried: {
      deadline: 'a script that clears its parent-death signal, ignores every signal and leaves sessions',
    },
    args: () => [],
    limits: { timeout: 0.2 },
    // The script ends by itself after 20 s, for which a jail that is killed late would wait.
    judge: judgeDeadline(10_000),
  },
  {
    script: 'burn',
    tried: { cpu: 'two busy processes with half a core' },
    args: () => [0.5, 2],
    limits: { cpus: 0.5 },
    judge: judgeCpu,
  },
  {
    script: 'disk',
    tried: { disk: 'filling the working directory, /tmp and /dev/shm' },
    args: () => [100],
    limits: { memory_mb: 256 },
    judge: (evidence, { disk_mb }) => {
      const taken = readResult(evidence, z.record(z.string(), z.number()));
      if (taken === undefined) return { disk: NO_ANSWER };
      const isCounted = evidence.enforcement.memory !== 'rlimit';
      const over = Object.entries(taken).filter(
        ([folder, mebibytes]) => mebibytes > disk_mb && !(isCounted && folder === '/dev/shm'),
      );
      return over.length === 0
        ? {}
        : { disk: over.map(([folder, mebibytes]) => `${folder} took ${mebibytes} MiB`).join('; ') };
    },
  },
];

/** Judges the deadline by the jail's end, the only sign without a cgroup that all of it is gone. */
function judgeDeadline(mostMs: number): Attack['judge'] {
  return ({ stop, usage }) =>
    stop?.reason === 'deadline' && usage.durationMs < mostMs
      ? {}
      : { deadline: 'the script was not stopped in time' };
}

/** Judges the memory limit, whether it ends in a kill by the kernel or in a MemoryError. */
function judgeMemory(evidence: Evidence, { memory_mb }: Limits): Partial<Record<Layer, string>> {
  const held = readResult(evidence, z.number());
  if (held !== undefined && held > memory_mb)
    return { memory: `${held} MiB were held at once, the limit was ${memory_mb}` };
  return evidence.stop === undefined ? {} : { memory: NO_ANSWER };
}

/**
 * Judges by the elapsed time, on a busy host more than was asked for, plus one period of bandwidth for the start and
 * the end.
 */
function judgeCpu({ usage, enforcement }: Evidence, { cpus }: Limits): Partial<Record<Layer, string>> {
  // Without a cgroup there is no count.
  if (enforcement.cpu === 'rlimit') return { cpu: 'nothing bounds how many cores a script keeps busy' };
  const allowed = usage.durationMs * cpus + 100;
  return usage.cpuMs <= allowed
    ? {}
    : {
        cpu: `${Math.round(usage.cpuMs)} ms of CPU time were used where ${Math.round(allowed)} were allowed`,
      };
}
