type Schema = Readonly<Record<string, unknown>>;

const HEADER = `"""The shapes of requests and answers, from Brig's OpenAPI document. Generated: do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict
`;

const plain: Readonly<Record<string, string>> = {
  string: 'str',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
  null: 'None',
};

/** Writes the named schemas of an OpenAPI document as types of Python. */
export function writeModels(schemas: Readonly<Record<string, Schema>>): string {
  const names = Object.keys(schemas).toSorted();
  const written = names.map((name) => writeModel(name, schemas[name] ?? {}));
  return `${[HEADER.trimEnd(), ...written].join('\n\n\n')}\n`;
}

function writeModel(name: string, schema: Schema): string {
  const properties = schema['properties'] as Readonly<Record<string, Schema>> | undefined;
  const own: string[] = [];
  if (properties === undefined) {
    const type = quoteUnion(toType(name, schema, own));
    return [...own, `${name} = ${type}`].join('\n\n\n');
  }
  const required = new Set(schema['required'] as readonly string[] | undefined);
  const fields = Object.entries(properties).map(([field, property]): Field => {
    const type = toType(`${name}${pascal(field)}`, property, own);
    const words = property['description'];
    return {
      name: field,
      type: required.has(field) ? type : `NotRequired[${type}]`,
      words: typeof words === 'string' ? `    # ${words.replaceAll('\n', ' ')}\n` : '',
    };
  });
  const write = fields.some((field) => keywords.has(field.name)) ? writeCall : writeClass;
  return [...own, write(name, fields)].join('\n\n\n');
}

interface Field {
  readonly name: string;
  readonly type: string;
  /** Comment of the line above. */
  readonly words: string;
}

/** Words of Python that fields have as names, which no class can. */
const keywords: ReadonlySet<string> = new Set([
  'async',
  'class',
  'from',
  'global',
  'import',
  'lambda',
  'pass',
]);

const writeClass = (name: string, fields: readonly Field[]): string =>
  `class ${name}(TypedDict):\n${fields.map((field) => `${field.words}    ${field.name}: ${field.type}`).join('\n') || '    pass'}`;

const writeCall = (name: string, fields: readonly Field[]): string =>
  `${name} = TypedDict(\n    "${name}",\n    {\n${fields
    .map((field) => `${field.words}    "${field.name}": ${JSON.stringify(field.type)},`)
    .join('\n')
    .replaceAll(/^ {4}/gm, '        ')}\n    },\n)`;

/** A union outside of a class is evaluated, so that the names in it must exist: as a text it is read by checkers alone. */
const quoteUnion = (type: string): string => (type.includes('|') || /^[A-Z]/.test(type) ? `"${type}"` : type);

function toType(name: string, schema: Schema, extra: string[]): string {
  const reference = schema['$ref'];
  if (typeof reference === 'string') return reference.slice(reference.lastIndexOf('/') + 1);
  const union = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;
  if (union !== undefined)
    return [...new Set(union.map((one, index) => toType(`${name}${index + 1}`, one, extra)))].join(' | ');
  const values = schema['enum'] as readonly unknown[] | undefined;
  if (values !== undefined) return `Literal[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
  if (schema['const'] !== undefined) return `Literal[${JSON.stringify(schema['const'])}]`;
  const type = schema['type'];
  if (Array.isArray(type))
    return type.map((one: string) => toType(name, { ...schema, type: one }, extra)).join(' | ');
  if (type === 'array') return `list[${toType(`${name}Item`, (schema['items'] ?? {}) as Schema, extra)}]`;
  if (type === 'object') return toObject(name, schema, extra);
  return typeof type === 'string' ? (plain[type] ?? 'Any') : 'Any';
}

function toObject(name: string, schema: Schema, extra: string[]): string {
  if (schema['properties'] !== undefined) {
    extra.push(writeModel(name, schema));
    return name;
  }
  const values = schema['additionalProperties'];
  const isTyped = typeof values === 'object' && values !== null && Object.keys(values).length > 0;
  return `dict[str, ${isTyped ? toType(`${name}Value`, values as Schema, extra) : 'Any'}]`;
}

const pascal = (field: string): string =>
  field
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
