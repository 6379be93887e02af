import { Refusal } from '../core/contract/refusal.ts';
import type { PackageRuntime } from '../core/contract/runtimes.ts';
import type { Viewer } from '../core/contract/viewer.ts';
import { buildEnvironment, namesOf, type BuildOrder } from './build-environment.ts';
import { BuildFailure } from './build-failure.ts';
import type { Build } from './builds.ts';
import type { EnvironmentsOptions } from './environments-options.ts';
import type { Inventory } from './inventory.ts';
import { digestOrder } from './orders.ts';
import type { Workshop } from './workshop.ts';

/**
 * Queues a build that points its name at the new tree when it is done.
 * @throws Refusal `overloaded` when too many wait; `forbidden` when the name belongs to another key, or the owner has
 * reached its quota.
 */
export function startBuild(inventory: Inventory, order: BuildOrder, viewer: Viewer): Build {
  const { options, directory, builds, claims } = inventory;
  claims.requireName(order.name, viewer);
  const subject = { ...order, packages: () => namesOf(order) };
  return builds.start(subject, JSON.stringify({ ...order, quota: undefined }), async (progress, signal) => {
    const workshop = await openWorkshop(options, order.runtime);
    const { id } = await buildEnvironment(order, { ...options, ...workshop, ...progress, signal });
    // Another process may have taken the name meanwhile.
    await directory.refresh();
    claims.requireName(order.name, viewer);
    await pointName(options, order, id);
    await directory.refresh();
  });
}

/** @throws BuildFailure when no jail can be made for this runtime. */
async function openWorkshop(options: EnvironmentsOptions, runtime: PackageRuntime): Promise<Workshop> {
  try {
    const workshop = await options.workshop(runtime);
    if (workshop !== undefined) return workshop;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const message = [error.message, ...error.suggestions.slice(0, 1)].join(' ');
    throw new BuildFailure('sandbox_unavailable', message);
  }
  throw new BuildFailure('sandbox_unavailable', 'No jail can be made now.');
}

async function pointName({ store }: EnvironmentsOptions, order: BuildOrder, id: string): Promise<void> {
  const { name, preload, owner, shared } = order;
  await store.point(name, {
    ...{ id, preload, order: digestOrder(order), created_at: new Date().toISOString() },
    ...(owner !== undefined && { owner, shared }),
  });
}
