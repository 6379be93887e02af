import { join } from 'node:path';
import { packageRoot } from '../../paths.ts';

/** What jails of one kind have in common. */
interface JailKind {
  /** Its config in nsjail/; its filter of system calls has the name of the kind. */
  readonly config: 'python' | 'rooted' | 'program';
  /** In a program's jail the interpreter that started it waits for its end. */
  readonly ownProcesses: 0 | 1;
  /** Whether its programs need epoll. Where they can do without, there is a second filter for ids that the service has too. */
  readonly epoll: 'needed' | 'not needed' | 'needed by some';
}

/** Every kind of jail. Runtimes whose jails differ in nothing share one. */
export const jailKinds = {
  python: { config: 'python', ownProcesses: 0, epoll: 'not needed' },
  /** Python with a directory at a path of the caller's. */
  rooted: { config: 'rooted', ownProcesses: 0, epoll: 'not needed' },
  /** Node and Deno. */
  v8: { config: 'program', ownProcesses: 1, epoll: 'needed' },
  /** Bun. */
  jsc: { config: 'program', ownProcesses: 1, epoll: 'needed' },
  /** Programs that were compiled. */
  native: { config: 'program', ownProcesses: 1, epoll: 'needed by some' },
  /** What compiles them. */
  compiler: { config: 'program', ownProcesses: 1, epoll: 'needed by some' },
} as const satisfies Record<string, JailKind>;

export type JailKindName = keyof typeof jailKinds;

export const jailKindNames = Object.keys(jailKinds) as readonly JailKindName[];

export const hasSharedFilter = (kind: JailKindName): boolean => jailKinds[kind].epoll !== 'needed';

/** The two files that say what a jail is; without epoll where its ids are the service's own and its programs can do without. */
export const jailFiles = (
  kind: JailKindName,
  withoutEpoll = false,
): { readonly config: string; readonly seccomp: string } => ({
  config: join(packageRoot, 'nsjail', `${jailKinds[kind].config}.cfg`),
  seccomp: join(
    packageRoot,
    'nsjail',
    withoutEpoll && hasSharedFilter(kind) ? `${kind}-shared.kafel` : `${kind}.kafel`,
  ),
});
