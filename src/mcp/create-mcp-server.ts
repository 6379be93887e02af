import { randomUUID } from 'node:crypto';
import { McpServer, type CallToolResult, type McpServerFactory } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import type { LimitPolicy } from '../core/contract/limits.ts';
import { planRequest } from '../core/plan.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { ExecuteRequest } from '../core/contract/request.ts';
import { isRecord } from '../core/validation/is-record.ts';
import type { EnvironmentView } from '../environments/environments.ts';
import type { ExecuteOptions, Executor } from '../executor/executor.ts';
import { answerEnvironments } from './answer-environments.ts';
import { toRefusedResult, toToolResult } from './to-tool-result.ts';
import {
  checkScriptSchema,
  describeOnly,
  listEnvironmentsSchema,
  runCodeSchema,
  runPythonSchema,
} from './tool-schemas.ts';
import { instructions, tools, type ToolName } from './tools.ts';

export interface McpParts {
  readonly executor: Executor;
  /** Environments that the caller can see. */
  readonly environments: Pick<EnvironmentView, 'list' | 'answerImport'>;
  readonly version: string;
  /** Limits for the caller. */
  readonly limitPolicy: LimitPolicy;
  /** Caller of the tools, and the request that their log lines name. */
  readonly order?: Pick<ExecuteOptions, 'caller' | 'requestId' | 'traceparent'> | undefined;
  /** Parses a request from JSON, like `POST /execute`. @throws Refusal */
  readonly readRequest: (json: string, signal: AbortSignal) => ExecuteRequest | Promise<ExecuteRequest>;
  /** Called with a fault of Brig and the id that the caller was given. */
  readonly onFault: (id: string, error: unknown) => void;
}

type Arguments = Record<string, unknown>;
type Answer = (asked: Arguments, signal: AbortSignal) => Promise<CallToolResult>;

/**
 * Maximum bytes of output that a model reads without losing its task; longer streams are cut, head and tail kept.
 */
const OUTPUT_BYTES = 64 * 1024;

/**
 * Creates a factory of Model Context Protocol servers that offer the executor as tools, one for each HTTP request or
 * connection. https://modelcontextprotocol.io/specification
 */
export function createMcpServerFactory(parts: McpParts): McpServerFactory {
  return () => {
    const server = new McpServer({ name: 'brig', title: 'Brig', version: parts.version }, { instructions });
    const offer = (name: ToolName, schema: z.ZodType, answer: Answer): void => {
      const config = { ...tools[name], inputSchema: describeOnly(schema) };
      server.registerTool(name, config, (asked, { mcpReq }) =>
        answerSafely(() => answer(requireObject(asked), mcpReq.signal), mcpReq.signal, parts.onFault),
      );
    };
    const run = async (asked: Arguments, signal: AbortSignal): Promise<CallToolResult> => {
      const request = await parts.readRequest(JSON.stringify(asked), signal);
      const outcome = await parts.executor.execute(planRequest(request), { ...parts.order, signal });
      return toToolResult(outcome);
    };
    const withOutput = (asked: Arguments): Arguments => ({
      ...asked,
      limits: boundOutput(asked['limits'], parts.limitPolicy),
    });
    offer('run_python', runPythonSchema, (asked, signal) =>
      run({ ...withOutput(asked), runtime: 'python' }, signal),
    );
    offer('run_code', runCodeSchema, (asked, signal) =>
      run({ ...withOutput(requireRuntime(asked)), mode: 'script' }, signal),
    );
    offer('check_script', checkScriptSchema, (asked, signal) =>
      run({ ...asked, runtime: 'python', validate_only: true }, signal),
    );
    offer('list_environments', listEnvironmentsSchema, (asked) => answerEnvironments(asked, parts));
    return server;
  };
}

/**
 * Returns every mistake as an answer that a model can read; errors of the protocol are for messages that are no call
 * of a tool.
 */
async function answerSafely(
  answer: () => Promise<CallToolResult>,
  signal: AbortSignal,
  onFault: McpParts['onFault'],
): Promise<CallToolResult> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Refusal && error.category !== 'internal_error') return toRefusedResult(error);
    // Cancelled: nobody reads the answer.
    if (signal.aborted) throw error;
    const id = randomUUID();
    onFault(id, error);
    return toRefusedResult(
      new Refusal('internal_error', 'The service failed; the script may or may not have run.'),
      id,
    );
  }
}

function requireObject(asked: unknown): Arguments {
  if (asked === undefined) return {};
  if (isRecord(asked)) return asked;
  throw new Refusal('invalid_input', 'The arguments of a tool are a JSON object.');
}

function requireRuntime(asked: Arguments): Arguments {
  if (asked['runtime'] !== undefined) return asked;
  throw new Refusal('invalid_input', 'runtime is missing: it says what runs the script.', {
    suggestions: ['Name a runtime, such as "node"; list_environments tells which there are.'],
  });
}

/** Bounds the output. Leaves a value that is no object to the request's own validation. */
function boundOutput(limits: unknown, { defaults }: LimitPolicy): unknown {
  const output_bytes = Math.min(OUTPUT_BYTES, defaults.output_bytes);
  if (limits === undefined) return { output_bytes };
  return isRecord(limits) ? { output_bytes, ...limits } : limits;
}
