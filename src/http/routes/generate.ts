import type { Hono } from 'hono';
import { timing } from 'hono/timing';
import { narrowPolicy } from '../../core/contract/limits.ts';
import { digestBytes } from '../../executor/digest.ts';
import type { Generator } from '../../generate/generate-and-execute.ts';
import type { AppEnv } from '../app-env.ts';
import { askingOf, identifyCaller } from '../caller.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { isSmallBody } from '../body-size.ts';
import { complainAboutMediaType, readBody } from '../read-body.ts';
import { respondExecution } from '../respond-execution.ts';
import { generateReader } from '../body-readers.ts';
import { respondRefusal } from '../respond-refusal.ts';
import type { ExecuteRouteOptions } from './execute.ts';

export interface GenerateRouteOptions extends Omit<ExecuteRouteOptions, 'executor'> {
  readonly generator: Generator;
  readonly generation: { readonly queryBytes: number; readonly maxRepairs: number };
}

/** Routes `POST /generate-and-execute`: a model writes the script; answers with its outcome. */
export function routeGenerate(app: Hono<AppEnv>, options: GenerateRouteOptions): void {
  const { generator, generation, limitPolicy, caps, bodyThread } = options;
  app.post('/generate-and-execute', timing({ totalDescription: '' }), async (c) => {
    const unread = complainAboutMediaType(c);
    if (unread !== undefined) return respondRefusal(c, unread, { status: 415 });
    const caller = identifyCaller(c);
    const policy = narrowPolicy(limitPolicy, caller.ceilings);
    const rules = { policy, scriptBytes: caps.scriptBytes, ...generation };
    const key = readIdempotencyKey(c.req.header('idempotency-key'));
    const body = await readBody(c, caps.bodyBytes);
    // Before the body is read, which transfers its memory to the thread.
    const digest = key === undefined ? '' : await digestBytes(body, 'base64');
    const request = isSmallBody(body)
      ? generateReader.read(body, rules)
      : await bodyThread.read(generateReader, body, rules, askingOf(c));
    const named = { caller, key: key && `generate ${key}`, digest };
    return respondExecution(c, named, (own) => generator.generate(request, own), options);
  });
}
