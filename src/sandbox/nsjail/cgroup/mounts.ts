/** One mounted cgroup hierarchy, as the service sees it. */
export interface CgroupMount {
  readonly version: 1 | 2;
  /** Mount point. */
  readonly point: string;
  /** Controllers of a v1 hierarchy; empty for v2, where each folder lists its own. */
  readonly controllers: readonly string[];
  /** The service's own cgroup, as a path below `point`: `/` or `/some/folder`. */
  readonly own: string;
}

/**
 * Reads the cgroup hierarchies out of `/proc/self/mountinfo` and `/proc/self/cgroup` (proc(5), cgroups(7)).
 * Below a container's mount only a part of the hierarchy is visible: `own` is relative to that part.
 */
export function parseCgroupMounts(mountinfo: string, selfCgroup: string): CgroupMount[] {
  const paths = parseSelfCgroup(selfCgroup);
  return mountinfo.split('\n').flatMap((line) => {
    const [left, right] = line.split(' - ');
    const [type, , superOptions] = right?.split(' ') ?? [];
    const [, , , root, point] = left?.split(' ') ?? [];
    if (root === undefined || point === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return [];
    const version = type === 'cgroup2' ? 2 : 1;
    const controllers =
      version === 2
        ? []
        : (superOptions?.split(',') ?? []).filter(
            (option) => option !== 'rw' && option !== 'ro' && !option.includes('='),
          );
    const absolute =
      version === 2
        ? paths.get('')
        : controllers.map((name) => paths.get(name)).find((path) => path !== undefined);
    return [
      { version, point: unescapeOctal(point), controllers, own: relativeTo(root, absolute ?? '/') } as const,
    ];
  });
}

/** Parses lines `9:cpu,cpuacct:/path` into a map from controllers (none for v2) to path. */
function parseSelfCgroup(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, names, ...path] = line.split(':');
    if (names === undefined || path.length === 0) continue;
    for (const name of names.split(',')) paths.set(name, path.join(':'));
  }
  return paths;
}

function relativeTo(root: string, path: string): string {
  if (root === '/') return path;
  if (path === root) return '/';
  // Uses the mount's root, the nearest visible folder, for a path outside the visible part (a cgroup namespace seen
  // from elsewhere, `/..`).
  return path.startsWith(`${root}/`) ? path.slice(root.length) : '/';
}

/** mountinfo writes blank, tab, newline and backslash as `\040` and the like. */
const unescapeOctal = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));
