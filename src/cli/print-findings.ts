import type { PolicyFindings } from '../core/contract/policy/policy.ts';

/** Prints findings for a person, one per line, as compilers do. */
export function printFindings(
  { findings, total }: PolicyFindings,
  stream: NodeJS.WriteStream,
  script = 'script',
): void {
  for (const { file = script, line, column, rule, reason } of findings)
    stream.write(`${file}:${line}:${column}: ${rule}: ${reason}\n`);
  if (total > findings.length) stream.write(`and ${total - findings.length} more\n`);
}
