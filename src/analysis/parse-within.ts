import type { Parser, Tree } from 'web-tree-sitter';
import { OutOfTime, type Clock } from './clock.ts';

/**
 * Parses a text; the caller frees the tree with `delete()`. The parser can be used again, also after a failure.
 * @throws OutOfTime
 */
export function parseWithin(parser: Parser, text: string, isOver: Clock): Tree {
  const tree = parser.parse(text, null, { progressCallback: isOver });
  if (tree !== null) return tree;
  // Without it the next parse would go on with this text.
  parser.reset();
  throw new OutOfTime('out of time');
}
