import type { Context, Hono } from 'hono';
import { timing } from 'hono/timing';
import { complainAboutPath } from '../../core/contract/files/paths.ts';
import { narrowPolicy } from '../../core/contract/limits.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import type { SessionPolicy } from '../../core/contract/sessions/session-request.ts';
import { quote } from '../../core/text/words.ts';
import { digestBytes } from '../../executor/digest.ts';
import type { CellOptions, Sessions } from '../../sessions/sessions.ts';
import type { AppEnv } from '../app-env.ts';
import type { BodyReader } from '../body-reader.ts';
import { cellReader, sessionReader } from '../body-readers.ts';
import { isSmallBody } from '../body-size.ts';
import { askingOf, identifyCaller, orderOf } from '../caller.ts';
import { jsonType } from '../headers.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { complainAboutMediaType, readBody } from '../read-body.ts';
import { respondExecution } from '../respond-execution.ts';
import { respondRefusal } from '../respond-refusal.ts';
import type { ExecuteRouteOptions } from './execute.ts';

export interface SessionRouteParts {
  readonly sessions: Sessions;
  /** Times that callers may ask for. */
  readonly times: SessionPolicy;
}

export type SessionRouteOptions = Omit<ExecuteRouteOptions, 'executor'> & SessionRouteParts;

/** Lets a page do nothing with a file of a script. */
const filePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'";

const ownerOf = (c: Context<AppEnv>): string => identifyCaller(c).queueKey;

/** Routes `/sessions`: jails that one caller keeps. */
export function routeSessions(app: Hono<AppEnv>, options: SessionRouteOptions): void {
  const { sessions } = options;

  app.post('/sessions', async (c) => {
    // A session of nothing but defaults needs no body.
    const unread = c.req.header('content-length') === '0' ? undefined : complainAboutMediaType(c);
    if (unread !== undefined) return respondRefusal(c, unread, { status: 415 });
    const { value } = await readJsonBody(
      c,
      sessionReader,
      { ...rulesOf(c, options), sessions: options.times },
      options,
    );
    const { caller, signal, requestId, traceparent } = orderOf(c);
    const session = await sessions.open(value, {
      caller: { ...caller, owe: undefined },
      ...{ signal, requestId, traceparent },
    });
    c.header('Location', `/sessions/${session.id}`);
    return respond(c, session, 201);
  });

  app.get('/sessions', (c) => respond(c, { sessions: sessions.list(ownerOf(c)) }));
  app.get('/sessions/:id', (c) => respond(c, sessions.get(ownerOf(c), c.req.param('id'))));
  app.delete('/sessions/:id', async (c) => respond(c, await sessions.close(ownerOf(c), c.req.param('id'))));
  app.post('/sessions/:id/interrupt', (c) => respond(c, sessions.interrupt(ownerOf(c), c.req.param('id'))));
  app.get('/sessions/:id/files', async (c) =>
    respond(c, await sessions.listFiles(ownerOf(c), c.req.param('id'))),
  );

  app.post('/sessions/:id/execute', timing({ totalDescription: '' }), async (c) => {
    const unread = complainAboutMediaType(c);
    if (unread !== undefined) return respondRefusal(c, unread, { status: 415 });
    const [caller, id] = [identifyCaller(c), c.req.param('id')];
    // Before the body is read: a session that is gone needs none.
    sessions.get(caller.queueKey, id);
    const { value, digest, key } = await readJsonBody(c, cellReader, rulesOf(c, options), options);
    const named = { caller, key: key && `session ${id} ${key}`, digest };
    return respondExecution(
      c,
      named,
      ({ onProgress, ...own }) => {
        const given: CellOptions = { ...own, onResult: onProgress };
        return sessions.execute(caller.queueKey, id, value, given);
      },
      options,
    );
  });

  app.get('/sessions/:id/files/:path{.+}', async (c) => {
    const path = readPath(c.req.param('path'));
    const file = await sessions.readFile(ownerOf(c), c.req.param('id'), path);
    await c.get('hold')?.take(file.bytes.length, c.get('disconnect'));
    // Script-made content in the service's own origin: a browser must neither show nor run it.
    c.header('Content-Security-Policy', filePolicy);
    c.header('Content-Disposition', 'attachment');
    return c.body(file.bytes, 200, { 'Content-Type': file.media_type });
  });

  app.put('/sessions/:id/files/:path{.+}', async (c) => {
    const [owner, id, path] = [ownerOf(c), c.req.param('id'), readPath(c.req.param('path'))];
    sessions.get(owner, id);
    const bytes = await readBody(c, options.caps.bodyBytes);
    await sessions.writeFile(owner, id, { path, bytes });
    return respond(c, { path, size: bytes.length });
  });
}

function rulesOf(c: Context<AppEnv>, { limitPolicy, caps }: SessionRouteOptions) {
  return {
    policy: narrowPolicy(limitPolicy, identifyCaller(c).ceilings),
    scriptBytes: caps.scriptBytes,
  };
}

/** Reads a body of JSON, and the key that makes a repeated one the same. */
async function readJsonBody<T, Rules>(
  c: Context<AppEnv>,
  reader: BodyReader<T, Rules>,
  rules: Rules,
  { caps, bodyThread }: SessionRouteOptions,
): Promise<{ readonly value: T; readonly digest: string; readonly key: string | undefined }> {
  const key = readIdempotencyKey(c.req.header('idempotency-key'));
  const body = await readBody(c, caps.bodyBytes);
  const digest = key === undefined ? '' : await digestBytes(body, 'base64');
  const value = isSmallBody(body)
    ? reader.read(body, rules)
    : await bodyThread.read(reader, body, rules, askingOf(c));
  return { value, digest, key };
}

/** @throws Refusal `invalid_input` */
function readPath(path: string): string {
  const complaint = complainAboutPath(path);
  if (complaint === undefined) return path;
  throw new Refusal('invalid_input', `The path ${quote(path)} ${complaint}.`);
}

const respond = (c: Context<AppEnv>, body: unknown, status: 200 | 201 = 200): Response =>
  c.body(JSON.stringify(body), status, { 'Content-Type': jsonType });
