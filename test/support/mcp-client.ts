import { Client, StreamableHTTPClientTransport, type CallToolResult } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.ts';

/** The two revisions that clients in use speak: with a handshake (2025), and without (2026). */
export const eras = ['legacy', 'auto'] as const;
export type Era = (typeof eras)[number];

export interface McpClient extends AsyncDisposable {
  readonly client: Client;
  /** Calls a tool; gives its answer, what its first text says, and whether it is a failure. */
  call(name: string, args?: Record<string, unknown>, signal?: AbortSignal): Promise<ToolAnswer>;
}

export interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
  /** The text's JSON. */
  readonly said: Record<string, unknown>;
  readonly content: CallToolResult['content'];
}

/** The official client, over streamable HTTP. */
export const connectHttp = (url: string, era: Era): Promise<McpClient> =>
  connect(new StreamableHTTPClientTransport(new URL('/mcp', url)), era);

/** The official client, which starts `brig mcp` and speaks to it on its standard input and output. */
export const connectStdio = (era: Era, env: Record<string, string> = {}): Promise<McpClient> =>
  connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [join(packageRoot, 'src/cli/main.ts'), 'mcp'],
      env: { ...definedVariables(), BRIG_MAX_WARM_JAILS: '1', BRIG_LOG_LEVEL: 'silent', ...env },
    }),
    era,
  );

function definedVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

async function connect(transport: Parameters<Client['connect']>[0], era: Era): Promise<McpClient> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: era } });
  await client.connect(transport);
  return {
    client,
    call: async (name, args = {}, signal) => {
      const { content, isError = false } = await client.callTool(
        { name, arguments: args },
        signal === undefined ? {} : { signal },
      );
      const [first] = content;
      const text = first?.type === 'text' ? first.text : '';
      return { isError, text, said: JSON.parse(text) as Record<string, unknown>, content };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
