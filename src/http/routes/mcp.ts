import type { Context, Hono } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import { narrowPolicy } from '../../core/contract/limits.ts';
import { nestsDeeper } from '../../core/validation/member-texts.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { viewerOf } from '../../core/contract/viewer.ts';
import type { AppEnv } from '../app-env.ts';
import { holdsTooMuch } from '../body-messages.ts';
import { countParts, isSmallBody } from '../body-size.ts';
import { identifyCaller, orderOf } from '../caller.ts';
import { complainAboutMediaType, readBody } from '../read-body.ts';
import { requestReader } from '../body-readers.ts';
import { respondRefusal } from '../respond-refusal.ts';
import { labelRequest } from '../watch-request.ts';
import type { EnvironmentRouteOptions } from './environments.ts';
import type { ExecuteRouteOptions } from './execute.ts';

export type McpRouteOptions = ExecuteRouteOptions & {
  readonly version: string;
  readonly environments: EnvironmentRouteOptions;
};

/**
 * Largest body in bytes: room for the largest script with every character escaped. Larger files need `POST /execute`.
 */
const MOST_BYTES = 2 * 1024 * 1024;
/** Deepest nesting of a message; a deeper one is an attack on the parser. */
const MOST_LEVELS = 500;

/**
 * Maximum number of parts of all messages of a body: the protocol's reader and Brig's look at each, on the event
 * loop.
 */
const MOST_PARTS = 5000;
/** Maximum number of messages of one body, which run at the same time. Current clients send one. */
const MOST_MESSAGES = 10;

/** Imports the protocol on first use: it takes about 14 MiB, and most services never need it. */
async function loadProtocol() {
  const [sdk, own] = await Promise.all([
    import('@modelcontextprotocol/server'),
    import('../../mcp/create-mcp-server.ts'),
  ]);
  return { ...sdk, ...own };
}

/**
 * Routes `POST /mcp`: offers the executor as tools of the Model Context Protocol, over streamable HTTP without
 * sessions.
 */
export function routeMcp(app: Hono<AppEnv>, options: McpRouteOptions): void {
  const { executor, limitPolicy, caps, version, bodyThread, onIncident } = options;
  app.post('/mcp', async (c) => {
    const { createMcpHandler, createMcpServerFactory } = await loadProtocol();
    const unread = complainAboutMediaType(c);
    if (unread !== undefined) return respondRefusal(c, unread, { status: 415 });
    const body = parse(await readBody(c, Math.min(MOST_BYTES, caps.bodyBytes)));
    if (body === undefined) return answerUnparsed(c);
    if (Array.isArray(body.value) && body.value.length > MOST_MESSAGES) {
      throw new Refusal('invalid_input', `A batch has at most ${MOST_MESSAGES} messages.`);
    }
    const caller = identifyCaller(c);
    const policy = narrowPolicy(limitPolicy, caller.ceilings);
    const rules = { policy, scriptBytes: caps.scriptBytes };
    const handler = createMcpHandler(
      createMcpServerFactory({
        executor,
        environments: options.environments.environments.as(viewerOf(caller)),
        version,
        limitPolicy: policy,
        // The answer holds its files as text, besides the outcome's own bytes.
        order: { ...orderOf(c), caller: { ...caller, owe: (bytes) => caller.owe?.(3 * bytes) } },
        readRequest: (json, signal) => {
          const own = new TextEncoder().encode(json);
          if (isSmallBody(own)) return requestReader.read(own, rules);
          return bodyThread.read(requestReader, own, rules, { queueKey: caller.queueKey, signal });
        },
        onFault: (id, error) => onIncident({ id, error, request: labelRequest(c) }),
      }),
    );
    const { url, method, headers } = c.req.raw;
    // Reading the body has replaced the request, so the signal is that of the caller's connection.
    const request = new Request(url, { method, headers, signal: c.get('disconnect') });
    return passOn(c, await handler.fetch(request, { parsedBody: body.value }));
  });
}

/** Adds the headers of every answer. */
const passOn = (c: Context<AppEnv>, { body, status, headers }: Response): Response =>
  c.newResponse(body, { status: status as StatusCode, headers: Object.fromEntries(headers) });

/** Parses a body; returns undefined when it is malformed. @throws Refusal when parsing would delay others. */
function parse(bytes: Uint8Array<ArrayBuffer>): { readonly value: unknown } | undefined {
  const text = new TextDecoder().decode(bytes);
  if (nestsDeeper(text, MOST_LEVELS)) return undefined;
  if (countParts(bytes) > MOST_PARTS) throw holdsTooMuch();
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** JSON-RPC 2.0, section 5.1. */
const PARSE_ERROR = -32_700;

const answerUnparsed = (c: Context<AppEnv>): Response =>
  c.json(
    {
      jsonrpc: '2.0',
      id: null,
      error: { code: PARSE_ERROR, message: 'The body is not JSON.' },
    },
    400,
  );
