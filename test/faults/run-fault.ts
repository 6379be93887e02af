import { setTimeout as sleep } from 'node:timers/promises';
import { findLeftovers, readAtRest } from '../../bench/soak/rest.ts';
import { readHostState, type HostState } from '../support/host-state.ts';
import { openArena, PATIENCE_MS, type Arena } from './arena.ts';
import type { Fault } from './fault.ts';
import { findLack } from './host-needs.ts';

export interface Finding {
  readonly name: string;
  readonly group: string;
  readonly what: string;
  /** What callers saw, and how often. */
  readonly seen: Readonly<Record<string, number>>;
  /** Milliseconds from the end of the fault to a healthy service whose next script is right. */
  readonly readyMs: number | undefined;
  /** What is wrong: nothing where the fault was borne. */
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
        // What one fault broke is not blamed on the next.
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
  try {
    const before = fault.startsLater === true ? undefined : await readAtRest(sourceOf(arena));
    for (const { verdict, isWrong } of await fault.strike(arena)) {
      seen[verdict] = (seen[verdict] ?? 0) + 1;
      if (isWrong) problems.push(verdict);
      if (verdict === 'no answer' && fault.endsService !== true && fault.mayHangUp !== true)
        problems.push('a caller got no answer');
    }
    if (fault.endsService === true) {
      await waitUntilGone(arena.service.pid, problems);
      readyMs = await timeNextService(problems);
    } else {
      readyMs = await timeUntilReady(arena, problems);
      problems.push(...(await listLeftovers(arena, before)));
    }
  } catch (error) {
    problems.push(String(error));
  } finally {
    await own?.[Symbol.asyncDispose]();
  }
  return { name, group, what, seen, readyMs, faults: problems };
}

const sourceOf = ({ service, stateDir }: Arena) => ({
  url: service.url,
  source: { pid: service.pid, stateDir },
});

async function timeUntilReady(arena: Arena, problems: string[]): Promise<number | undefined> {
  const start = performance.now();
  for (;;) {
    const health = await arena.service.readHealth().catch(() => undefined);
    const seen = health?.status === 'healthy' ? await arena.trivial() : undefined;
    if (seen?.verdict === 'right') return performance.now() - start;
    if (seen?.isWrong === true) problems.push(seen.verdict);
    if (performance.now() - start > PATIENCE_MS) {
      problems.push(`not ready within ${PATIENCE_MS / 1000} s`);
      return undefined;
    }
    await sleep(20);
  }
}

async function listLeftovers(arena: Arena, before: HostState | undefined): Promise<readonly string[]> {
  const after = await readAtRest(sourceOf(arena), before);
  return findLeftovers(before, after).map((one) => `left behind: ${one}`);
}

/** A killed service leaves nothing: its guardian, or who started its jails, sees to that. */
async function waitUntilGone(pid: number, problems: string[]): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS / 4;
  for (;;) {
    const { processes, cgroups, mounts, temporaryFiles } = readHostState(pid);
    const left = [...processes, ...cgroups, ...mounts, ...temporaryFiles];
    if (left.length === 0) return;
    if (performance.now() > deadline) {
      problems.push(...left.map((one) => `left behind: ${one}`));
      return;
    }
    await sleep(20);
  }
}

/** The next service on the same host is ready as the first was. */
async function timeNextService(problems: string[]): Promise<number | undefined> {
  const start = performance.now();
  await using next = await openArena();
  const seen = await next.trivial();
  if (seen.verdict !== 'right') problems.push(`the next service: ${seen.verdict}`);
  return performance.now() - start;
}
