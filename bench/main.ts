import { amounts } from './amounts.ts';
import type { Context } from './context.ts';
import { measureEndurance } from './endurance.ts';
import { measureEventLoop } from './event-loop.ts';
import { hasPackages, measureCases, type ConfigurationFigures } from './measure-cases.ts';
import { parseOptions, usage, type Options } from './options.ts';
import { measureOverload } from './overload.ts';
import { installPackages } from './packages.ts';
import { formatReport, type Measurements } from './report.ts';
import { measureResting } from './resting.ts';
import { measureRuntimes } from './runtimes.ts';
import { chooseProgram } from './service-process.ts';
import { formatTargets, judge } from './targets.ts';
import { writePage } from './write-page.ts';

const start = performance.now();
const seconds = (): string => ((performance.now() - start) / 1000).toFixed(0);

/** Everything that was started is ended on the way out; a second signal ends at once. */
function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => controller.abort(new Error(`ended by ${name}`)));
  return controller.signal;
}

function describeOptions({ isQuick, isolation }: Options): string {
  const words = [isQuick ? ' --quick' : '', isolation === undefined ? '' : ` --isolation ${isolation}`].join(
    '',
  );
  return words === '' ? '' : ` --${words}`;
}

async function measureAll(options: Options, context: Context): Promise<Measurements> {
  const { wanted, cases } = options;
  const configurations: ConfigurationFigures[] = [];
  if (cases.length > 0) {
    if (cases.some(hasPackages)) context.say('building the scientific environment');
    await using packages = cases.some(hasPackages)
      ? await installPackages(context.env, context.signal)
      : undefined;
    for (const configuration of ['warm', 'cold'] as const)
      configurations.push(await measureCases(cases, configuration, packages?.settings ?? {}, context));
  }
  return {
    program: chooseProgram(),
    command: `npm run bench${describeOptions(options)}`,
    configurations,
    resting: wanted.has('memory') ? await measureResting(context) : undefined,
    overload: wanted.has('overload') ? await measureOverload(context) : undefined,
    runtimes: wanted.has('runtimes') ? await measureRuntimes(context) : undefined,
    neighbours: wanted.has('event-loop') ? await measureEventLoop(context) : undefined,
  };
}

async function main(signal: AbortSignal): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) return console.log(usage);
  const context: Context = {
    env: { ...process.env, ...(options.isolation && { BRIG_ISOLATION: options.isolation }) },
    amounts: options.isQuick ? amounts.quick : amounts.full,
    signal,
    say: (what) => console.error(`${seconds().padStart(4)} s  ${what}`),
  };
  if (options.endurance !== undefined) return console.log(await measureEndurance(options.endurance, context));
  const measurements = await measureAll(options, context);
  const report = formatReport(measurements);
  console.log(`${report}\n\n${formatTargets(judge(measurements))}\n\nThe run took ${seconds()} s.`);
  if (options.doesWrite) writePage(report);
}

/** Exit status of shells after SIGINT. */
const INTERRUPTED = 130;

const interrupted = abortOnSignal();
try {
  await main(interrupted);
} catch (error) {
  console.error(`The benchmark could not be finished: ${(error as Error).message}`);
  process.exitCode = interrupted.aborted ? INTERRUPTED : 1;
}
