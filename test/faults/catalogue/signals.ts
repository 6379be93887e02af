import { setTimeout as sleep } from 'node:timers/promises';
import { nsjailOf, type Arena, type JailPids } from '../arena.ts';
import type { Fault, Need } from '../fault.ts';
import { killAndSee, signalIfThere, stopAndSee } from '../signal.ts';
import { steps, type Step } from '../steps.ts';

const targets = {
  service: (arena: Arena) => Promise.resolve(arena.service.pid),
  starter: (arena: Arena) => arena.helper('starter'),
  "the starter's keeper": (arena: Arena) => arena.helper('keeper'),
  guardian: (arena: Arena) => arena.helper('guardian'),
  nsjail: (_: Arena, jail: JailPids) => Promise.resolve(nsjailOf(jail)),
  "the jail's first process": (_: Arena, jail: JailPids) => Promise.resolve(jail.first),
} as const;
type Target = keyof typeof targets;

/** A guardian minds cgroups. */
const needsOf = (target: Target): readonly Need[] => (target === 'guardian' ? ['cgroup'] : []);

/** Without one nothing says whether a process was killed for its CPU time. */
const witness: readonly Need[] = ['cgroup'];

const STOPPED_MS = 1000;

/** SIGKILL, at every step of an execution. */
const kill = (step: Step, target: Target): Fault => ({
  name: `SIGKILL: ${target}, ${step.name}`,
  group: 'processes that are killed',
  what: `SIGKILL to ${target} while ${step.name}`,
  needs: [...needsOf(target), ...(target === "the jail's first process" ? witness : [])],
  ...(target === 'service' && { endsService: true as const }),
  strike: async (arena) => {
    const held = await step.hold(arena);
    const proof = await killAndSee(await targets[target](arena, held.jail));
    held.release();
    return { seen: await held.seen, proof };
  },
});

/** SIGSTOP for a moment: what is slow is late, and nothing else. */
const stop = (step: Step, target: Target): Fault => ({
  name: `SIGSTOP: ${target}, ${step.name}`,
  group: 'processes that are stopped for a second',
  what: `SIGSTOP to ${target} while ${step.name}, and SIGCONT a second later`,
  needs: needsOf(target),
  strike: async (arena) => {
    const held = await step.hold(arena);
    const pid = await targets[target](arena, held.jail);
    const proof = await stopAndSee(pid);
    // A target that the step itself stopped continues at its release.
    if (step.stops !== target) held.release();
    await sleep(STOPPED_MS);
    if (step.stops === target) held.release();
    else signalIfThere(pid, 'SIGCONT');
    return { seen: await held.seen, proof };
  },
});

const names = Object.keys(targets) as Target[];

export const signalFaults: readonly Fault[] = [
  ...steps.flatMap((step) => names.map((target) => kill(step, target))),
  ...steps.flatMap((step) => names.map((target) => stop(step, target))),
];
