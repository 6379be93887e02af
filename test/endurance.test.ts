import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { expectNothingLeft, readHostState } from './support/host-state.ts';
import { startService } from './support/service.ts';

const EXECUTIONS = 1000;
const CLIENTS = 8;
/** A leak of 13 kB an execution would be 10 MB. */
const SLACK_BYTES = 10 * 1024 * 1024;

/** Returns the memory in use, without the allocator's reserve. */
function readMemory(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('a thousand executions in a row', () => {
  it('leave memory, descriptors, cgroups, mounts and processes where they were', async () => {
    const before = readHostState();
    const service = await startService({ BRIG_MAX_WARM_JAILS: '4', BRIG_MAX_CONCURRENT: '4' });
    let next = 0;
    const client = async (until: number): Promise<void> => {
      while (next < until) {
        const number = next;
        next += 1;
        const { body } = await service.execute({
          script: 'def main(n):\n    print(n)\n    return n',
          args: [number],
        });
        expect([body.result, body.stdout]).toEqual([number, `${number}\n`]);
      }
    };
    const run = (until: number) => Promise.all(Array.from({ length: CLIENTS }, () => client(until)));
    // Caches and code are warm only after some hundreds.
    await run(EXECUTIONS / 4);
    const early = readMemory();
    await run(EXECUTIONS);
    expect(readMemory() - early).toBeLessThan(SLACK_BYTES);
    expect(service.incidents).toEqual([]);
    await service.close();
    await expectNothingLeft(before);
  }, 300_000);
});
