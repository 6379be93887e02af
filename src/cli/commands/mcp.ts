import type { Command } from 'commander';
import { parseConfig, toLimitPolicy } from '../../config.ts';
import { readRequest } from '../../core/validation/read-request.ts';
import { createLogger, logEvents } from '../../observability/log.ts';
import { version } from '../../version.ts';
import { watchInterruption } from '../interruption.ts';
import { readEnvironment } from '../dotenv.ts';
import { openTrialService } from '../open-service.ts';

export function addMcpCommand(program: Command): void {
  program
    .command('mcp')
    .description('offer the executor as MCP tools on standard input and output, for an agent on this machine')
    .action(async () => {
      process.exitCode = await serveMcp();
    });
}

/** Serves until the client closes its end, or a signal comes. Standard output carries the protocol only. */
async function serveMcp(): Promise<number> {
  // Imported here, so that other commands start without it.
  const { serveStdio, StdioServerTransport } = await import('@modelcontextprotocol/server/stdio');
  const { createMcpServerFactory } = await import('../../mcp/create-mcp-server.ts');
  const interruption = watchInterruption();
  const ended = Promise.withResolvers<void>();
  interruption.signal.addEventListener('abort', () => ended.resolve(), { once: true });
  const env = readEnvironment();
  const logger = await createLogger({ level: parseConfig(env).logLevel, format: 'json' });
  const { config, service } = await openTrialService(env, { onEvent: logEvents(logger) });
  const limitPolicy = toLimitPolicy(config);
  const rules = { policy: limitPolicy, scriptBytes: config.maxScriptBytes };
  const transport = new StdioServerTransport();
  process.stdin.once('end', () => ended.resolve());
  process.stdin.once('close', () => ended.resolve());
  const handle = serveStdio(
    createMcpServerFactory({
      executor: service,
      environments: service.environments,
      version,
      limitPolicy,
      readRequest: (json) => readRequest(json, rules),
      onFault: (id, error) => logger.error({ incident: id, err: error }, 'internal error'),
    }),
    { transport, onerror: (error) => logger.warn({ err: error }, 'protocol error') },
  );
  await ended.promise;
  await handle.close();
  await service.close();
  return interruption.status ?? 0;
}
