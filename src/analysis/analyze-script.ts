import type { Parser, Tree } from 'web-tree-sitter';
import type { Analysis } from './analysis.ts';
import { mayBind, mayImportBindings, mayReachNamespace } from './judge-word.ts';
import { checkClock, type Clock } from './clock.ts';
import { isDynamicName } from './dynamic-names.ts';
import { readModuleLevel, type ModuleLevel } from './module-level.ts';
import { parseWithin } from './parse-within.ts';
import { findWords, isDoubtfulText, normalizeName } from './source-text.ts';

/** Maximum number of words that are looked up in the tree; each lookup walks down from its root. */
const MAX_LOOKUPS = 500;

/**
 * Analyses a script, prepared by `normalizeSource`, on this thread. The parser can be reused, also after a failure.
 * @throws OutOfTime when the clock runs out.
 */
export function analyzeScript(parser: Parser, text: string, wanted: string, isOver: Clock): Analysis {
  const tree = parseWithin(parser, text, isOver);
  try {
    return analyzeTree(tree, text, wanted, isOver);
  } finally {
    tree.delete();
  }
}

/**
 * Analyses a text that is parsed already.
 * @throws OutOfTime
 */
export function analyzeTree(tree: Tree, text: string, wanted: string, isOver: Clock): Analysis {
  const module = readModuleLevel(tree, normalizeName(wanted), isOver);
  const defines = decide({ tree, text, wanted, module, isOver });
  return { functions: module.functions, defines, complete: !module.isCut };
}

interface Evidence {
  readonly tree: Tree;
  readonly text: string;
  readonly wanted: string;
  readonly module: ModuleLevel;
  readonly isOver: Clock;
}

function decide(evidence: Evidence): Analysis['defines'] {
  const { tree, text, wanted, module } = evidence;
  if (tree.rootNode.hasError || module.isDoubtful) return 'maybe';
  if (isDoubtfulText(text)) return 'maybe';
  if (module.endOfWanted !== undefined) {
    // A name in another spelling is found by some lookups and not by others.
    if (wanted !== normalizeName(wanted)) return 'maybe';
    return isChanged(evidence, module.endOfWanted, false) ? 'maybe' : 'yes';
  }
  // Modules have dunder names of their own, and classes prefix their private names.
  if (wanted.includes('__')) return 'maybe';
  return isChanged(evidence, 0, true) ? 'maybe' : 'no';
}

/**
 * True when something from this offset on may bind the wanted name: by writing it, or with `anyWay` by any other
 * means.
 * @throws OutOfTime
 */
function isChanged({ tree, text, wanted, isOver }: Evidence, from: number, anyWay: boolean): boolean {
  const name = normalizeName(wanted);
  const root = tree.rootNode;
  const isOfInterest = (word: string): boolean =>
    word === name || (anyWay && (word === 'import' || isDynamicName(word)));
  let lookups = 0;
  for (const word of findWords(text, isOfInterest)) {
    if (word.index < from) continue;
    checkClock(isOver);
    const leaf = root.descendantForIndex(word.index);
    if (++lookups > MAX_LOOKUPS || leaf === null) return true;
    if (word.name === name && mayBind(leaf)) return true;
    if (!anyWay) continue;
    if (word.name === 'import' ? mayImportBindings(leaf) : mayReachNamespace(leaf, word.name)) return true;
  }
  return false;
}
