import { setImmediate as pause } from 'node:timers/promises';
import type { Analyzer, Asking } from '../analysis/analyzer.ts';
import {
  MOST_FINDINGS,
  type EffectivePolicy,
  type PolicyFinding,
  type PolicyFindings,
  type PolicyReport,
} from '../core/contract/policy/policy.ts';
import type { ExecutionPlan } from '../core/plan.ts';
import type { InputFile } from '../core/contract/request.ts';

/** Maximum number of files that are analysed; the rest is reported as not analysed. */
const MOST_FILES = 100;

/** True for names of Python source text. */
const isSource = ({ path }: InputFile): boolean => /\.pyw?$/i.test(path);
/** True for names of compiled modules, which CPython imports too and no text describes. */
const isCompiled = ({ path }: InputFile): boolean => /\.(pyc|pyd|so)$/i.test(path);

/**
 * Returns the policy's findings in a script and the modules that come with it, all within the time allowed for one
 * script.
 * @throws Refusal `overloaded` when others keep the analysis busy; otherwise the reason of the aborted signal.
 */
export async function judgePolicy(
  analyzer: Analyzer,
  { script, workspace: { files } }: Pick<ExecutionPlan, 'script' | 'workspace'>,
  policy: EffectivePolicy,
  who: Pick<Asking, 'queueKey' | 'signal'>,
): Promise<PolicyReport> {
  const asking = { ...who, purse: analyzer.openPurse() };
  const own = await analyzer.analysePolicy(script, policy, asking);
  const findings = [...own.findings];
  let { total } = own;
  let analysed = 0;
  for (const file of files) {
    if (!isSource(file) && !isCompiled(file)) continue;
    analysed += 1;
    // Pauses, because each file may hold the event loop for a few milliseconds.
    if (analysed <= MOST_FILES) await pause();
    const found =
      analysed > MOST_FILES ? only('not_analysed', tooMany) : await judgeFile(analyzer, file, policy, asking);
    total += found.total;
    findings.push(...found.findings.map((finding) => ({ ...finding, file: file.path })));
  }
  return { mode: policy.mode, findings: findings.slice(0, MOST_FINDINGS), total };
}

const tooMany = `Only the first ${MOST_FILES} modules of a request are analysed.`;

async function judgeFile(
  analyzer: Analyzer,
  file: InputFile,
  policy: EffectivePolicy,
  asking: Asking,
): Promise<PolicyFindings> {
  if (isCompiled(file)) return only('unreadable_source', 'A compiled module cannot be read.');
  const text = decode(file.bytes);
  if (text === undefined)
    return only('unreadable_source', 'A module in another encoding than UTF-8 cannot be read.');
  return analyzer.analysePolicy(text, policy, asking);
}

function only(rule: PolicyFinding['rule'], reason: string): PolicyFindings {
  return { findings: [{ rule, kind: 'source', name: 'source', line: 1, column: 1, reason }], total: 1 };
}

/**
 * Encoding declaration in one of the first two lines: with it, CPython reads other text than the bytes show (PEP
 * 263).
 */
const declaration = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;

function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const declared = text
      .split(/\r\n?|\n/, 2)
      .map((line) => declaration.exec(line)?.[1]?.toLowerCase().replaceAll('_', '-'))
      .find((name) => name !== undefined);
    return declared === undefined || /^(utf-?8(-sig)?|ascii|us-ascii)$/.test(declared) ? text : undefined;
  } catch {
    return undefined;
  }
}
