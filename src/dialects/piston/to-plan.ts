import { complainAboutPath } from '../../core/contract/files/paths.ts';
import type { Limits, RequestedLimits } from '../../core/contract/limits.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { planRequest, type ExecutionPlan } from '../../core/plan.ts';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import { cutToCeilings } from '../common/limits.ts';
import type { Known } from './languages.ts';
import type { LimitField, PistonOrder } from './read-order.ts';
import type { PistonSettings } from './settings.ts';

const [MS, MIB] = [1000, 1024 * 1024];

/** Fields of the run by Brig's limits. The compiler has the operator's limits. */
const fields = { run_timeout: 'timeout', run_cpu_time: 'cpu_time', run_memory_limit: 'memory_mb' } as const;

/**
 * Converts an order into a plan.
 * @throws Refusal for a limit above the operator's ceiling, or a file name that a working directory cannot have.
 */
export function toPlan(
  { mainFile, request, limits: asked }: PistonOrder,
  { brig: runtime }: Known,
  settings: PistonSettings,
  { policy: { ceilings } }: RequestRules,
): ExecutionPlan {
  const complaint = complainAboutPath(mainFile);
  if (complaint !== undefined)
    throw new Refusal('invalid_input', `The file name "${mainFile}" ${complaint}.`);
  const usual = planRequest({ ...request, runtime });
  // The other runtimes have file names of their own, by which they know the language.
  const file = runtime === 'python' && !mainFile.includes('/') ? mainFile : undefined;
  return {
    ...usual,
    entry: { kind: 'script', argsJson: request.argsJson, file },
    limits: toLimits(asked, settings, ceilings),
  };
}

function toLimits(asked: PistonOrder['limits'], settings: PistonSettings, ceilings: Limits): RequestedLimits {
  const limits: RequestedLimits = {};
  for (const [field, name] of Object.entries(fields) as [
    keyof typeof fields,
    (typeof fields)[keyof typeof fields],
  ][]) {
    const value = asked[field];
    if (value === undefined || value === -1) continue;
    if (!(value > 0)) throw new Refusal('invalid_input', `${field} must be a positive number`);
    const converted = value / (name === 'memory_mb' ? MIB : MS);
    if (converted > ceilings[name]) throw exceeds(field, ceilings[name] * (name === 'memory_mb' ? MIB : MS));
    limits[name] = name === 'memory_mb' ? Math.ceil(converted) : converted;
  }
  const { timeout = settings.timeout } = limits;
  return cutToCeilings({ ...limits, timeout, output_bytes: settings.outputBytes }, ceilings);
}

const exceeds = (field: LimitField, ceiling: number): Refusal =>
  new Refusal('invalid_input', `${field} cannot exceed the configured limit of ${ceiling}`);
