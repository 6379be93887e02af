import { setTimeout as sleep } from 'node:timers/promises';
import type { ProgramRuntime } from '../../src/core/contract/runtimes.ts';
import { runtimeScripts } from './runtime-scripts.ts';
import type { TestService } from './service.ts';

/** The first use of a runtime on a machine makes its image: minutes, where Go's standard library is compiled meanwhile. */
export const FIRST_USE_MS = 600_000;
const RETRY_MS = 200;

/** Waits until runtimes can be used, as a caller would who is told to come again; all of them get ready at once. */
export async function warmUp(service: TestService, ...runtimes: readonly ProgramRuntime[]): Promise<void> {
  await Promise.all(
    runtimes.map(async (runtime) => {
      for (;;) {
        const { status } = await service.execute({ runtime, script: runtimeScripts[runtime].hello });
        if (status !== 503) return;
        await sleep(RETRY_MS);
      }
    }),
  );
}

/** Lists the runtimes of this machine besides Python; Go and Rust may be missing. */
export async function listOtherRuntimes({ service }: TestService): Promise<ProgramRuntime[]> {
  const { runtimes } = await service.runtimes();
  return runtimes.flatMap(({ name, available }) => (available && name !== 'python' ? [name] : []));
}
