import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { allFaults } from './catalogue/all-faults.ts';
import { formatFindings, writePage } from './report.ts';
import { runFaults, type Finding } from './run-fault.ts';

const usage = `./scripts/faults [OPTIONS]: breaks what a service stands on, in every way that is listed, and looks at what it answers and leaves.
  --only TEXT    those whose name has this text
  --list         their names
  --json FILE    write what was found, as JSON
  --write        write docs/faults.md`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const tell = ({ name, seen, readyMs, faults, leftOut }: Finding): void => {
  const how = leftOut ?? (faults.length === 0 ? 'borne' : `FAULT: ${faults.join('; ')}`);
  console.error(`${name}: ${how} ${JSON.stringify(seen)} ${readyMs?.toFixed(0) ?? ''}`);
};

const chosen = allFaults.filter(({ name }) => name.includes(values.only));
if (values.help) console.log(usage);
else if (values.list) console.log(chosen.map(({ name }) => name).join('\n'));
else {
  const findings = await runFaults(chosen, tell);
  console.log(formatFindings(findings));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(findings, undefined, 2)}\n`);
  if (values.write) writePage(findings);
  process.exitCode = findings.some(({ faults }) => faults.length > 0) ? 1 : 0;
}
