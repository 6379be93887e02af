import { readHostState } from '../../test/support/host-state.ts';
import { readRestingMemory } from '../memory.ts';
import { listServiceProcesses, tryRead } from '../processes.ts';
import { listDescriptors } from './host.ts';

/** Measurements from outside, besides the latency of a probe. */
export interface FigureSource {
  readonly pid: number;
  readonly stateDir: string;
}

export interface Figure {
  readonly title: string;
  readonly unit: string;
  /** Growth over the fitted part of a run that passes as flat: a share of the mean, and so much beside it. */
  readonly tolerance: { readonly share: number; readonly plus: number };
}

/** Each is read every few seconds, whatever runs at that moment. */
export const hostFigures = {
  memory: { title: 'memory of the service (PSS)', unit: 'MiB', tolerance: { share: 0.1, plus: 8 } },
  heap: { title: 'its anonymous memory', unit: 'MiB', tolerance: { share: 0.1, plus: 8 } },
  descriptors: { title: 'descriptors of service and helpers', unit: '', tolerance: { share: 0.05, plus: 2 } },
  cgroups: { title: 'cgroup folders', unit: '', tolerance: { share: 0.1, plus: 4 } },
  mounts: { title: 'mounts on the host', unit: '', tolerance: { share: 0, plus: 0 } },
  processes: { title: 'processes, jails included', unit: '', tolerance: { share: 0.1, plus: 2 } },
  files: { title: 'temporary files', unit: '', tolerance: { share: 0, plus: 0.5 } },
  state: { title: 'state folder', unit: 'MiB', tolerance: { share: 0.01, plus: 4 } },
} as const satisfies Record<string, Figure>;

/** All but the size of the state folder, which takes long to read. */
export type HostReading = Readonly<Record<Exclude<keyof typeof hostFigures, 'state'>, number>>;

export function readHostFigures(pid: number): HostReading {
  const { helpers, jails } = listServiceProcesses(pid);
  const { cgroups, mounts, temporaryFiles } = readHostState(pid);
  const own = [pid, ...helpers];
  return {
    memory: readRestingMemory(pid).service,
    heap: readAnonymousMb(pid),
    descriptors: own.flatMap(listDescriptors).length,
    cgroups: cgroups.length,
    mounts: mounts.length,
    processes: own.length + jails.length,
    files: temporaryFiles.length,
  };
}

const readAnonymousMb = (pid: number): number =>
  Number(/^RssAnon:\s+(\d+) kB$/m.exec(tryRead(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
