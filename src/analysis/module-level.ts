import type { Node, Tree, TreeCursor } from 'web-tree-sitter';
import { MAX_FUNCTIONS, type FunctionInfo } from './analysis.ts';
import { checkClock, type Clock } from './clock.ts';
import { describeFunction, describeLambdas } from './function-info.ts';

/** Functions at module level, and whether every statement there is valid. */
export interface ModuleLevel {
  readonly functions: readonly FunctionInfo[];
  /** True when there are more functions than are listed. */
  readonly isCut: boolean;
  /** UTF-16 offset after the last function of the wanted name; undefined when there is none. */
  readonly endOfWanted: number | undefined;
  /** True when a statement is valid at module level for the grammar but not for CPython. */
  readonly isDoubtful: boolean;
}

/** Statements whose blocks belong to the module's scope, and the nodes that hold those blocks. */
const CONDITIONS = new Set([
  'if_statement',
  'elif_clause',
  'else_clause',
  'for_statement',
  'while_statement',
  'try_statement',
  'except_clause',
  'finally_clause',
  'with_statement',
  'match_statement',
  'case_clause',
]);
const CONTAINERS = new Set([...CONDITIONS, 'module', 'block', 'decorated_definition']);
const MISPLACED = new Set(['return_statement', 'nonlocal_statement', 'print_statement', 'exec_statement']);

/** Nodes between two looks at the clock. */
const STRIDE = 64;

/**
 * Walks the statements of the module's scope without recursion, so that hostile nesting costs time but no stack.
 * @throws OutOfTime
 */
export function readModuleLevel(tree: Tree, wanted: string, isOver: Clock): ModuleLevel {
  const functions: FunctionInfo[] = [];
  let count = 0;
  let isDoubtful = false;
  let endOfWanted: number | undefined;
  const add = (node: Node, found: readonly FunctionInfo[]): void => {
    count += found.length;
    functions.push(...found.slice(0, MAX_FUNCTIONS - functions.length));
    if (found.some(({ name }) => name === wanted)) endOfWanted = node.endIndex;
  };
  const cursor = tree.walk();
  try {
    /** Count of conditions among the cursor's ancestors, and whether its parent is a decorated definition. */
    let conditions = 0;
    let isDecorated = false;
    for (let step = 1; ; step++) {
      if (step % STRIDE === 0) checkClock(isOver);
      const type = cursor.nodeType;
      if (MISPLACED.has(type)) isDoubtful = true;
      const where = { conditional: conditions > 0, decorated: isDecorated };
      if (type === 'function_definition') {
        const node = cursor.currentNode;
        add(node, describeFunction(node, where));
      } else if (type === 'expression_statement') {
        const node = cursor.currentNode;
        add(node, describeLambdas(node, where));
      }
      if (CONTAINERS.has(type) && cursor.gotoFirstChild()) {
        if (CONDITIONS.has(type)) conditions++;
        isDecorated = type === 'decorated_definition';
        continue;
      }
      const left = leave(cursor);
      if (left === undefined) break;
      conditions -= left.conditions;
      // Comments may come between a decorator and its definition.
      if (left.levels > 0) isDecorated = false;
    }
  } finally {
    cursor.delete();
  }
  return { functions, isCut: count > functions.length, endOfWanted, isDoubtful };
}

/** Moves to the next node outside this one; returns what that left, or undefined at the end of the tree. */
function leave(cursor: TreeCursor): { levels: number; conditions: number } | undefined {
  let levels = 0;
  let conditions = 0;
  while (!cursor.gotoNextSibling()) {
    if (!cursor.gotoParent()) return undefined;
    levels++;
    if (CONDITIONS.has(cursor.nodeType)) conditions++;
  }
  return { levels, conditions };
}
