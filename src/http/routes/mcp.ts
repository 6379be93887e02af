import type { Context, Hono } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import { narrowPolicy } from '../../core/limits.ts';
import { nestsDeeper } from '../../core/validation/member-texts.ts';
import { Refusal } from '../../core/refusal.ts';
import { viewerOf } from '../../core/viewer.ts';
import type { AppEnv } from '../app-env.ts';
import { holdsTooMuch } from '../body-messages.ts';
import { countParts, isSmallBody } from '../body-size.ts';
import { identifyCaller } from '../caller.ts';
import { complainAboutMediaType, readBody } from '../read-body.ts';
import { requestReader } from '../readers.ts';
import { respondRefusal } from '../respond-refusal.ts';
import { labelRequest } from '../watch-request.ts';
import type { EnvironmentRouteOptions } from './environments.ts';
import type { ExecuteRouteOptions } from './execute.ts';

export type McpRouteOptions = ExecuteRouteOptions & {
  readonly version: string;
  readonly environments: EnvironmentRouteOptions;
};

/** Room for the largest script with every character escaped; larger files go through `POST /execute`. */
const MOST_BYTES = 2 * 1024 * 1024;
/** A message of the protocol that nests deeper is an attack on whoever parses it. */
const MOST_LEVELS = 500;

/** Parts of all messages of a body: the protocol's own reader and ours both look at each, on the event loop. */
const MOST_PARTS = 5000;
/** Messages of one body, which are carried out at the same time. Clients of today send one. */
const MOST_MESSAGES = 10;

/** Most services hear of no agent: what speaks the protocol takes some 14 MiB, and is loaded when it is asked for. */
async function loadProtocol() {
  const [sdk, own] = await Promise.all([
    import('@modelcontextprotocol/server'),
    import('../../mcp/create-mcp-server.ts'),
  ]);
  return { ...sdk, ...own };
}

/** `POST /mcp`: the executor as tools of the Model Context Protocol, over streamable HTTP without sessions. */
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
        // The answer holds its files as text, beside the outcome's own bytes.
        caller: { ...caller, owe: (bytes) => caller.owe?.(3 * bytes) },
        readRequest: (json, signal) => {
          const own = new TextEncoder().encode(json);
          if (isSmallBody(own)) return requestReader.read(own, rules);
          return bodyThread.read(requestReader, own, rules, { caller: caller.line, signal });
        },
        onFault: (id, error) => onIncident({ id, error, request: labelRequest(c) }),
      }),
    );
    const { url, method, headers } = c.req.raw;
    // Reading the body has replaced the request: this one ends with the caller's connection.
    const request = new Request(url, { method, headers, signal: c.get('disconnect') });
    return passOn(c, await handler.fetch(request, { parsedBody: body.value }));
  });
}

/** With the headers that every answer has. */
const passOn = (c: Context<AppEnv>, { body, status, headers }: Response): Response =>
  c.newResponse(body, { status: status as StatusCode, headers: Object.fromEntries(headers) });

/** @throws Refusal where reading it would hold up others. */
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
