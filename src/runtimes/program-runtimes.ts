import type { RuntimeName } from '../core/runtimes.ts';
import type { JailKindName } from '../sandbox/nsjail/kinds.ts';
import { bun } from './bun.ts';
import { deno } from './deno.ts';
import { go } from './go.ts';
import { node } from './node.ts';
import type { Runtime } from './runtime.ts';
import { rust } from './rust.ts';

/** Every runtime beside Python, in the order in which they are told. */
export const programRuntimes: readonly Runtime[] = [node, deno, bun, go, rust];

const findRuntime = (name: RuntimeName): Runtime | undefined =>
  programRuntimes.find((runtime) => runtime.name === name);

/** Of the jails in which scripts of a runtime run. */
export const kindOf = (name: RuntimeName): JailKindName => findRuntime(name)?.kind ?? 'python';

export const needsEpoll = (name: RuntimeName): boolean => findRuntime(name)?.needsEpoll === true;
