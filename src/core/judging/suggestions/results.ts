import type { ErrorReport } from '../../contract/harness-report.ts';

type Flaw = Extract<ErrorReport, { kind: 'invalid_result' }>;

const asList = 'Return a list: list(value) or sorted(value)';
const asRows = 'Return rows: value.to_dict("records")';
const asScalar = 'Return a plain Python number: value.item()';
const asFigure = 'Leave the figure open and return nothing of it: it comes back in `files` by itself';
const asIso = 'Return text: value.isoformat()';

/** Replacements of a returned type, by the type's name. */
const replacements: Readonly<Record<string, string>> = {
  set: asList,
  frozenset: asList,
  bytes: 'Return text: value.decode(), or base64.b64encode(value).decode() for binary data',
  bytearray: 'Return text: value.decode(), or base64.b64encode(value).decode() for binary data',
  memoryview: 'Return text: base64.b64encode(value).decode()',
  datetime: asIso,
  date: asIso,
  time: asIso,
  Timestamp: asIso,
  timedelta: 'Return seconds: value.total_seconds()',
  Decimal: 'Return str(value), which keeps every digit, or float(value)',
  Fraction: 'Return str(value) or float(value)',
  complex: 'Return its parts: [value.real, value.imag]',
  UUID: 'Return text: str(value)',
  PosixPath: 'Return text: str(value)',
  range: 'Return a list: list(value)',
  generator: 'Return a list: list(value)',
  map: 'Return a list: list(value)',
  filter: 'Return a list: list(value)',
  zip: 'Return a list: list(value)',
  enumerate: 'Return a list: list(value)',
  deque: 'Return a list: list(value)',
  array: 'Return a list: value.tolist()',
  dict_keys: 'Return a list: list(value)',
  dict_values: 'Return a list: list(value)',
  dict_items: 'Return a dict: dict(value)',
  mappingproxy: 'Return a dict: dict(value)',
  ndarray: 'Return a list: value.tolist()',
  Series: 'Return a list: value.tolist()',
  Index: 'Return a list: value.tolist()',
  DataFrame: asRows,
  Figure: asFigure,
  Axes: asFigure,
  bool_: 'Return bool(value)',
  // numpy's, since its version 2; one of Python is JSON.
  bool: 'Return bool(value)',
  function: 'Call the function and return what it gives: value()',
  method: 'Call the method and return what it gives: value()',
  builtin_function_or_method: 'Call the function and return what it gives: value()',
  coroutine: 'Await it: return await value, in an `async def`',
  type: "Return the class's name: value.__name__",
  module: 'Return a value of the module, not the module itself',
  ellipsis: 'Return None where there is no value',
  Match: 'Return its text: value.group()',
  Enum: 'Return value.value or value.name',
  dataclass: 'Return dataclasses.asdict(value)',
  BaseException: 'Return its text: str(value)',
  PurePath: 'Return text: str(value)',
  StringIO: 'Return its text: value.getvalue()',
  SimpleNamespace: 'Return a dict: vars(value)',
  BaseModel: 'Return a dict: value.model_dump()',
  async_generator: 'Return a list: [item async for item in value]',
  TextIOWrapper: "Return the file's content: value.read()",
};

const asPlainData = 'Return plain data: vars(value) for the attributes of an object, str(value) for its text';
/** Most iterators have such a name. */
const iterator =
  /iterator$|^(reversed|chain|islice|product|permutations|combinations|accumulate|groupby|starmap)$/i;
const numpyScalar = /^(u?int|float|complex)\d+$/;

/** Returns suggestions for a returned value that cannot become JSON. */
export function suggestForResult({ path, type, bases, reason }: Flaw): string[] {
  const where = `The value is at ${path}: only dict, list, str, int, float, bool and None become JSON`;
  switch (reason) {
    case 'type':
      return [numpyScalar.test(type) ? asScalar : findReplacement([type, ...bases]), where];
    case 'key':
      return [
        'Use text as keys: {str(key): value for key, value in data.items()}',
        `The object is at ${path}: keys may be str, int, float, bool and None`,
      ];
    case 'not_finite':
      return [
        'Return None, or text such as "nan" or "inf": JSON has no NaN and no infinities',
        'Check with math.isfinite(value)',
      ];
    case 'circular':
      return ['Return a tree: put an id or a name where the value refers back to one that contains it'];
    case 'depth':
      return ['Return a flatter value: a list of rows instead of objects within objects'];
  }
}

/** Returns the replacement for the class itself, or its nearest known base class. */
function findReplacement(classes: readonly string[]): string {
  const known = classes.find((name) => Object.hasOwn(replacements, name));
  if (known !== undefined) return replacements[known] ?? asPlainData;
  return iterator.test(classes[0] ?? '') ? 'Return a list: list(value)' : asPlainData;
}
