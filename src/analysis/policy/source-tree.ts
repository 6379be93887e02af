import type { Tree } from 'web-tree-sitter';
import { checkClock, type Clock } from '../clock.ts';
import { normalizeName } from '../source-text.ts';

/**
 * A named node of the grammar's tree as plain data, so that reading it repeatedly needs no calls into WebAssembly.
 */
export interface SourceNode {
  readonly type: string;
  /** Field of the parent, where the grammar names one. */
  readonly field: string | undefined;
  /** In UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly parent: SourceNode | undefined;
  readonly children: SourceNode[];
}

export interface SourceTree {
  readonly text: string;
  /** Every node in source order, parents before their children. */
  readonly nodes: readonly SourceNode[];
  readonly root: SourceNode;
  /** Error nodes of the grammar, and nodes that it inserted. */
  readonly faults: readonly SourceNode[];
}

/** Nodes between two looks at the clock. */
const STRIDE = 64;

/**
 * Copies a tree without recursion, so that hostile nesting costs time but no stack.
 * @throws OutOfTime
 */
export function copyTree(tree: Tree, text: string, isOver: Clock): SourceTree {
  const nodes: SourceNode[] = [];
  const faults: SourceNode[] = [];
  const cursor = tree.walk();
  try {
    let parent: SourceNode | undefined;
    for (let step = 1; ; step++) {
      if (step % STRIDE === 0) checkClock(isOver);
      const isMissing = cursor.nodeIsMissing;
      let node = parent;
      if (cursor.nodeIsNamed || isMissing) {
        node = {
          type: cursor.nodeType,
          field: cursor.currentFieldName ?? undefined,
          start: cursor.startIndex,
          end: cursor.endIndex,
          parent,
          children: [],
        };
        parent?.children.push(node);
        nodes.push(node);
        if (isMissing || node.type === 'ERROR') faults.push(node);
        if (cursor.gotoFirstChild()) {
          parent = node;
          continue;
        }
      }
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent() || parent === undefined) return finish(nodes, faults, text);
        parent = parent.parent;
      }
      if (parent === undefined) return finish(nodes, faults, text);
    }
  } finally {
    cursor.delete();
  }
}

function finish(nodes: readonly SourceNode[], faults: readonly SourceNode[], text: string): SourceTree {
  const [root] = nodes;
  if (root === undefined) throw new Error('a tree has a root');
  return { text, nodes, root, faults };
}

export function childOf(node: SourceNode, field: string): SourceNode | undefined {
  return node.children.find((child) => child.field === field);
}

/** Returns an identifier, or names joined by dots, as CPython compares them. */
export function nameOf(node: SourceNode, text: string): string {
  if (node.type !== 'dotted_name') return normalizeName(text.slice(node.start, node.end));
  return node.children.map((part) => nameOf(part, text)).join('.');
}

/** Removes brackets that only group. */
export function unwrap(node: SourceNode): SourceNode {
  let inner = node;
  while (inner.type === 'parenthesized_expression') {
    const value = inner.children.find(({ type }) => type !== 'comment');
    if (value === undefined) break;
    inner = value;
  }
  return inner;
}

/** Returns the positional arguments of a call, up to the first that is unpacked. */
export function listArguments(call: SourceNode): readonly SourceNode[] {
  const list = childOf(call, 'arguments');
  const all = list?.children.filter(({ type }) => type !== 'comment') ?? [];
  const end = all.findIndex(({ type }) => type === 'list_splat' || type === 'keyword_argument');
  return end < 0 ? all : all.slice(0, end);
}
