import { limits as usual } from '../../contract/limits.test-support.ts';
import type { ClassifyContext } from '../context.ts';
import { classify } from './classify.ts';
import type { Evidence } from '../../contract/evidence.ts';
import { parseErrorReport } from '../../contract/harness-report.ts';
import type { Limits } from '../../contract/limits.ts';
import { toJsonText, type Failure } from '../../contract/outcome.ts';

export const limits: Limits = { ...usual, output_bytes: 1024 * 1024 };

export const context: ClassifyContext = {
  id: 'one',
  environment: 'default',
  functionName: 'main',
  availableFunctions: ['main', 'helper'],
  ceilings: { ...limits, timeout: 600, cpu_time: 2400, memory_mb: 8192, processes: 1024, disk_mb: 1024 },
};

const quiet = { text: '', bytes: 0, truncated: false };

/** Returns the evidence of an execution that ended with status 1 and no report, except for the given fields. */
export function makeEvidence({ usage, ...rest }: Partial<Omit<Evidence, 'usage'>> & { usage?: object } = {}) {
  const evidence: Evidence = {
    mode: 'function',
    limits,
    stop: undefined,
    ending: { kind: 'exit', code: 1 },
    report: undefined,
    stdout: quiet,
    stderr: quiet,
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
    ...rest,
    usage: {
      durationMs: 100,
      cpuMs: 20,
      memoryPeakBytes: 9_000_000,
      oomKills: 0,
      processRefusals: 0,
      ...usage,
    },
  };
  return evidence;
}

/** Returns a report as the harness would send it. */
export function makeReport(report: object): Evidence['report'] {
  const parsed = parseErrorReport(JSON.stringify(report));
  if (parsed === undefined) throw new Error(`not a report: ${JSON.stringify(report)}`);
  return parsed;
}

export function makeResult(text: string): Evidence['report'] {
  const json = toJsonText(text);
  if (json === undefined) throw new Error(`not JSON: ${text}`);
  return { kind: 'result', json };
}

export function fail(evidence: Evidence, changes: Partial<ClassifyContext> = {}): Failure {
  const outcome = classify(evidence, { ...context, ...changes });
  if (outcome.success) throw new Error('a success');
  return outcome;
}

/** Returns the failure of a script whose exception the harness reported. */
export function failWith(
  report: {
    type: string;
    message?: string;
    traceback?: string;
    missing?: object;
    location?: object;
    memory?: boolean;
  },
  rest: Parameters<typeof makeEvidence>[0] = {},
): Failure {
  return fail(
    makeEvidence({ ...rest, report: makeReport({ kind: 'runtime_error', message: '', ...report }) }),
  );
}
