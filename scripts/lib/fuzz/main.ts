import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../../src/paths.ts';
import { startCoverage } from './coverage.ts';
import { keepInput, readCorpus, runTarget } from './run-target.ts';
import { targets } from './targets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
    keep: { type: 'boolean', default: false },
  },
});
const unknown = positionals.find((name) => targets.every((target) => target.name !== name));
if (unknown !== undefined) {
  console.error(`There is no target ${unknown}. Targets: ${targets.map(({ name }) => name).join(', ')}.`);
  process.exit(64);
}
const chosen = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
const sources = new URL('src/', pathToFileURL(packageRoot)).href;
console.log(`seed ${seed}`);
for (const target of chosen) {
  const coverage = await startCoverage((url) => url.startsWith(sources));
  const start = performance.now();
  const report = await runTarget(target, readCorpus(target), {
    ...{ seed, seconds, executions: Infinity, coverage },
  });
  coverage.stop();
  const took = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${target.name}: ${report.executions} inputs in ${took} s, ${report.found.length} new ones, ${report.ranges} ranges reached, ${report.failures.length} failures`,
  );
  for (const { input, message } of report.failures) {
    console.log(
      `  ${keepInput(target.name, input, 'failure-')}\n    ${message.split('\n').slice(0, 4).join('\n    ')}`,
    );
    process.exitCode = 1;
  }
  // Long ones would fill the repository; what they reach, shorter ones reach after a while.
  if (values.keep) for (const input of report.found) if (input.length <= 2048) keepInput(target.name, input);
}
