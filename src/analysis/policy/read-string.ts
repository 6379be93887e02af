import { unwrap, type SourceNode } from './source-tree.ts';

/** Maximum number of pieces of one string that are joined; a longer list is no name. */
const MOST_PIECES = 64;

const SIMPLE: Readonly<Record<string, string>> = {
  '\\n': '\n',
  '\\t': '\t',
  '\\r': '\r',
  '\\\\': '\\',
  "\\'": "'",
  '\\"': '"',
  '\\\n': '',
};

/** Returns the value of a string literal, joined if it has pieces; undefined when it is computed. */
export function readString(node: SourceNode, text: string): string | undefined {
  let value = '';
  const rest = [node];
  for (let count = 0; rest.length > 0; count++) {
    const top = rest.pop();
    if (top === undefined || count > MOST_PIECES) return undefined;
    const piece = unwrap(top);
    if (piece.type === 'concatenated_string') rest.push(...piece.children.toReversed());
    else if (piece.type === 'binary_operator' && isSum(piece, text)) {
      rest.push(...piece.children.toReversed());
    } else if (piece.type === 'string') {
      const own = readPiece(piece, text);
      if (own === undefined) return undefined;
      value += own;
    } else if (piece.type !== 'comment') return undefined;
  }
  return value;
}

function isSum({ children: [left, right] }: SourceNode, text: string): boolean {
  return left !== undefined && right !== undefined && text.slice(left.end, right.start).trim() === '+';
}

function readPiece(node: SourceNode, text: string): string | undefined {
  const [start] = node.children;
  const isRaw = start !== undefined && /r/i.test(text.slice(start.start, start.end));
  let value = '';
  for (const part of node.children) {
    if (part.type === 'interpolation') return undefined;
    if (part.type !== 'string_content') continue;
    const content = isRaw ? text.slice(part.start, part.end) : unescape(part, text);
    if (content === undefined) return undefined;
    value += content;
  }
  return value;
}

function unescape(content: SourceNode, text: string): string | undefined {
  let value = '';
  let at = content.start;
  for (const { type, start, end } of content.children) {
    if (type !== 'escape_sequence') continue;
    const character = unescapeOne(text.slice(start, end));
    if (character === undefined) return undefined;
    value += text.slice(at, start) + character;
    at = end;
  }
  return value + text.slice(at, content.end);
}

function unescapeOne(escape: string): string | undefined {
  const simple = SIMPLE[escape];
  if (simple !== undefined) return simple;
  const hex = /^\\[xuU]([\da-f]+)$/i.exec(escape)?.[1];
  const octal = /^\\([0-7]{1,3})$/.exec(escape)?.[1];
  const code = hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16);
  return Number.isNaN(code) || code > 0x10_ff_ff ? undefined : String.fromCodePoint(code);
}
