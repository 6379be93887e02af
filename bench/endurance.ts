import { readHostState } from '../test/support/host-state.ts';
import type { Context } from './context.ts';
import { readRestingMemory } from './memory.ts';
import { runExecutions, startWithFullPool, waitForRest } from './resting.ts';
import { formatTable } from './tables.ts';

/** Shares of the executions after which the service is looked at. */
const STOPS = [0, 0.1, 0.5, 1];

/** Runs many executions with 8 clients and looks at rest at what the service has: figures that grow are leaks. */
export async function measureEndurance(
  executions: number,
  { env, signal, say }: Omit<Context, 'amounts'>,
): Promise<string> {
  await using service = await startWithFullPool(env);
  const columns: string[][] = [];
  const start = performance.now();
  let done = 0;
  for (const stop of STOPS) {
    const wanted = Math.round(executions * stop);
    say(`endurance: ${wanted} executions`);
    await runExecutions(service.url, wanted - done, signal);
    done = wanted;
    await waitForRest(service, signal);
    columns.push([String(wanted), ...describeService(service.pid)]);
  }
  const names = ['after executions', 'service, MiB', 'waiting jails, MiB', ...HOST];
  const rows = names.map((name, index) => [name, ...columns.map((column) => column[index] ?? '')]);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  return `${formatTable(rows)}\n\n${executions} executions with 8 clients in ${seconds} s, rests included.`;
}

const HOST = ['descriptors', 'cgroups', 'mounts', 'processes', 'temporary files'];

function describeService(pid: number): string[] {
  const memory = readRestingMemory(pid);
  const { descriptors, cgroups, mounts, processes, temporaryFiles } = readHostState(pid);
  const counts = [descriptors, cgroups, mounts, processes, temporaryFiles].map((list) => String(list.length));
  return [memory.service.toFixed(1), memory.jails.toFixed(1), ...counts];
}
