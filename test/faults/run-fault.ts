import { setTimeout as sleep } from 'node:timers/promises';
import { listServiceProcesses } from '../../bench/processes.ts';
import { readCommand } from '../support/host-state.ts';
import { openArena, type Arena } from './arena.ts';
import type { Fault } from './fault.ts';
import { findLack } from './host-needs.ts';
import { followProcesses, listLeft, listLeftByDead, listStateFiles, readRest } from './leftovers.ts';

/** Seconds, on a machine that is busy with more than this. */
const READY_MS = 30_000;

export interface Finding {
  readonly name: string;
  readonly group: string;
  readonly what: string;
  /** Answers that callers saw, with their counts. */
  readonly seen: Readonly<Record<string, number>>;
  /** Milliseconds from the end of the fault to a healthy service whose next script is right. */
  readonly readyMs: number | undefined;
  /** Proof that the fault was there. */
  readonly proof: string;
  /** Complaints; empty when the service bore the fault. */
  readonly faults: readonly string[];
  /** Why it was not brought about: what this host lacks. */
  readonly leftOut?: string;
}

/** Runs faults in turn: on one service as long as it lives, unless a fault wants settings of its own. */
export async function runFaults(
  faults: readonly Fault[],
  tell: (finding: Finding) => void,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let shared: Arena | undefined;
  try {
    for (const fault of faults) {
      const lack = await findLack(fault.needs);
      if (lack !== undefined) {
        const { name, group, what } = fault;
        const finding: Finding = {
          name,
          group,
          what,
          seen: {},
          readyMs: undefined,
          proof: '',
          faults: [],
          leftOut: lack,
        };
        findings.push(finding);
        tell(finding);
        continue;
      }
      const isOwn = (fault.settings ?? fault.prepare) !== undefined || fault.endsService === true;
      const finding = await runOne(fault, isOwn ? undefined : (shared ??= await openArena()));
      findings.push(finding);
      tell(finding);
      if (!isOwn && finding.faults.length > 0) {
        // Damage by one fault is not blamed on the next.
        await shared?.[Symbol.asyncDispose]();
        shared = undefined;
      }
    }
  } finally {
    await shared?.[Symbol.asyncDispose]();
  }
  return findings;
}

async function runOne(fault: Fault, shared: Arena | undefined): Promise<Finding> {
  const { name, group, what } = fault;
  await using prepared = await fault.prepare?.();
  const settings = { ...fault.settings, ...prepared?.settings };
  const own = shared === undefined ? await openArena(settings) : undefined;
  const arena = shared ?? own;
  if (arena === undefined) throw new Error('there is no service');
  const problems: string[] = [];
  const seen: Record<string, number> = {};
  let readyMs: number | undefined;
  let proof = '';
  using followed = followProcesses(arena.service.pid);
  try {
    const before = fault.startsLater === true ? undefined : await readRest(arena);
    const helpers = countHelpers(arena);
    const struck = await fault.strike(arena);
    ({ proof } = struck);
    if (proof === '' || struck.seen.length === 0) problems.push('nothing shows the fault, or nobody called');
    for (const { verdict, isWrong } of struck.seen) {
      seen[verdict] = (seen[verdict] ?? 0) + 1;
      if (isWrong) problems.push(verdict);
      if (verdict === 'no answer' && fault.endsService !== true && fault.mayHangUp !== true)
        problems.push('a caller got no answer');
    }
    if (fault.endsService === true) {
      problems.push(...(await listLeftByDead(arena.service.pid, followed)));
      readyMs = await timeNextService(settings, problems);
      problems.push(...listStateFiles(arena.stateDir, arena.service.pid).map((one) => `left behind: ${one}`));
    } else {
      readyMs = await timeUntilReady(arena, helpers, problems);
      problems.push(...(await listLeft(arena, before, followed)));
    }
  } catch (error) {
    problems.push(String(error));
  } finally {
    await own?.[Symbol.asyncDispose]();
  }
  return { name, group, what, seen, readyMs, proof, faults: problems };
}

/** Helper processes of a service: starter, keeper, guardian. */
const countHelpers = ({ service }: Arena): number =>
  listServiceProcesses(service.pid).helpers.filter((pid) =>
    /(?:starter\.py|guardian\.sh)/.test(readCommand(pid)),
  ).length;

async function timeUntilReady(
  arena: Arena,
  helpers: number,
  problems: string[],
): Promise<number | undefined> {
  const start = performance.now();
  for (;;) {
    const health = await arena.service.readHealth().catch(() => undefined);
    const seen = health?.status === 'healthy' ? await arena.trivial() : undefined;
    if (seen?.verdict === 'right' && countHelpers(arena) >= helpers) return performance.now() - start;
    if (seen?.isWrong === true) problems.push(seen.verdict);
    if (performance.now() - start > READY_MS) {
      problems.push(`not ready within ${READY_MS / 1000} s`);
      return undefined;
    }
    await sleep(20);
  }
}

/** The next service on the same host is ready as the first was. */
async function timeNextService(
  settings: Readonly<Record<string, string>>,
  problems: string[],
): Promise<number | undefined> {
  const start = performance.now();
  await using next = await openArena(settings);
  const seen = await next.trivial();
  if (seen.verdict !== 'right') problems.push(`the next service: ${seen.verdict}`);
  return performance.now() - start;
}
