import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createBareJail } from './bare-jail.ts';
import { createServiceMeter, readTreeCpuMs } from './cpu-time.ts';
import { createExecuteClient, toRequest } from './execute-client.ts';
import { tryRead } from './processes.ts';
import { profileOptions, sumProfile, type Profile } from './profile.ts';
import { serveCommand, startServiceProcess } from './service-process.ts';
import { median, sum } from './statistics.ts';

const usage = `node bench/own-share.ts [OPTIONS]: CPU time that an execution takes of the service itself, of its helpers and of
the jails, with 8 clients and trivial scripts, beside a bare jail in the same rounds.
  --rounds N         5 by default
  --executions N     in each round, 160 by default
  --against COMMAND  another service in the same rounds, such as "node ../before/dist/cli/main.js serve"
  --profile          the functions of the service that take most of the time; they make it slower`;

const CLIENTS = 8;
const NS_PER_MS = 1e6;
/** Functions of a profile that are shown. */
const ROWS = 60;

const trivial = toRequest({ script: 'def main():\n    return 1\n' }, { begin: '{"success":true' });

/** CPU milliseconds of all threads of a process so far; /proc/PID/stat would count in ticks of ten. */
const readCpuMs = (pid: number): number =>
  sum(
    readdirSync(`/proc/${pid}/task`).map(
      (thread) => Number(tryRead(`/proc/${pid}/task/${thread}/schedstat`).split(' ', 1)[0]) / NS_PER_MS,
    ),
  );

const listChildren = (pid: number): number[] =>
  tryRead(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((child) => child.trim() !== '')
    .map(Number);

/** The service's companions and their first children; those of the starter are jails. */
const listHelpers = (pid: number): number[] =>
  listChildren(pid).flatMap((companion) => [companion, ...listChildren(companion)]);

/** Does a work with all clients at once, a number of times. */
async function repeat(times: number, work: () => Promise<unknown>): Promise<void> {
  let left = times;
  const client = async (): Promise<void> => {
    for (; left > 0; left -= 1) await work();
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

/** CPU milliseconds of one execution, by who took them. */
type Shares = Readonly<Record<'service' | 'helpers' | 'jails', number>>;

interface Party extends AsyncDisposable {
  readonly name: string;
  measure(executions: number): Promise<Shares>;
}

async function startParty(name: string, command: readonly string[]): Promise<Party> {
  const service = await startServiceProcess(process.env, { command });
  const client = createExecuteClient(service.url, CLIENTS);
  const meter = createServiceMeter(service.pid);
  const read = (): Shares => ({
    service: readCpuMs(service.pid),
    helpers: sum(listHelpers(service.pid).map(readCpuMs)),
    jails: meter().jails,
  });
  return {
    name,
    measure: async (executions) => {
      const before = read();
      await repeat(executions, () => client.run(trivial));
      const after = read();
      const share = (who: keyof Shares): number => (after[who] - before[who]) / executions;
      return { service: share('service'), helpers: share('helpers'), jails: share('jails') };
    },
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

const show = (name: string, values: readonly number[]): void =>
  console.log(
    `${name.padEnd(18)} ${median(values).toFixed(2)}   (${values.map((one) => one.toFixed(2)).join(' ')})`,
  );

/** Microseconds of the monotonic clock, which profiles have too. */
const readClock = (): number => Number(process.hrtime.bigint() / 1000n);

function showProfiles(folder: string, from: number, to: number, executions: number): void {
  for (const name of readdirSync(folder)) {
    const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile;
    const { self, total } = sumProfile(profile, from, to);
    for (const [title, times] of [
      ['in the function itself', self],
      ['with all that it calls', total],
    ] as const) {
      if (times.size > 0) console.log(`\nMicroseconds of an execution, ${title}:`);
      for (const [place, time] of [...times].toSorted((a, b) => b[1] - a[1]).slice(0, ROWS))
        console.log(`${(time / executions).toFixed(0).padStart(7)}  ${place}`);
    }
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      executions: { type: 'string', default: '160' },
      against: { type: 'string' },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const [rounds, executions] = [Number(values.rounds), Number(values.executions)];
  const folder = mkdtempSync(join(tmpdir(), 'brig-profile-'));
  try {
    const [node = process.execPath, ...program] = serveCommand();
    const command = [node, ...(values.profile ? profileOptions(folder) : []), ...program];
    const bare = await createBareJail(process.env);
    let from = 0;
    let to = 0;
    {
      await using parties = new AsyncDisposableStack();
      const all = [parties.use(await startParty('service', command))];
      if (values.against !== undefined)
        all.push(parties.use(await startParty('against', values.against.split(' '))));
      const figures = all.map(() => [] as Shares[]);
      const bares: number[] = [];
      for (const party of all) await party.measure(executions);
      from = readClock();
      for (let round = 0; round < rounds; round += 1) {
        for (const [index, party] of all.entries()) figures[index]?.push(await party.measure(executions));
        const before = readTreeCpuMs(process.pid);
        await repeat(executions / 4, () => bare.run({ code: 'pass' }));
        bares.push(((readTreeCpuMs(process.pid) - before) / executions) * 4);
      }
      to = readClock();
      console.log('CPU milliseconds of an execution, median (rounds):');
      for (const [index, { name }] of all.entries())
        for (const who of ['service', 'helpers', 'jails'] as const)
          show(
            `${name === 'service' ? '' : `${name}: `}${who}`,
            (figures[index] ?? []).map((one) => one[who]),
          );
      show('bare jail', bares);
    }
    if (values.profile) showProfiles(folder, from, to, executions * rounds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await main();
