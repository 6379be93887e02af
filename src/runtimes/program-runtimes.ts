import type { RuntimeName } from '../core/contract/runtimes.ts';
import type { JailKindName } from '../sandbox/jail-kind.ts';
import { bun } from './bun.ts';
import { deno } from './deno.ts';
import { go } from './go.ts';
import { node } from './node.ts';
import type { Runtime } from './runtime.ts';
import { rust } from './rust.ts';

/** Every runtime besides Python, in the order of listings. */
export const programRuntimes: readonly Runtime[] = [node, deno, bun, go, rust];

const findRuntime = (name: RuntimeName): Runtime | undefined =>
  programRuntimes.find((runtime) => runtime.name === name);

/** Returns the kind of the jails that run scripts of a runtime. */
export const kindOf = (name: RuntimeName): JailKindName => findRuntime(name)?.kind ?? 'python';

export const needsEpoll = (name: RuntimeName): boolean => findRuntime(name)?.needsEpoll === true;
