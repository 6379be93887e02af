import type { Finding, Validation } from '../core/preflight/validation.ts';
import type { Outcome } from '../core/outcome.ts';
import { printFailure } from './print-failure.ts';

/** What a preflight found: the entry point and the imports on standard output, what is wrong on standard error. */
export function printValidation(outcome: Outcome, { entry_point, imports, findings }: Validation): void {
  if (entry_point?.signature !== undefined)
    process.stdout.write(`${entry_point.async === true ? 'async ' : ''}def ${entry_point.signature}\n`);
  for (const { module, available, source, package: name, version } of imports) {
    const brought = name === undefined ? source : `${source} ${name} ${version ?? ''}`;
    process.stdout.write(
      `import ${module}: ${nameState(available)}${brought === undefined ? '' : `, ${brought}`}\n`,
    );
  }
  if (!outcome.success) printFailure(outcome, process.stderr);
  const first = findings.find(({ severity }) => severity === 'error');
  for (const finding of findings) if (finding !== first) printFinding(finding);
}

function nameState(available: boolean | null): string {
  if (available === null) return 'only a run can tell';
  return available ? 'available' : 'missing';
}

function printFinding({ severity, error, error_type: type, message, location }: Finding): void {
  const where = location === undefined ? '' : ` at line ${location.line}`;
  process.stderr.write(
    `${severity}: ${error}${type === undefined ? '' : ` (${type})`}${where}: ${message}\n`,
  );
}
