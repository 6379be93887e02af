/** Functions that return a module for its name. */
export const IMPORTERS: ReadonlySet<string> = new Set([
  'builtins.__import__',
  'importlib.import_module',
  'importlib.__import__',
]);
/** Functions that read, set or delete an attribute by its name, with the index of that argument. */
export const ATTRIBUTE_FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ['builtins.getattr', 1],
  ['builtins.setattr', 1],
  ['builtins.delattr', 1],
  ['builtins.hasattr', 1],
  ['operator.attrgetter', 0],
  ['operator.methodcaller', 0],
  ['inspect.getattr_static', 1],
]);
