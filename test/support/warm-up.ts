import { setTimeout as sleep } from 'node:timers/promises';
import type { ProgramRuntime } from '../../src/core/contract/runtimes.ts';
import { runtimeScripts } from './runtime-scripts.ts';
import type { TestService } from './service.ts';

/** The first use of a runtime on a machine makes its image: minutes, where Go's standard library is compiled meanwhile. */
export const FIRST_USE_MS = 600_000;

/** Waits until a runtime can be used, as a caller would who is told to come again. */
export async function warmUp(service: TestService, runtime: ProgramRuntime): Promise<void> {
  for (;;) {
    const { status } = await service.execute({ runtime, script: runtimeScripts[runtime].hello });
    if (status !== 503) return;
    await sleep(1000);
  }
}
