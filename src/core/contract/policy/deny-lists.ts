const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Denied names: modules with all their submodules, functions by full name, with `*` for any rest. */
export interface DenyLists {
  readonly modules: readonly string[];
  /** A name without a dot is a built-in function; `os.exec*` and `os.*` match every name with that prefix. */
  readonly functions: readonly string[];
}

/**
 * Names that every analysis denies: other programs, native code, foreign memory, the interpreter's internals. Files,
 * threads and the network are not included: the jail and the request's own fields decide about those.
 */
export const builtInDenyLists: DenyLists = {
  modules: words(`
    subprocess pty posix nt ctypes cffi gc _posixsubprocess _imp _interpreters _xxsubinterpreters _testcapi
    _testinternalcapi
  `),
  functions: words(`
    os.system os.popen os.exec* os.spawn* os.posix_spawn* os.fork os.forkpty os.startfile os.kill os.killpg
    asyncio.create_subprocess_exec asyncio.create_subprocess_shell
    pickle.load pickle.loads pickle.Unpickler marshal.load marshal.loads shelve.open
    sys._getframe sys._getframemodulename sys._current_frames sys._current_exceptions sys.settrace sys.setprofile
    sys.meta_path sys.path_hooks inspect.currentframe inspect.stack inspect.trace inspect.getouterframes
    inspect.getinnerframes threading.settrace threading.setprofile
  `),
};

/** Built-in functions that run text as code, or return a namespace. */
export const dangerousBuiltins: readonly string[] = words(`eval exec compile globals locals vars breakpoint`);

/**
 * Functions that import a module or make code by a value. With a literal name the first three are ordinary imports.
 */
export const dynamicImports: readonly string[] = words(`
  builtins.__import__ importlib.import_module importlib.__import__ importlib.reload importlib.util.* importlib.machinery.*
  importlib._bootstrap* importlib.abc.* runpy.* imp.* zipimport.* pkgutil.resolve_name pkgutil.get_loader pkgutil.find_loader
  pkgutil.get_importer code.Interactive* code.interact code.compile_command codeop.* types.FunctionType types.CodeType
  types.LambdaType
`);

/** Attributes that lead from a value to classes, frames, code or namespaces which the text does not name. */
export const internalAttributes: readonly string[] = words(`
  __subclasses__ __bases__ __base__ __mro__ __globals__ __builtins__ __code__ __closure__ __self__ __loader__ __spec__
  __import__ __reduce__ __reduce_ex__ f_globals f_locals f_builtins f_back f_code gi_frame gi_code cr_frame cr_code
  ag_frame ag_code tb_frame func_globals func_code
`);

/** Names of every module that reach or control the import machinery. */
export const internalNames: readonly string[] = words(
  `__builtins__ __loader__ __spec__ __package__ __path__ __build_class__`,
);
