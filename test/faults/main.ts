import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { allFaults } from './catalogue/all-faults.ts';
import { formatFindings, writePage } from './report.ts';
import { runFaults, type Finding } from './run-fault.ts';

const usage = `./scripts/faults [OPTIONS]: breaks what a service stands on, in every way that is listed, and looks at what it answers and leaves.
  --only TEXT    those whose name has this text
  --list         their names
  --json FILE    write what was found, as JSON
  --from FILE    such a file of an earlier run, for those that are not run now
  --write        write docs/faults.md`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    json: { type: 'string' },
    from: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const tell = ({ name, proof, seen, readyMs, faults, leftOut }: Finding): void => {
  const how = leftOut ?? (faults.length === 0 ? 'borne' : `FAULT: ${faults.join('; ')}`);
  console.error(`${name}: ${how} [${proof}] ${JSON.stringify(seen)} ${readyMs?.toFixed(0) ?? ''}`);
};

const chosen = allFaults.filter(({ name }) => name.includes(values.only));
if (values.help) console.log(usage);
else if (values.list) console.log(chosen.map(({ name }) => name).join('\n'));
else {
  const now = await runFaults(chosen, tell);
  const earlier =
    values.from === undefined ? [] : (JSON.parse(readFileSync(values.from, 'utf8')) as readonly Finding[]);
  const findings = allFaults.flatMap(
    ({ name }) => [...now, ...earlier].find((finding) => finding.name === name) ?? [],
  );
  console.log(formatFindings(findings));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(findings, undefined, 2)}\n`);
  if (values.write) writePage(findings);
  process.exitCode = findings.some(({ faults }) => faults.length > 0) ? 1 : 0;
}
