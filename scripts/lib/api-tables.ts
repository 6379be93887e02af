import { parseConfig, toLimitPolicy } from '../../src/config.ts';
import { describeApi } from '../../src/http/openapi/document.ts';
import { renderTable } from './render-table.ts';

/* The tables of the API's fields, headers and statuses, from the document that a service with the default settings answers. */

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Named {
  readonly description?: string;
}

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly (Named & { readonly name: string; readonly in: string })[];
  readonly responses: Readonly<
    Record<string, Named & { readonly headers?: Readonly<Record<string, Named>> }>
  >;
}

const defaults = parseConfig({});
const { paths, components } = JSON.parse(
  JSON.stringify(
    describeApi({
      version: '',
      limitPolicy: toLimitPolicy(defaults),
      generation: { maxRepairs: defaults.llmMaxRepairs },
    }),
  ),
) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `\`${method.toUpperCase()} ${path}\``,
    operation,
  })),
);

export const apiTables: Readonly<Record<string, () => string>> = {
  routes: () =>
    renderTable(
      ['route', 'what it does', 'statuses'],
      operations.map(({ name, operation }) => [
        name,
        operation.summary,
        Object.keys(operation.responses).join(', '),
      ]),
    ),
  request: () =>
    renderFields('ExecuteRequest', ['default'], (schema, isRequired) => [showDefault(schema, isRequired)]),
  generation: () =>
    renderFields('GenerateRequest', ['default'], (schema, isRequired) => [showDefault(schema, isRequired)]),
  success: () => renderFields('Success'),
  failure: () =>
    renderFields('Failure', ['there'], (_schema, isRequired) => [isRequired ? 'always' : 'where it applies']),
  execution: () =>
    renderTable(
      ['field', 'type', 'meaning'],
      listFields(resolve(component('Success').properties?.['execution'])),
    ),
  'request headers': () =>
    renderTable(
      ['header', 'meaning'],
      collect(
        operations
          .flatMap(({ operation }) => operation.parameters ?? [])
          .filter((one) => one.in === 'header')
          .map(({ name, description }) => [name, description]),
      ),
    ),
  'answer headers': () =>
    renderTable(
      ['header', 'meaning'],
      collect(
        operations.flatMap(({ operation }) =>
          Object.values(operation.responses).flatMap(({ headers = {} }) =>
            Object.entries(headers).map(([name, { description }]) => [name, description] as const),
          ),
        ),
      ),
    ),
};

/** Each header once. */
function collect(headers: readonly (readonly [string, string | undefined])[]): string[][] {
  return [...new Map(headers)].map(([name, description]) => [`\`${name}\``, description ?? '']);
}

function component(name: string): Schema {
  const schema = components.schemas[name];
  if (schema === undefined) throw new Error(`the document has no schema "${name}"`);
  return schema;
}

const resolve = (schema: Schema = {}): Schema =>
  schema.$ref === undefined ? schema : component(schema.$ref.split('/').at(-1) ?? '');

type Extra = (schema: Schema, isRequired: boolean) => string[];

function renderFields(name: string, heads: readonly string[] = [], extra: Extra = () => []): string {
  return renderTable(['field', 'type', ...heads, 'meaning'], listFields(component(name), extra));
}

function listFields({ properties = {}, required = [] }: Schema, extra: Extra = () => []): string[][] {
  return Object.entries(properties).map(([field, schema]) => [
    `\`${field}\``,
    showType(schema),
    ...extra(schema, required.includes(field)),
    schema.description ?? '',
  ]);
}

function showType(schema: Schema): string {
  const { type, items, const: only, enum: values } = resolve(schema);
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (values !== undefined && values.length < 5)
    return values.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (type === 'array' && items?.type === 'string') return 'array of strings';
  if (Array.isArray(type)) return type.join(' or ');
  return typeof type === 'string' ? type : 'any';
}

function showDefault({ default: value }: Schema, isRequired: boolean): string {
  if (isRequired) return 'required';
  return value === undefined ? '' : `\`${JSON.stringify(value)}\``;
}
