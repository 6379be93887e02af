/** A file that the person put into the form. */
export interface InputFile {
  readonly path: string;
  readonly content: string;
  readonly encoding: 'utf8' | 'base64';
  readonly size: number;
}

/** Content of the form. Texts are as typed; an empty one means that the request leaves the field out. */
export interface Form {
  readonly script: string;
  readonly runtime: string;
  readonly mode: '' | 'function' | 'script';
  readonly functionName: string;
  readonly args: string;
  readonly stdin: string;
  readonly environment: string;
  readonly returnFiles: string;
  readonly limits: Readonly<Record<string, string>>;
  readonly files: readonly InputFile[];
}

export const emptyForm: Form = {
  ...{ script: '', runtime: 'python', mode: '', functionName: '', args: '', stdin: '' },
  ...{ environment: '', returnFiles: '', limits: {}, files: [] },
};

/** Body of `POST /execute`. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** Thrown when a field of the form cannot become a field of the request; `message` is one sentence for the person. */
export class FormError extends Error {}

/** Returns the request of a form, with the fields that differ from the service's defaults only. */
export function toRequest(form: Form): RequestBody {
  const limits = readLimits(form.limits);
  const patterns = form.returnFiles.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  return {
    script: form.script,
    ...(form.runtime === 'python' ? {} : { runtime: form.runtime }),
    ...(form.mode === '' ? {} : { mode: form.mode }),
    ...(form.functionName.trim() === '' ? {} : { function: form.functionName.trim() }),
    ...(form.args.trim() === '' ? {} : { args: readArguments(form.args) }),
    ...(form.stdin === '' ? {} : { stdin: form.stdin }),
    ...(form.environment === '' ? {} : { environment: form.environment }),
    ...(patterns.length === 0 ? {} : { return_files: patterns }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(form.files.length === 0
      ? {}
      : { files: form.files.map(({ path, content, encoding }) => ({ path, content, encoding })) }),
  };
}

function readArguments(text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FormError('Arguments are a JSON list, for example [1, "two"].');
  }
  if (!Array.isArray(value)) throw new FormError('Arguments are a JSON list, for example [1, "two"].');
  return value;
}

function readLimits(limits: Form['limits']): Record<string, number> {
  const read: Record<string, number> = {};
  for (const [name, text] of Object.entries(limits)) {
    if (text.trim() === '') continue;
    const value = Number(text);
    if (!Number.isFinite(value)) throw new FormError(`The limit "${name}" is a number.`);
    read[name] = value;
  }
  return read;
}
