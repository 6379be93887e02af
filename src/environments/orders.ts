import { createHash } from 'node:crypto';
import type { BuildRequest } from '../core/environment.ts';
import { operator, type Viewer } from '../core/viewer.ts';
import type { BuildOrder } from './build-environment.ts';

/** Converts a request into an order. */
export const toOrder = (request: BuildRequest, { owner, quota }: Viewer = operator): BuildOrder => ({
  ...{ name: request.name, runtime: request.runtime, preload: request.preload, request },
  ...(owner !== undefined && { owner, quota, shared: request.shared }),
});

/** Returns the digest of an order: equal digests install the same content, whoever orders it. */
export function digestOrder({ name, runtime, preload, request, folder }: BuildOrder): string {
  // Ownership and sharing do not change the content.
  const { shared: _, ...content } = request ?? {};
  const order = { name, runtime, preload, ...(request && { request: content }), ...(folder && { folder }) };
  return createHash('sha256').update(JSON.stringify(order)).digest('hex');
}
