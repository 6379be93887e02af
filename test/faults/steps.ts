import { setTimeout as sleep } from 'node:timers/promises';
import type { SoakAnswer } from '../../bench/soak/kind.ts';
import { tryRead } from '../../bench/processes.ts';
import { isRunning, readParent } from '../support/host-state.ts';
import { findMarked, waiting } from '../support/serve.ts';
import { isOuter, waitFor, type Arena, type JailPids } from './arena.ts';
import { judge, type Seen } from './fault.ts';
import { signalIfThere, stopAndSee } from './signal.ts';

/** An execution that is held at one of its steps, so that something can be struck there. */
export interface Held {
  readonly jail: JailPids;
  /** Lets it go on. */
  release(): void;
  /** Answer to its caller. */
  readonly seen: Promise<readonly Seen[]>;
}

export interface Step {
  readonly name: string;
  /** Target that is stopped while the step is held. */
  readonly stops?: 'service' | "the jail's first process" | "the jail's interpreter";
  readonly hold: (arena: Arena) => Promise<Held>;
}

const FILE_BYTES = 8_000_000;
const ATTEMPTS = 30;
let marks = 0;
const nextMark = (): string => `fault-${process.pid}-${(marks += 1)}`;

const warmJail = (arena: Arena): Promise<JailPids> =>
  waitFor(() => {
    const [jail, ...others] = arena.jails();
    return jail !== undefined && others.length === 0 && isReady(jail) && jail;
  }, 'one jail that waits');

/** It reads its request: readv(2) is system call 19. */
const isReady = ({ interpreter }: JailPids): boolean =>
  tryRead(`/proc/${interpreter}/syscall`).startsWith('19 0x0 ');

async function jailOf(arena: Arena, mark: string): Promise<JailPids> {
  const [pid] = await waitFor(() => {
    const found = findMarked(mark);
    return found.length > 0 && found;
  }, 'the script');
  const above = listAncestors(pid);
  const jail = arena.jails().find(({ maker }) => above.includes(maker));
  if (jail === undefined) throw new Error('the jail of the script is gone');
  return jail;
}

function listAncestors(pid: number | undefined): readonly number[] {
  const parent = pid === undefined ? undefined : readParent(pid);
  return parent === undefined || parent === 0 ? [] : [parent, ...listAncestors(parent)];
}

const whenAnswered = async (
  answer: Promise<SoakAnswer | Error>,
  isRight: (answer: SoakAnswer) => boolean,
): Promise<readonly Seen[]> => [judge(await answer, isRight)];

/** Nothing runs: a jail waits for the next script. */
const jailWaits: Step = {
  name: 'a jail waits',
  hold: async (arena) => {
    const jail = await warmJail(arena);
    const go = Promise.withResolvers<void>();
    const send = async (): Promise<readonly Seen[]> => {
      await go.promise;
      return [await arena.trivial(), await arena.trivial(), await arena.trivial()];
    };
    return { jail, release: go.resolve, seen: send() };
  },
};

const childrenOf = (pid: number): readonly number[] =>
  tryRead(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);

/** Nsjails, and the keepers of nurseries: children of process 1 of an outer jail. */
const makersOf = (starter: number): readonly number[] =>
  childrenOf(starter).flatMap((pid) => (isOuter(pid) ? childrenOf(pid).flatMap(childrenOf) : [pid]));

/** No jail that waits has this disk: one is started for the script, and stopped before there is an interpreter in it. */
const jailStarts: Step = {
  name: 'its jail starts',
  stops: "the jail's first process",
  hold: async (arena) => {
    const others = new Set([(await warmJail(arena)).maker]);
    const starter = await arena.helper('starter');
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const body = { script: 'def main():\n    return 42', limits: { disk_mb: 32 + attempt } };
      let isAnswered = false;
      const answer = arena.send({ body }).finally(() => (isAnswered = true));
      const first = await waitFor(
        () => {
          const maker = makersOf(starter).find((pid) => !others.has(pid));
          return (maker !== undefined && childrenOf(maker)[0]) || (isAnswered && 0);
        },
        'a jail',
        0,
      );
      if (first !== 0) signalIfThere(first, 'SIGSTOP');
      const jail = arena.jails().find((one) => one.first === first);
      const release = (): void => signalIfThere(first, 'SIGCONT');
      if (jail !== undefined && /^(?:nsjail|nursery)/.test(tryRead(`/proc/${first}/comm`)))
        return { jail, release, seen: whenAnswered(answer, ({ body: { result } }) => result === 42) };
      if (first !== 0) release();
      await answer;
    }
    throw new Error('no jail was seen before its interpreter');
  },
};

/** The interpreter is stopped, so that a request larger than a pipe is on its way. */
const halfSent: Step = {
  name: 'its job is half sent',
  stops: "the jail's interpreter",
  hold: async (arena) => {
    const jail = await warmJail(arena);
    await stopAndSee(jail.interpreter);
    const content = 'x'.repeat(FILE_BYTES);
    const answer = arena.send({
      body: { script: "def main():\n    return len(open('f').read())", files: [{ path: 'f', content }] },
    });
    await waitForRunning(arena);
    return {
      jail,
      release: () => signalIfThere(jail.interpreter, 'SIGCONT'),
      seen: whenAnswered(answer, ({ body }) => body.result === FILE_BYTES),
    };
  },
};

export async function waitForRunning(arena: Arena): Promise<void> {
  for (;;) {
    const { pool } = await arena.service.readHealth();
    if (pool.running > 0) return;
    await sleep(10);
  }
}

const running: Step = {
  name: 'the script runs',
  hold: async (arena) => {
    const mark = nextMark();
    const answer = arena.send({ body: { script: waiting(mark, 2), limits: { timeout: 30 } } });
    const jail = await jailOf(arena, mark);
    return {
      jail,
      release: () => undefined,
      seen: whenAnswered(answer, ({ body }) => body.result === 'done'),
    };
  },
};

/** The service is stopped while the script ends, so that what the jail sends fills the pipes. */
const whileUnread = (name: string, end: string, isRight: (answer: SoakAnswer) => boolean): Step => ({
  name,
  stops: 'service',
  hold: async (arena) => {
    const mark = nextMark();
    const script = waiting(mark, 1).replace("return 'done'", end);
    const answer = arena.send({ body: { script, return_files: ['*.bin'], limits: { timeout: 30 } } });
    const jail = await jailOf(arena, mark);
    await stopAndSee(arena.service.pid);
    await waitFor(() => findMarked(mark).length === 0, 'the end of the script');
    await settle(jail.interpreter);
    return {
      jail,
      release: () => signalIfThere(arena.service.pid, 'SIGCONT'),
      seen: whenAnswered(answer, isRight),
    };
  },
});

/** Until a process waits for something, or is gone. */
async function settle(pid: number): Promise<void> {
  let last = '';
  for (let calm = 0; calm < 5;) {
    await sleep(20);
    const now = isRunning(pid) ? tryRead(`/proc/${pid}/syscall`) : 'gone';
    calm = now === last && now !== 'running\n' ? calm + 1 : 0;
    last = now;
  }
}

/** Every step of an execution at which something can be struck from outside. */
export const steps: readonly Step[] = [
  jailWaits,
  jailStarts,
  halfSent,
  running,
  whileUnread(
    'its report is half sent',
    `return 'x' * ${FILE_BYTES}`,
    ({ body }) => body.result === 'x'.repeat(FILE_BYTES),
  ),
  whileUnread(
    'its files are brought out',
    `open('out.bin', 'wb').write(b'x' * ${FILE_BYTES}); return 1`,
    ({ body }) =>
      body.result === 1 && (body.files[0]?.size === FILE_BYTES || body.execution.files?.complete === false),
  ),
  whileUnread('its report is sent', 'return 1', ({ body }) => body.result === 1),
];

export function stepOf(name: string): Step {
  const step = steps.find((one) => one.name === name);
  if (step === undefined) throw new Error(`there is no step "${name}"`);
  return step;
}
