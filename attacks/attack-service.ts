import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { healthSchema, type Health } from '../src/core/contract/health.ts';
import { isRuntimeName, runtimeNames, type RuntimeName } from '../src/core/contract/runtimes.ts';
import { runtimeScripts } from '../test/support/runtime-scripts.ts';
import { needs, type Aims, type Attack, type Complaint, type Door, type Group, type Need } from './attack.ts';
import { listAttacks } from './catalogue/index.ts';
import { describeAnswer, returns } from './expectations.ts';
import type { Result } from './result.ts';
import { persist, runAttack } from './run-attack.ts';

/** Facts about a service before it is attacked. */
export interface Survey {
  readonly health: Health;
  /** Runtimes whose scripts run, and why those of the others do not. */
  readonly runtimes: ReadonlyMap<RuntimeName, string | undefined>;
  readonly lacks: readonly Need[];
}

const FIRST_USE_MS = 600_000;
const RETRY_MS = 2000;

const reportSchema = z.object({
  runtimes: z.array(z.object({ name: z.string(), available: z.boolean(), reason: z.string().optional() })),
});

const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

export async function readHealth(door: Door): Promise<Health> {
  const { status, text } = await door.send({ path: '/health' });
  const health = healthSchema.safeParse(JSON.parse(bodyOf(text)));
  if (!health.success) throw new Error(`This is no Brig: GET /health answered ${status}.`);
  return health.data;
}

/**
 * Looks at a service as any caller could, and makes its runtimes ready.
 * @throws Error where no script can run there, or the key does not allow it.
 */
export async function surveyService(door: Door, isNear: boolean, groups: readonly Group[]): Promise<Survey> {
  const health = await readHealth(door);
  if (health.status !== 'healthy') throw new Error(`No script can run there: ${health.reason ?? 'unknown'}`);
  const first = await persist(door.execute)({ script: 'def main():\n    return 42' });
  if (first.status !== 200 || first.body.result !== 42)
    throw new Error(`A harmless script does not run there: ${describeAnswer(first)}`);
  const { text } = await door.send({ path: '/runtimes' });
  const told = reportSchema.parse(JSON.parse(bodyOf(text))).runtimes;
  const wanted = new Set(
    listAttacks(groups).map(({ attack }) => (attack.kind === 'door' ? 'python' : attack.runtime)),
  );
  const runtimes = new Map<RuntimeName, string | undefined>();
  for (const { name, available, reason } of told) {
    // The first use of one takes long: only what is attacked is made ready.
    if (!isRuntimeName(name) || !wanted.has(name)) continue;
    const complaint = available ? await warmUp(door, name) : (reason ?? 'it is not available there');
    runtimes.set(name, complaint);
  }
  for (const name of runtimeNames) if (!runtimes.has(name)) runtimes.set(name, 'it is not offered there');
  const lacks: Need[] = [];
  if (health.sandbox.memory?.how.startsWith('cgroup') !== true) lacks.push('cgroup');
  if (!isNear) lacks.push('same host');
  return { health, runtimes, lacks };
}

/** The first use of a runtime makes its image and attacks its jails: the service asks to come again. */
async function warmUp(door: Door, runtime: RuntimeName): Promise<Complaint> {
  if (runtime === 'python') return undefined;
  const deadline = performance.now() + FIRST_USE_MS;
  for (;;) {
    const answer = await door.execute({ runtime, script: runtimeScripts[runtime].hello });
    if (answer.status === 200 && answer.body.stdout === 'hello\n') return undefined;
    if (answer.status !== 503 || performance.now() > deadline) return describeAnswer(answer);
    await sleep(RETRY_MS);
  }
}

export interface AttackOptions {
  readonly groups: readonly Group[];
  /** Told of each attack as it ends. */
  readonly onResult: (result: Result) => void;
  /** After this nothing new is tried, and the rest is unanswered. */
  readonly deadlineMs: number;
}

/** Attacks one service: one attack after the other, each followed by a look at how a neighbour fares. */
export async function attackService(
  door: Door,
  survey: Survey,
  aims: Aims,
  { groups, onResult, deadlineMs }: AttackOptions,
): Promise<Result[]> {
  const execute = persist(door.execute);
  const end = performance.now() + deadlineMs;
  const results: Result[] = [];
  for (const { group, attack } of listAttacks(groups)) {
    const runtime = attack.kind === 'door' ? 'python' : attack.runtime;
    const began = performance.now();
    const finish = (verdict: Result['verdict'], reason?: string): void => {
      const ms = Math.round(performance.now() - began);
      const result: Result = { group, title: attack.title, runtime, verdict, ...(reason && { reason }), ms };
      results.push(result);
      onResult(result);
    };
    const obstacle = survey.runtimes.get(runtime) ?? findObstacle(attack, survey);
    if (obstacle !== undefined) {
      finish('not applicable', obstacle);
      continue;
    }
    if (began > end) {
      finish('unanswered', 'the time for the whole run was over');
      continue;
    }
    try {
      const complaint =
        (await runAttack(attack, { execute, door, aims })) ?? (await lookAfter(door, execute));
      finish(complaint === undefined ? 'held' : 'got through', complaint);
    } catch (error) {
      finish('unanswered', error instanceof Error ? error.message : String(error));
    }
  }
  return results;
}

function findObstacle(attack: Attack, { lacks }: Survey): string | undefined {
  const missing = attack.needs?.find((need) => lacks.includes(need));
  return missing === undefined ? undefined : needs[missing];
}

const NEIGHBOUR = { script: 'def main(n):\n    return n * 7', args: [6] };

/** Whatever an attack ends in: the service is ready afterwards, and the next script gets its own result. */
async function lookAfter(door: Door, execute: Door['execute']): Promise<Complaint> {
  const { status, reason } = await readHealth(door);
  if (status !== 'healthy') return `afterwards no script can run: ${reason}`;
  const complaint = returns(42)(await execute(NEIGHBOUR));
  return complaint && `afterwards a harmless script ${complaint}`;
}
