import type { RequestedLimits } from '../../core/contract/limits.ts';
import { planRequest, type ExecutionPlan } from '../../core/plan.ts';
import type { ExecuteRequest, InputFile } from '../../core/contract/request.ts';
import type { RuntimeName } from '../../core/contract/runtimes.ts';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import { cutToCeilings } from '../common/limits.ts';
import { toCommand } from './commands.ts';
import { imageOf } from './images.ts';
import { METADATA_FILE } from './metadata.ts';
import type { RunOrder } from './read-run.ts';
import { moduleFor, sdkFor } from './sdk.ts';
import type { QuartermasterSettings } from './settings.ts';

/** Runtime and environment of an image. */
export interface ImageMeaning {
  readonly runtime: RuntimeName;
  /** Package environment, when the image was prebuilt. */
  readonly environment?: string | undefined;
}

/**
 * Converts an order into a plan.
 * @throws Refusal when the entrypoint cannot be run.
 */
export function toPlan(
  order: RunOrder,
  { runtime, environment }: ImageMeaning,
  defaults: QuartermasterSettings,
  rules: RequestRules,
): ExecutionPlan {
  const { default_entrypoint, main_file: file } = imageOf(runtime);
  const { script, files } = findScript(order.request, file, rules.scriptBytes);
  const command = toCommand(runtime, order.entrypoint ?? default_entrypoint, script.trim() !== '');
  const sdk = order.mentionsSdk ? sdkFor(runtime, files) : [];
  const added = sdk.length > 0 ? sdk : moduleFor(runtime, files);
  const usual = planRequest(order.request);
  return {
    ...usual,
    ...{ runtime, script },
    entry:
      command === undefined ? { kind: 'script', argsJson: '[]', file } : { kind: 'command', command, file },
    workspace: {
      files: [...added, ...files.filter(({ path }) => !added.some((one) => one.path === path))],
      returnFiles: sdk.length === 0 ? [] : [METADATA_FILE],
      root: undefined,
    },
    network: order.network ?? (defaults.network === 'on' && 'if allowed'),
    limits: toLimits(order.limits, defaults, rules),
    environment: environment ?? (runtime === 'python' ? defaults.environment : undefined),
  };
}

/** Without code, the main file among the files is the script, for the compiler and the policy. */
function findScript(
  { script, files }: ExecuteRequest,
  mainFile: string,
  most: number,
): { readonly script: string; readonly files: readonly InputFile[] } {
  const main = files.find(({ path }) => path === mainFile);
  if (main === undefined) return { script, files };
  const others = files.filter((file) => file !== main);
  if (script.trim() !== '') return { script, files: others };
  return main.bytes.length > most
    ? { script, files }
    : { script: new TextDecoder().decode(main.bytes), files: others };
}

/** Output always gets the operator's ceiling, because that system does not bound it. */
const toLimits = (
  asked: RequestedLimits,
  defaults: QuartermasterSettings,
  { policy: { ceilings } }: RequestRules,
): RequestedLimits => cutToCeilings({ ...defaults, output_bytes: ceilings.output_bytes, ...asked }, ceilings);
