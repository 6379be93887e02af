import { setTimeout as sleep } from 'node:timers/promises';
import type { Aims, Answer, Attack, Complaint, Door, RequestBody } from './attack.ts';

/** Target of attacks: a service behind a port, or a sandbox with one layer less. */
export interface Target {
  readonly execute: (body: RequestBody) => Promise<Answer>;
  /** Undefined where there is no HTTP door. */
  readonly door: Door | undefined;
  readonly aims: Aims;
}

/** Carries out one attack, and gives what is wrong with the answer. */
export async function runAttack(attack: Attack, { execute, door, aims }: Target): Promise<Complaint> {
  const before = aims.reached.length;
  const complaint = await play();
  const [reached] = aims.reached.slice(before);
  return complaint ?? (reached === undefined ? undefined : `it reached ${reached}`);

  async function play(): Promise<Complaint> {
    switch (attack.kind) {
      case 'script':
        return attack.judge(await execute(attack.request(aims)));
      case 'staged':
        return attack.play(execute, aims);
      case 'door':
        if (door === undefined) throw new Error('An attack on the door needs one.');
        return attack.play(door);
    }
  }
}

/** Statuses of a busy service, and of a key beyond its rate. */
const BUSY: ReadonlySet<number> = new Set([429, 503]);
const MOST_TRIES = 40;
const WAIT_MS = 1500;

/**
 * The same execution, asked for again where the service was busy.
 * @throws Error where it stays so: nothing is known then.
 */
export function persist(execute: (body: RequestBody) => Promise<Answer>): typeof execute {
  return async (body) => {
    for (let tries = 1; ; tries += 1) {
      const answer = await execute(body);
      if (!BUSY.has(answer.status)) return answer;
      if (tries === MOST_TRIES)
        throw new Error(`The service stays busy: ${answer.status} ${answer.body.message ?? ''}`);
      await sleep(WAIT_MS);
    }
  };
}
