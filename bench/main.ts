import { parseArgs } from 'node:util';
import { createBareJail } from './bare-jail.ts';
import { compare, type Side } from './compare.ts';
import { createServiceMeter, readTreeCpuMs } from './cpu-time.ts';
import { createExecuteClient, type Steps } from './execute-client.ts';
import { describeMachine, readMemoryEnforcement } from './machine.ts';
import { readRestingMemory } from './memory.ts';
import { formatReport, formatTargets } from './report.ts';
import { startServiceProcess } from './service-process.ts';
import { writePage } from './write-page.ts';

const CLIENTS = 8;
const WARM_UP = 10;
/** A process that has just become idle still gives memory back. */
const REST_MS = 3000;

const usage = `npm run bench [-- OPTIONS]: POST /execute against a bare spawn of the same jail, in one run, in turn.
  --quick   a short run, to see that it works
  --write   write the figures into docs/performance.md too`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else await main(values);

async function main({ quick, write }: { quick: boolean; write: boolean }): Promise<void> {
  const bare = await createBareJail(process.env);
  await using service = await startServiceProcess(process.env);
  using client = createExecuteClient(service.url, CLIENTS);
  const steps: Steps[] = [];
  const sides = {
    service: { name: 'service', readCpuMs: createServiceMeter(service.pid), run: () => client.run() },
    bare: { name: 'bare', readCpuMs: () => readTreeCpuMs(process.pid), run: () => bare.run() },
  } satisfies Record<string, Side>;
  const timed = { ...sides.service, run: async () => void steps.push(await client.run()) };

  await rest();
  const atStart = readRestingMemory(service.pid);
  for (const { run } of Object.values(sides)) for (let i = 0; i < WARM_UP; i += 1) await run();
  const latency = await compare(
    { ...sides, service: timed },
    quick ? { rounds: 2, runs: 15, clients: 1 } : { rounds: 6, runs: 40, clients: 1 },
  );
  const throughput = await compare(
    sides,
    quick ? { rounds: 2, runs: 40, clients: CLIENTS } : { rounds: 4, runs: 200, clients: CLIENTS },
  );
  await rest();
  const measurements = {
    machine: describeMachine(bare.python, await readMemoryEnforcement(service.url)),
    program: service.program,
    latency,
    throughput,
    clients: CLIENTS,
    steps,
    memory: { atStart, afterwards: readRestingMemory(service.pid) },
  };
  const report = formatReport(measurements);
  console.log(`${report}\n\n${formatTargets(measurements)}`);
  if (write) writePage(report);
}

function rest(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, REST_MS);
  });
}
