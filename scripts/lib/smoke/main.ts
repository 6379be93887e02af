import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { foreignRequests } from './foreign-requests.ts';
import { ownRequests } from './own-requests.ts';
import { sendAll, type SmokeResult } from './send.ts';

/*
 * Sends a request to every route of a service, its dialects included, and reports what it answers. It leaves nothing
 * behind but one job that ended. Exit status 1 where an answer is wrong.
 */

interface Options {
  readonly key?: string;
  readonly report?: string;
}

const program = new Command('smoke')
  .description('asks every route of a service, and reports what it answers')
  .argument('<base-url>', 'URL of the service: http://127.0.0.1:8080')
  .option('--key <key>', 'API key, instead of BRIG_API_KEY')
  .option('--report <file>', 'write the report as JSON, too')
  .parse();

const [given = ''] = program.args;
const { key = process.env['BRIG_API_KEY'], report } = program.opts<Options>();
if (!URL.canParse(given) || !/^https?:/.test(given)) {
  process.stderr.write(`smoke: ${given} is no URL of a service, such as http://127.0.0.1:8080.\n`);
  process.exit(2);
}

const results: SmokeResult[] = [];
for await (const result of sendAll({ base: given.replace(/\/$/, ''), key }, [
  ...ownRequests,
  ...foreignRequests,
])) {
  results.push(result);
  const { verdict, request, path, milliseconds, because } = result;
  const method = request.route.slice(0, request.route.indexOf(' '));
  const reason = because === '' ? '' : `: ${because}`;
  console.log(
    `${verdict.padEnd(6)} ${method.padEnd(6)} ${path}  ${request.shows}${reason} (${Math.round(milliseconds)} ms)`,
  );
}

const count = (verdict: SmokeResult['verdict']): number =>
  results.filter((result) => result.verdict === verdict).length;
console.log(`${count('ok')} ok, ${count('off')} off, ${count('failed')} failed`);
if (report !== undefined) {
  const rows = results.map(({ request: { door, route, shows }, path, ...rest }) => ({
    door,
    route,
    shows,
    path,
    ...rest,
  }));
  await writeFile(
    report,
    `${JSON.stringify({ service: given, at: new Date().toISOString(), results: rows }, null, 2)}\n`,
  );
}
process.exitCode = count('failed') === 0 ? 0 : 1;
