import { createHash } from 'node:crypto';
import type { BuildRequest } from '../core/environment.ts';
import { operator, type Viewer } from '../core/viewer.ts';
import type { BuildOrder } from './build-environment.ts';

/** A request as the builds know it. */
export const toOrder = (request: BuildRequest, { owner, quota }: Viewer = operator): BuildOrder => ({
  ...{ name: request.name, runtime: request.runtime, preload: request.preload, request },
  ...(owner !== undefined && { owner, quota, shared: request.shared }),
});

/** The address of what an order installs: the same one gives the same, whoever asks for it. */
export function digestOrder({ name, runtime, preload, request, folder }: BuildOrder): string {
  // Whose it is, and for whom, is no content.
  const { shared: _, ...content } = request ?? {};
  const order = { name, runtime, preload, ...(request && { request: content }), ...(folder && { folder }) };
  return createHash('sha256').update(JSON.stringify(order)).digest('hex');
}
