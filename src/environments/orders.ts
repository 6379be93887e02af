import { createHash } from 'node:crypto';
import {
  DEFAULT_ENVIRONMENT,
  environmentNameSchema,
  PLAIN_ENVIRONMENT,
  type BuildRequest,
} from '../core/contract/environment.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { operator, type Viewer } from '../core/contract/viewer.ts';
import type { BuildOrder } from './build-environment.ts';
import type { FolderOrder } from './environment-view.ts';

/** Converts a request into an order. */
export const toOrder = (request: BuildRequest, { owner, quota }: Viewer = operator): BuildOrder => ({
  ...{ name: request.name, runtime: request.runtime, preload: request.preload, request },
  ...(owner !== undefined && { owner, quota, shared: request.shared }),
});

/**
 * Converts an operator's own folder to an order; its packages are for Python unless the order names a runtime.
 * @throws Refusal `invalid_input` when an environment of this runtime cannot have the name.
 */
export function toFolderOrder({ runtime = 'python', ...order }: FolderOrder): BuildOrder {
  const { name } = order;
  const isTaken = name === PLAIN_ENVIRONMENT || (name === DEFAULT_ENVIRONMENT && runtime !== 'python');
  if (isTaken || !environmentNameSchema.safeParse(name).success) {
    throw new Refusal('invalid_input', `"${name}" cannot be the name of an environment for ${runtime}.`);
  }
  return { ...order, runtime };
}

/** Returns the digest of an order: equal digests install the same content, whoever orders it. */
export function digestOrder({ name, runtime, preload, request, folder }: BuildOrder): string {
  // Ownership and sharing do not change the content.
  const { shared: _, ...content } = request ?? {};
  const order = { name, runtime, preload, ...(request && { request: content }), ...(folder && { folder }) };
  return createHash('sha256').update(JSON.stringify(order)).digest('hex');
}
