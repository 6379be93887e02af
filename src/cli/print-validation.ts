import type { Finding, Validation } from '../core/contract/validation-report.ts';
import type { Outcome } from '../core/contract/outcome.ts';
import { withOptions } from './name-options.ts';
import { printFailure, printSuggestions } from './print-failure.ts';

/** Prints a preflight: the entry point and imports on standard output, findings on standard error. */
export function printValidation(outcome: Outcome, { entry_point, imports, findings }: Validation): void {
  if (entry_point?.signature !== undefined)
    process.stdout.write(`${entry_point.async === true ? 'async ' : ''}def ${entry_point.signature}\n`);
  for (const entry of imports) process.stdout.write(`import ${entry.module}: ${nameSource(entry)}\n`);
  if (outcome.success) printSuggestions(outcome.suggestions ?? [], process.stderr);
  else printFailure(withOptions(outcome), process.stderr);
  const first = findings.find(({ severity }) => severity === 'error');
  for (const finding of findings) if (finding !== first) printFinding(finding);
}

function nameSource({ available, source, package: name, version }: Validation['imports'][number]): string {
  if (available === false) return 'missing';
  if (available === null) return 'only a run can tell';
  return name === undefined
    ? (source ?? 'available').replace('_', ' ')
    : `package ${name} ${version ?? ''}`.trim();
}

function printFinding({ severity, error, error_type: type, message, location }: Finding): void {
  const where = location === undefined ? '' : ` at line ${location.line}`;
  process.stderr.write(
    `${severity}: ${error}${type === undefined ? '' : ` (${type})`}${where}: ${message}\n`,
  );
}
