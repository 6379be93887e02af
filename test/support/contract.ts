import type { IncomingHttpHeaders } from 'node:http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** The document as a service answers it, as far as the checks read it. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

interface ResponseObject {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

export interface SeenAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Returns the differences between an answer and the document. */
export type ContractCheck = (answer: SeenAnswer) => readonly string[];

/** Fields that the document does not name count as well: callers may get them, but then they belong into it. */
export function createContractCheck(document: OpenApi): ContractCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(closeObjects(document) as object, 'document');
  const compiled = new Map<string, ValidateFunction>();
  return ({ method, path, status, headers, body }) => {
    const operation = document.paths[path]?.[method.toLowerCase()];
    const response = operation?.responses[String(status)];
    if (response === undefined) return [`${method} ${path} has no answer ${status} in the document`];
    const lacking = Object.entries(response.headers ?? {})
      .filter(([name, { required }]) => required === true && headers[name.toLowerCase()] === undefined)
      .map(([name]) => `${method} ${path} ${status} lacks the header ${name}`);
    const type = headers['content-type']?.split(';')[0] ?? '';
    if (response.content?.[type] === undefined) return [...lacking, `${path} ${status} came as ${type}`];
    const steps = [
      'paths',
      path,
      method.toLowerCase(),
      'responses',
      String(status),
      'content',
      type,
      'schema',
    ];
    const pointer = steps.map(
      (step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`,
    );
    const reference = `document#${pointer.join('')}`;
    const validate = compiled.get(reference) ?? ajv.compile({ $ref: reference });
    compiled.set(reference, validate);
    if (validate(body)) return lacking;
    return [...lacking, `${method} ${path} ${status}: ${ajv.errorsText(validate.errors)}`];
  };
}

/** The document with every object closed that names its properties. */
function closeObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closeObjects);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, closeObjects(member)] as const);
  const copy = Object.fromEntries(entries);
  const isOpen = copy['type'] === 'object' && 'properties' in copy && !('additionalProperties' in copy);
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}
