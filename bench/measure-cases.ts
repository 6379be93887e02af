import { createBareJail, type BareJail } from './bare-jail.ts';
import { cases, describeLoad, type Case, type CaseName, type LoadName, type Work } from './cases.ts';
import { compare } from './compare.ts';
import type { Context } from './context.ts';
import { createServiceMeter, readTreeCpuMs, type ServiceCpu } from './cpu-time.ts';
import { createExecuteClient, type Steps } from './execute-client.ts';
import { toFigures, type Figures } from './figures.ts';
import { describeMachine } from './machine.ts';
import { startServiceProcess } from './service-process.ts';
import { sum } from './statistics.ts';

/** `warm` is how a service starts by default; in a `cold` one every jail is started for its script. */
export type Configuration = 'warm' | 'cold';

/** One case under one load. */
export interface CaseFigures {
  readonly name: CaseName;
  readonly title: string;
  readonly load: LoadName;
  readonly figures: Figures;
  /** Timings that the service reports of each execution. */
  readonly steps: readonly Steps[];
  /** CPU milliseconds of each execution, warming up included. */
  readonly cpu: ServiceCpu;
}

export interface ConfigurationFigures {
  readonly configuration: Configuration;
  readonly machine: string;
  readonly cases: readonly CaseFigures[];
}

export const toSettings = (env: NodeJS.ProcessEnv, configuration: Configuration): NodeJS.ProcessEnv => {
  const { BRIG_MAX_WARM_JAILS: _, ...rest } = env;
  return configuration === 'cold' ? { ...rest, BRIG_MAX_WARM_JAILS: '0' } : rest;
};

/**
 * Cases of the same root image share a service.
 * @param packages settings of a service with the scientific environment; needed for the cases that do.
 */
export async function measureCases(
  names: readonly CaseName[],
  configuration: Configuration,
  packages: Readonly<Record<string, string>>,
  context: Context,
): Promise<ConfigurationFigures> {
  const env = toSettings(context.env, configuration);
  const measure = (some: readonly CaseName[], settings: NodeJS.ProcessEnv): Promise<ConfigurationFigures> =>
    measureWithService(some, configuration, { ...context, env: { ...env, ...settings } });
  const plain = await measure(
    names.filter((name) => !hasPackages(name)),
    {},
  );
  const withPackages = await measure(names.filter(hasPackages), packages);
  const all = [...plain.cases, ...withPackages.cases];
  return {
    configuration,
    machine: plain.machine === '' ? withPackages.machine : plain.machine,
    cases: all.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name)),
  };
}

const toCase = (name: CaseName): Case => cases[name];
export const hasPackages = (name: CaseName): boolean => toCase(name).hasPackages === true;

async function measureWithService(
  names: readonly CaseName[],
  configuration: Configuration,
  context: Context,
): Promise<ConfigurationFigures> {
  if (names.length === 0) return { configuration, machine: '', cases: [] };
  const bare = await createBareJail(context.env);
  await using service = await startServiceProcess(context.env);
  const measured: CaseFigures[] = [];
  for (const name of names)
    measured.push(...(await measureCase(name, configuration, { ...context, service, bare })));
  return {
    configuration,
    machine: describeMachine(bare.python, await service.readHealth()),
    cases: measured,
  };
}

interface Parties {
  readonly service: { readonly url: string; readonly pid: number };
  readonly bare: BareJail;
}

async function measureCase(
  name: CaseName,
  configuration: Configuration,
  { amounts, signal, say, service, bare }: Context & Parties,
): Promise<CaseFigures[]> {
  const { title, works, loads, everyMs } = toCase(name);
  const measured: CaseFigures[] = [];
  for (const load of loads) {
    say(`${configuration}: ${name}, ${describeLoad(load)}`);
    using client = createExecuteClient(service.url, load === 'paced' ? 1 : load);
    const meter = createServiceMeter(service.pid);
    const before = meter();
    let executions = 0;
    let steps: Steps[] = [];
    const run = inTurn(works, async ({ request }) => {
      executions += 1;
      steps.push(await client.run(request));
    });
    const runBare = inTurn(works, (work) => bare.run(work.bare));
    for (let runs = 0; runs < Math.ceil(amounts.warmUp / works.length) * works.length; runs += 1) {
      signal.throwIfAborted();
      await run();
      await runBare();
    }
    steps = [];
    const sides = {
      service: { readCpuMs: () => sum(Object.values(meter())), run },
      bare: { readCpuMs: () => readTreeCpuMs(process.pid), run: runBare },
    };
    const amount = amounts.loads[configuration](name === 'trivial', load, works.length);
    const paced = load === 'paced' && everyMs !== undefined ? { ...amount, everyMs } : amount;
    const figures = toFigures(await compare(sides, paced, signal));
    measured.push({ name, title, load, figures, steps, cpu: toEach(before, meter(), executions) });
  }
  return measured;
}

const toEach = (before: ServiceCpu, after: ServiceCpu, executions: number): ServiceCpu => ({
  service: (after.service - before.service) / executions,
  helpers: (after.helpers - before.helpers) / executions,
  jails: (after.jails - before.jails) / executions,
});

/** Does one work after the other, and begins again. */
function inTurn(works: Case['works'], run: (work: Work) => Promise<void>): () => Promise<void> {
  let next = 0;
  return () => {
    const work = works[next % works.length] ?? works[0];
    next += 1;
    return run(work);
  };
}
