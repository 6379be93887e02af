/*
 * Names with which a script can bind a module's names without writing them. Any identifier is compared with them
 * (variable, attribute or import), since each is reachable through some other module. A superfluous name costs one
 * run of the interpreter; a missing one makes `no` false.
 */

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Functions and attributes that reach a namespace, a frame or a module, or run text as code. */
const REACHING = words(`
  globals locals vars exec execfile eval compile setattr getattr delattr open breakpoint help
  attrgetter methodcaller setitem modules getmodule import_module load_module exec_module meta_path path_hooks
  settrace setprofile currentframe stack f_globals f_locals f_builtins f_back gi_frame cr_frame ag_frame tb_frame
  get_type_hints get_annotations ForwardRef evaluate_forward_ref singledispatch singledispatchmethod
  global_enum global_flag_repr system popen Popen spawn fork walk_packages run_path run_module
  FunctionType CodeType ModuleType LambdaType GeneratorType make_dataclass bltns convert_ eval_type create_fn
  Formatter get_field update_wrapper wraps updated type ABCMeta register tool
`);

/** Modules whose use can do the same, by whatever path; leading underscores are ignored. */
const MODULES = words(`
  os posix nt sys io builtins importlib imp inspect types codecs operator subprocess ctypes cffi gc runpy code codeop
  pickle cPickle marshal shelve copyreg pdb bdb cProfile profile pstats timeit doctest trace pkgutil site linecache
  tokenize multiprocessing threading concurrent unittest dis ast symtable compileall py_compile zipimport zipapp
  shutil tempfile pathlib socket asyncio signal faulthandler tracemalloc logging mmap interpreters xxsubinterpreters
  warnings weakref sysconfig
`);

const REACHES = new Set([...REACHING, ...MODULES]);

/** Dunder names that a script may use, or define in a class, without such an effect. */
const HARMLESS_DUNDERS = new Set(
  words(`
  __name__ __file__ __doc__ __main__ __future__ __debug__ __init__ __new__ __repr__ __str__ __bytes__ __format__
  __hash__ __bool__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __len__ __iter__ __next__ __reversed__ __contains__
  __getitem__ __setitem__ __delitem__ __enter__ __exit__ __aenter__ __aexit__ __aiter__ __anext__ __await__ __call__
  __add__ __radd__ __iadd__ __sub__ __rsub__ __isub__ __mul__ __rmul__ __imul__ __matmul__ __truediv__ __rtruediv__
  __floordiv__ __mod__ __divmod__ __pow__ __and__ __or__ __xor__ __lshift__ __rshift__ __neg__ __pos__ __abs__
  __invert__ __int__ __float__ __complex__ __index__ __round__ __post_init__ __slots__ __version__ __author__ __all__
`),
);

/** Whether an identifier can make names appear that the text does not bind. */
export function isDynamicName(name: string): boolean {
  if (name.startsWith('__') && name.endsWith('__')) return !HARMLESS_DUNDERS.has(name);
  return REACHES.has(name.startsWith('_') ? name.replace(/^_+/, '') : name);
}

const HARMLESS_MODULES = new Set(
  words(`
  __future__ math cmath json re random datetime time calendar string itertools functools collections collections.abc decimal fractions
  statistics heapq bisect textwrap uuid hashlib hmac base64 binascii typing dataclasses enum abc csv html secrets
  struct contextlib numbers copy unicodedata zlib difflib graphlib array queue
`),
);

/** Whether a module of CPython, named with its dots, leaves its importer's namespace alone. */
export function isHarmlessModule(dotted: string): boolean {
  return HARMLESS_MODULES.has(dotted);
}
