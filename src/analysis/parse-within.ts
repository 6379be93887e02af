import type { Parser, Tree } from 'web-tree-sitter';
import { OutOfTime, type Clock } from './clock.ts';

/**
 * Parses a text; the caller frees the tree with `delete()`. The parser can be reused, also after a failure.
 * @throws OutOfTime
 */
export function parseWithin(parser: Parser, text: string, isOver: Clock): Tree {
  const tree = parser.parse(text, null, { progressCallback: isOver });
  if (tree !== null) return tree;
  // Without a reset the next parse would continue this text.
  parser.reset();
  throw new OutOfTime('out of time');
}
