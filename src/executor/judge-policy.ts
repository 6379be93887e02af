import { setImmediate as pause } from 'node:timers/promises';
import type { Analyzer, Asking } from '../analysis/analyzer.ts';
import {
  MOST_FINDINGS,
  type EffectivePolicy,
  type PolicyFinding,
  type PolicyFindings,
  type PolicyReport,
} from '../core/policy/policy.ts';
import type { ExecutionPlan } from '../core/plan.ts';
import type { InputFile } from '../core/request.ts';

/** Files that are analysed; what lies beyond is reported as not analysed. */
const MOST_FILES = 100;

/** Source text, by its name. */
const isSource = ({ path }: InputFile): boolean => /\.pyw?$/i.test(path);
/** What CPython imports as well, and no text says what it does. */
const isCompiled = ({ path }: InputFile): boolean => /\.(pyc|pyd|so)$/i.test(path);

/**
 * What the policy finds in a script and in the modules that come with it, which share what time there is for one.
 * @throws Refusal `overloaded` where others keep the analysis busy; the signal's reason, when it is aborted.
 */
export async function judgePolicy(
  analyzer: Analyzer,
  { script, workspace: { files } }: Pick<ExecutionPlan, 'script' | 'workspace'>,
  policy: EffectivePolicy,
  who: Pick<Asking, 'caller' | 'signal'>,
): Promise<PolicyReport> {
  const asking = { ...who, purse: analyzer.openPurse() };
  const own = await analyzer.analysePolicy(script, policy, asking);
  const findings = [...own.findings];
  let { total } = own;
  let analysed = 0;
  for (const file of files) {
    if (!isSource(file) && !isCompiled(file)) continue;
    analysed += 1;
    // Each may take a few milliseconds of the event loop.
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

/** A declaration in one of the first two lines makes CPython read other text than the bytes show (PEP 263). */
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
