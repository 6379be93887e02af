import { parseSync, Visitor, type Expression, type VariableDeclarator } from 'oxc-parser';

/** A regular expression as it stands in a source. */
export interface Pattern {
  readonly source: string;
  readonly flags: string;
  /** `src/config.ts:82` */
  readonly place: string;
}

/** Pattern that is compiled at run time from a text that the source does not show. */
export interface Unread {
  /** As it is written. */
  readonly written: string;
  readonly place: string;
}

export interface Found {
  readonly patterns: readonly Pattern[];
  readonly unread: readonly Unread[];
}

/**
 * The regular expressions of a TypeScript source: its literals, and what it compiles of texts that stand in it.
 * @throws Error for a source that does not parse.
 */
export function findPatterns(file: string, text: string): Found {
  const { program, errors } = parseSync(file, text);
  if (errors[0] !== undefined) throw new Error(`${file}: ${errors[0].message}`);
  const constants = new Map<string, Expression>();
  const compiled: { start: number; end: number; callee: Expression; arguments: unknown[] }[] = [];
  const patterns: Pattern[] = [];
  const placeOf = (offset: number): string => `${file}:${text.slice(0, offset).split('\n').length}`;
  new Visitor({
    Literal: (node) => {
      if (!('regex' in node)) return;
      patterns.push({ source: node.regex.pattern, flags: node.regex.flags, place: placeOf(node.start) });
    },
    VariableDeclarator: ({ id, init }: VariableDeclarator) => {
      if (id.type === 'Identifier' && init !== null) constants.set(id.name, init);
    },
    NewExpression: (node) => void compiled.push(node),
    CallExpression: (node) => void compiled.push(node),
  }).visit(program);

  const unread: Unread[] = [];
  for (const { start, end, callee, arguments: given } of compiled) {
    if (callee.type !== 'Identifier' || callee.name !== 'RegExp') continue;
    const [source, flags] = (given as Expression[]).map((one) => readText(one, constants));
    if (source === undefined || (given.length > 1 && flags === undefined)) {
      unread.push({ written: text.slice(start, end), place: placeOf(start) });
    } else patterns.push({ source, flags: flags ?? '', place: placeOf(start) });
  }
  return { patterns, unread };
}

/** The value of a text that the source tells: a literal, a template of such, a constant of the same file. */
function readText(node: Expression, constants: ReadonlyMap<string, Expression>): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type === 'Identifier') {
    const value = constants.get(node.name);
    return value === undefined || value === node ? undefined : readText(value, constants);
  }
  const isRaw = node.type === 'TaggedTemplateExpression';
  const template = isRaw ? node.quasi : node;
  if (template.type !== 'TemplateLiteral') return undefined;
  const values = template.expressions.map((one) => readText(one, constants));
  const parts = template.quasis.map(({ value }) => (isRaw ? value.raw : (value.cooked ?? '')));
  return values.includes(undefined) ? undefined : parts.map((part, at) => part + (values[at] ?? '')).join('');
}
