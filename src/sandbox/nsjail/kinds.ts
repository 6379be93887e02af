import { join } from 'node:path';
import { packageRoot } from '../../paths.ts';
import type { JailKindName } from '../jail-kind.ts';
import type { PolicyFiles } from './filter/read-policy.ts';

/** Properties that jails of one kind share. */
interface JailKind {
  /** Config in nsjail/. The filter of system calls has the name of the kind. */
  readonly config: 'python' | 'rooted' | 'program';
  /** Process 1: the init process of the interpreter, or the interpreter as the launcher of a program. */
  readonly first: 'init' | 'launcher';
  /**
   * Whether its programs need epoll. For those that do not, the filter of jails with the service's id has none.
   */
  readonly epoll: 'needed' | 'not needed' | 'needed by some';
}

/** Process 1 of a jail; the limit of a script's processes does not count it. */
export const OWN_PROCESSES = 1;

/** Kinds of jails. Runtimes whose jails do not differ share one. */
export const jailKinds = {
  python: { config: 'python', first: 'init', epoll: 'not needed' },
  rooted: { config: 'rooted', first: 'init', epoll: 'not needed' },
  v8: { config: 'program', first: 'launcher', epoll: 'needed' },
  jsc: { config: 'program', first: 'launcher', epoll: 'needed' },
  native: { config: 'program', first: 'launcher', epoll: 'needed by some' },
  compiler: { config: 'program', first: 'launcher', epoll: 'needed by some' },
} as const satisfies Record<JailKindName, JailKind>;

export const hasSharedFilter = (kind: JailKindName): boolean => jailKinds[kind].epoll !== 'needed';

/** Whether jails of a kind can come from a nursery: not where each has another root. */
export const hasNursery = (kind: JailKindName): boolean => jailKinds[kind].config !== 'rooted';

/** Whether jails of a kind can come from a template: where the interpreter that is forked runs the script. */
export const hasTemplate = (kind: JailKindName): boolean => hasNursery(kind) && runsPython(kind);

/** Whether scripts of the interpreter itself run in a kind, and so find packages in its own folder. */
export const runsPython = (kind: JailKindName): boolean => jailKinds[kind].first === 'init';

/**
 * Configs that have further ones: with less shared memory, for jails that no cgroup bounds, and with
 * pseudo-terminals.
 */
export const variedConfigs = ['python', 'rooted'] as const satisfies readonly JailKind['config'][];

export interface JailFileChoice {
  /** Takes epoll from the filter, for a jail with the service's id whose programs do without. */
  readonly withoutEpoll?: boolean;
  /** Selects the config of a jail that no cgroup bounds. */
  readonly withoutCgroup?: boolean;
  /** Selects the config of a jail with pseudo-terminals. */
  readonly withTerminals?: boolean;
}

const inFolder = (name: string): string => join(packageRoot, 'nsjail', name);

/** Returns the config of a kind, and the files of its filter. */
export const jailFiles = (
  kind: JailKindName,
  { withoutEpoll = false, ...varied }: JailFileChoice = {},
): PolicyFiles & { readonly config: string } => ({
  config: inFolder(`${nameConfig(jailKinds[kind].config, varied)}.cfg`),
  seccomp: inFolder(`${kind}.kafel`),
  ...(withoutEpoll && hasSharedFilter(kind) && { first: inFolder('no-epoll.kafel') }),
});

/** Returns the files of the filter of the outer jail of a nursery: that of its jails, and before it what making them takes. */
export const nurseryPolicy = (kind: JailKindName): PolicyFiles => ({
  seccomp: inFolder(`${kind}.kafel`),
  first: inFolder('nursery.kafel'),
});

function nameConfig(
  config: JailKind['config'],
  { withoutCgroup = false, withTerminals = false }: JailFileChoice,
): string {
  if (!variedConfigs.some((name) => name === config)) return config;
  return `${config}${withoutCgroup ? '-rlimit' : ''}${withTerminals ? '-terminals' : ''}`;
}
