/** Microseconds between samples. */
const INTERVAL_US = 100;

/** Options of Node that write a profile of the processor's time into a folder at the end. */
export const profileOptions = (folder: string): readonly string[] => [
  '--cpu-prof',
  `--cpu-prof-dir=${folder}`,
  `--cpu-prof-interval=${INTERVAL_US}`,
];

/** Parts of a `.cpuprofile` that are used (Chrome DevTools Protocol, Profiler.Profile). */
export interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  /** Microseconds of the monotonic clock. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Microseconds by function: spent in it, and with all that it called. */
export interface FunctionTimes {
  readonly self: ReadonlyMap<string, number>;
  readonly total: ReadonlyMap<string, number>;
}

const add = (times: Map<string, number>, name: string, time: number): void =>
  void times.set(name, (times.get(name) ?? 0) + time);

/** Adds up the samples between two moments, in microseconds of the monotonic clock. */
export function sumProfile(profile: Profile, from: number, to: number): FunctionTimes {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameFunction(callFrame)]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const [self, total] = [new Map<string, number>(), new Map<string, number>()];
  let at = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const passed = profile.timeDeltas[index] ?? 0;
    at += passed;
    if (at < from || at > to) continue;
    // Time beyond two intervals belongs to another process that had the processor.
    const time = Math.min(passed, 2 * INTERVAL_US);
    add(self, names.get(id) ?? '', time);
    const callers = new Set<string>();
    for (let one: number | undefined = id; one !== undefined; one = parents.get(one))
      callers.add(names.get(one) ?? '');
    for (const name of callers) add(total, name, time);
  }
  return { self, total };
}

function nameFunction({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  const place = url.replace(/^.*\/(?=(?:dist|src|node_modules)\/)/, '');
  return `${functionName || '(anonymous)'}${place === '' ? '' : ` ${place}:${lineNumber + 1}`}`;
}
