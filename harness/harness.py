"""The fixed program inside a jail: runs one script, then ends.

It runs under ``python3 -I -S -B -X utf8``, its arguments are modules to import ahead, or ``--start`` and a command to start ahead, and of itself it imports no more than a bare interpreter has already loaded: each
module more is CPU time for every execution. What only a failing script needs is imported when it fails.

Wire format, both ways: frames of one tag byte, four bytes of length (big endian) and the payload.

From the host, on descriptor 0, in any order, ended by ``g``:
    ``m`` mode (``function`` or ``script``)   ``f`` the function's name   ``s`` the script, UTF-8
    ``a`` positional arguments, JSON          ``k`` keyword arguments, JSON
    ``v`` one element of sys.argv[1:]         ``e`` one environment variable, ``NAME=value``
    ``i`` standard input                      ``c`` the result's cap in bytes, decimal digits
    ``l`` look at the script and run nothing of it: preflight, with the memory limit in bytes, decimal digits
    ``p`` the path of a file, UTF-8           ``d`` the next bytes of that file
    ``j`` a result that is no JSON is made to be: sets become lists, what is not finite null
    ``w`` the directory of the script's own, JSON: its path, the working directory, whether other paths are refused
    ``n`` the file in the working directory that the script becomes; ``script.py``, which is none, where it is left out
    ``o`` the files to send after the report, JSON: patterns taken apart (src/core/files/globs.ts) and caps; with ``memory``,
          the memory limit in bytes, figures of matplotlib too
Only where another program than this interpreter runs the script:
    ``x`` one element of its command line, before those of ``v``
    ``t`` a file that the program makes, to be sent when it ended with status 0

To the host, on descriptor 4:
    ``y`` ready: the interpreter's version; before the request is read
    ``r`` the result, JSON text               ``e`` what went wrong, a JSON object with a ``kind``
    ``f`` before the report: figures follow it, also where no file was asked for
    ``n`` a file: its size in eight bytes, and its path   ``d`` its next 64 KiB, or the last bytes
    ``p`` a picture of a figure, as ``n``: a name instead of a path
    ``o`` the end of all files: a JSON object that says what was left out
    ``b`` the file of ``t``

At most one ``r``, ``e`` or ``b`` is sent. With it the execution is over: the files that were asked for and the figures
follow, then the process sleeps until the host ends it. The host treats all of it as the script's own claim: the script shares this process and can write to the descriptor itself.
"""

import builtins
import posix
import sys
import time

import _json
from _sitebuiltins import Quitter

REPORT_FD = 4
SCRIPT_NAME = "script.py"
WORK_DIR = "/work"
PROGRAM_DIR = "/opt/brig"
SHELL = b"/bin/sh"
SITE_PACKAGES = f"{sys.prefix}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
# Frames of a traceback that are the script's: its own file, and modules it brought into its working directory.
OWN_FILES = (SCRIPT_NAME, WORK_DIR + "/")
MAX_TRACEBACK = 16_000
MAX_MESSAGE = 8_000
MAX_CANDIDATES = 4_000
MAX_PENDING_SIGNALS = 1024
# Entries of folders that are looked at for files to return: far more than the working directory has room for.
MAX_ENTRIES = 100_000
FILE_PIECE = 1 << 16
# Where a program that was started ahead reads its job, and the variable that tells it so.
JOB_FD = 9
JOB_VARIABLE = b"BRIG_JOB_FD"
# Variables that programs and their libraries look at when they start: one that waits already could not be told.
VARIABLES_OF_START = (b"NODE_", b"UV_", b"TZ", b"LC_", b"LANG", b"ICU_", b"SSL_", b"OPENSSL_", b"MALLOC_")
# SIGPIPE and SIGXFSZ this interpreter ignores, SIGINT it does where it waits for a program; the program would inherit that.
SIGINT, SIGKILL = 2, 9
IGNORED_SIGNALS = (SIGINT, 13, 25)

# A script may replace any attribute of any module; what reports on it keeps its own references.
_read, _write, _exit, _getpid = posix.read, posix.write, posix._exit, posix.getpid
_open, _close, _fstat, _lstat, _listdir = posix.open, posix.close, posix.fstat, posix.lstat, posix.listdir
_sleep = time.sleep
_isinstance, _len, _str, _type, _repr = isinstance, len, str, type, repr
_BaseException, _issubclass = BaseException, issubclass
# What a class or an exception says of itself can be a lie or a trap: these ask the interpreter.
_name_of_class = type.__dict__["__name__"].__get__
_bases_of_class, _names_in_class = type.__dict__["__mro__"].__get__, type.__dict__["__dict__"].__get__
_traceback_of = BaseException.__dict__["__traceback__"].__get__
_slice_of_text = str.__getitem__
_quote = _json.encode_basestring_ascii
_make_encoder = _json.make_encoder


def write_all(descriptor, content):
    """Writes it, however many writes it takes."""
    view = memoryview(content)
    while view:
        view = view[_write(descriptor, view) :]


def send(tag, payload):
    """Writes one frame."""
    write_all(REPORT_FD, tag + _len(payload).to_bytes(4, "big") + payload)


def receive():
    """Reads frames up to ``g``; an end of file before it means that the host has no work: the jail ends quietly."""
    data = bytearray()
    fields = {"v": [], "e": [], "x": []}
    start = 0
    store = None
    while True:
        while _len(data) - start < 5 or _len(data) - start - 5 < int.from_bytes(data[start + 1 : start + 5], "big"):
            chunk = _read(0, 1 << 20)
            if not chunk:
                _exit(0)
            data += chunk
        tag = chr(data[start])
        end = start + 5 + int.from_bytes(data[start + 1 : start + 5], "big")
        payload = bytes(data[start + 5 : end])
        start = end
        if tag == "g":
            if store is not None:
                store(tag, b"")
            return fields
        if tag in "pd":
            # Files go to disk as they come.
            del data[:start]
            start = 0
            if store is None:
                store = make_store()
            store(tag, payload)
            continue
        if tag in "vex":
            fields[tag].append(payload)
        else:
            fields[tag] = payload


def make_store():
    """A function that writes files below the working directory from their frames; the host has checked the paths."""
    folders, current = set(), None

    def store(tag, payload):
        nonlocal current
        if tag == "d":
            return write_all(current, payload)
        if current is not None:
            _close(current)
        if tag == "g":
            # Made while the interpreter may have looked into the folder already: it has to look again.
            sys.path_importer_cache.pop(WORK_DIR, None)
            return
        end = payload.find(b"/")
        while end != -1:
            folder = payload[:end]
            if folder not in folders:
                posix.mkdir(folder, 0o755)
                folders.add(folder)
            end = payload.find(b"/", end + 1)
        current = _open(payload, posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL | posix.O_CLOEXEC, 0o644)

    return store


def provide_stdin(content):
    """Makes descriptor 0 a file with the script's input, so that /dev/stdin can be opened and sought as well."""
    if content:
        source = posix.memfd_create("stdin")
        write_all(source, content)
        posix.lseek(source, 0, 0)
    else:
        source = posix.open("/dev/null", posix.O_RDONLY)
    posix.dup2(source, 0, True)
    posix.close(source)


def provide_environment(variables):
    """Sets variables before `os` is imported: it copies this dictionary when it is."""
    for variable in variables:
        name, _, value = variable.partition(b"=")
        posix.environ[name] = value
        posix.putenv(name, value)
    if b"TZ" in posix.environ:
        time.tzset()


def tell_cpu_count(count):
    """Lets the script see its limit where it asks for the number of processors: `os` takes these when it is imported."""
    real = posix.sched_getaffinity
    count = min(count, _len(real(0)))

    def cpu_count():
        """Processors that this script may keep busy."""
        return count

    def sched_getaffinity(pid, /):
        """Processors that this script may keep busy, as many as its limit allows."""
        cpus = real(pid)
        return cpus if _len(cpus) <= count else {*sorted(cpus)[:count]}

    for name in ("posix", "os"):
        if name in sys.modules:
            sys.modules[name].cpu_count, sys.modules[name].sched_getaffinity = cpu_count, sched_getaffinity


def prepare_surroundings():
    """What the environment's variables stand for."""
    count = posix.environ.get(b"PYTHON_CPU_COUNT", b"")
    if count.isdigit():
        tell_cpu_count(int(count))
    fonts = posix.environ.pop(b"BRIG_FONTS", None)
    if fonts is not None:
        posix.unsetenv(b"BRIG_FONTS")
        attempt(provide_fonts, fonts, posix.environ.get(b"MPLCONFIGDIR", b"/tmp/.matplotlib"))


def provide_fonts(name, folder):
    """Puts the list of fonts where matplotlib looks for it; to make it anew takes a second."""
    posix.mkdir(folder)
    posix.symlink(SITE_PACKAGES.encode() + b"/.brig/" + name, folder + b"/" + name)


class ScriptLoader:
    """Gives `inspect`, `linecache` and `traceback` the source of a module that lies in no file."""

    def __init__(self, source):
        self.source = source

    def get_source(self, _name):
        return self.source


def make_module(name, source):
    module = _type(sys)(name)
    module.__file__ = SCRIPT_NAME
    module.__loader__ = ScriptLoader(source)
    module.__dict__["__builtins__"] = builtins
    # `__main__` is the script in both modes: this program is nothing a script could import.
    sys.modules["__main__"] = sys.modules[name] = module
    return module


# --- a directory of the script's own -------------------------------------------------------------------------------

# Audit events of Python that name paths, and how many of their first arguments are paths.
PATH_EVENTS = {"open": 1, "os.rename": 2, "os.link": 2, "os.symlink": 2} | {
    f"os.{name}": 1
    for name in ("listdir", "scandir", "mkdir", "remove", "rmdir", "chdir", "truncate", "chmod", "chown", "utime", "lockf")
}


def enter_root(order):
    """Goes to the working directory of a directory of the script's own, and refuses other paths if that is asked for.

    Other paths are refused for the sake of the message alone: what there is in a jail, its mounts say.
    """
    folder = order["work_dir"]
    for index in range(_len(order["path"]), _len(folder)):
        if folder[index] == "/":
            attempt(posix.mkdir, folder[:index])
    attempt(posix.mkdir, folder)
    posix.chdir(folder)
    sys.path[0] = folder
    if order["confined"]:
        sys.addaudithook(make_hook(order["path"]))


def make_hook(root):
    resolve, fspath, path_type = __import__("os").path.realpath, __import__("os").fspath, (_str, bytes)
    # Beside its library, where matplotlib keeps its list of fonts.
    fonts = posix.environ.get(b"MPLCONFIGDIR", b"/tmp/.matplotlib").decode("utf-8", "surrogateescape")
    readable = (f"{sys.prefix}/lib/python", fonts, "/dev/null", "/dev/urandom", "/dev/random", "/proc/self/fd")

    def hook(event, arguments):
        count = PATH_EVENTS.get(event)
        if count is None:
            return
        for path in arguments[:count]:
            if not _isinstance(path, path_type):
                if not hasattr(path, "__fspath__"):
                    continue
                path = fspath(path)
            place = resolve(path)
            if _isinstance(place, bytes):
                place = place.decode("utf-8", "surrogateescape")
            if place != root and not place.startswith((root + "/", *readable)):
                raise PermissionError(f"Path access outside allowed root: {place}")

    return hook


# --- results -----------------------------------------------------------------------------------------------------


class NotJson(Exception):
    """Raised by the encoder for a value it does not know; where it lies is searched only then."""


def refuse(value):
    raise NotJson


def to_json(value):
    """JSON text of a value as `json.dumps` gives it, without NaN and infinities; integers of any length."""
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)
    chunks = _make_encoder({}, refuse, _quote, None, ":", ",", False, False, False)(value, 0)
    return "".join(chunks).encode("ascii")



def make_soft(value, depth):
    """The same value with lists for sets, and null for what is not finite."""
    if depth > 900:
        return value
    if _isinstance(value, float):
        return None if value != value or value in (float("inf"), float("-inf")) else value
    if _isinstance(value, dict):
        return {key: make_soft(item, depth + 1) for key, item in value.items()}
    if _isinstance(value, (list, tuple, set, frozenset)):
        return [make_soft(item, depth + 1) for item in value]
    return value


def find_flaw(root):
    """The first place in a value that JSON cannot hold, depth first: path, type and reason."""
    pending = [(root, "result", 0, ())]
    while pending:
        value, path, depth, ancestors = pending.pop()
        kind = type_name(value)
        if value is None or _isinstance(value, (_str, bool, int)):
            continue
        if _isinstance(value, float):
            if value != value or value in (float("inf"), float("-inf")):
                return flaw(path, kind, "not_finite", _repr(value))
            continue
        if not _isinstance(value, (dict, list, tuple)):
            return flaw(path, kind, "type", None, bases_of(value))
        if id(value) in ancestors:
            return flaw(path, kind, "circular", None)
        if depth > 900:
            return flaw(path[:200], kind, "depth", None)
        chain = (*ancestors, id(value))
        if _isinstance(value, dict):
            for key in value:
                if not (key is None or _isinstance(key, (_str, int, float, bool))):
                    return flaw(path, _type(key).__name__, "key", _repr(key)[:100])
            entries = [(item, path + ("." + key if _isinstance(key, _str) and key.isidentifier() else f"[{key!r}]")) for key, item in value.items()]
        else:
            entries = [(item, f"{path}[{index}]") for index, item in enumerate(value)]
        pending.extend((item, place, depth + 1, chain) for item, place in reversed(entries))
    return flaw("result", type_name(root), "type", None)


def bases_of(value):
    """Names of the classes that a value's class is made from, for what is known of them: `Enum`, `date`, `dataclass`."""
    classes = _bases_of_class(_type(value))
    names = [_name_of_class(one) for one in classes[1:20] if one is not object]
    return [*names, "dataclass"] if any("__dataclass_fields__" in _names_in_class(one) for one in classes) else names


def flaw(path, kind, reason, value, bases=()):
    report = {"kind": "invalid_result", "path": path, "type": kind, "reason": reason}
    if bases:
        report["bases"] = bases
    if value is not None:
        report["value"] = value
    return report


# --- failures ----------------------------------------------------------------------------------------------------


def type_name(value):
    return _name_of_class(_type(value))


def is_a(value, kind):
    return _issubclass(_type(value), kind)


def text_of(error):
    try:
        return _slice_of_text(_str(error), slice(MAX_MESSAGE))
    except _BaseException:
        return f"<{type_name(error)} whose text cannot be made>"


def is_own(filename):
    return filename == OWN_FILES[0] or filename.startswith(OWN_FILES[1])


def own_frames(error):
    """The traceback entries that lie in the script, outermost first."""
    entry, frames = _traceback_of(error), []
    while entry is not None:
        if is_own(entry.tb_frame.f_code.co_filename):
            frames.append(entry)
        entry = entry.tb_next
    return frames


def locate(entry, source):
    """Line and column, counted from 1 and in characters, of the expression that raised."""
    location = {"line": entry.tb_lineno}
    code = entry.tb_frame.f_code
    if code.co_filename != SCRIPT_NAME:
        return location
    for index, (line, _, offset, _) in enumerate(code.co_positions()):
        if index * 2 == entry.tb_lasti and line == entry.tb_lineno and offset is not None:
            text = source.split("\n")[line - 1].encode()
            location["column"] = _len(text[:offset].decode("utf-8", "replace")) + 1
            break
    return location


def render(error):
    """The traceback with the script's own frames only, in causes and groups too."""
    summary = import_own("traceback").TracebackException(_type(error), error, _traceback_of(error), compact=True)
    pending = [summary]
    while pending:
        part = pending.pop()
        if part is None:
            continue
        part.stack[:] = [frame for frame in part.stack if is_own(frame.filename)]
        pending += [part.__cause__, part.__context__, *(getattr(part, "exceptions", None) or ())]
    text = "".join(summary.format())
    if _len(text) > MAX_TRACEBACK:
        half = MAX_TRACEBACK // 2
        text = f"{text[:half]}\n  ... {_len(text) - 2 * half} characters left out ...\n{text[-half:]}"
    return text


def describe_missing(error, frames):
    """What a failed look-up was looking for, and the names that were there."""
    if _isinstance(error, ModuleNotFoundError):
        return missing_module(error.name)
    if _isinstance(error, ImportError):
        parts = text_of(error).split("'")
        if _len(parts) < 4 or not parts[0].startswith("cannot import name"):
            return None
        return missing("import", parts[1], parts[3], dir(sys.modules.get(parts[3])))
    if _isinstance(error, NameError) and frames:
        frame = frames[-1].tb_frame
        return missing("name", error.name, None, [*frame.f_locals, *frame.f_globals, *dir(builtins)])
    if _isinstance(error, KeyError) and frames:
        return missing_key(error, frames[-1].tb_frame)
    if _isinstance(error, TypeError):
        return missing_parameter(error)
    if _isinstance(error, AttributeError):
        of = error.obj.__name__ if _isinstance(error.obj, _type(sys)) else _type(error.obj).__name__
        return missing("attribute", error.name, of, dir(error.obj))
    return None


def missing_module(name):
    """A module that is not there: `of` is the package that was to have it, which is."""
    parent = name.rpartition(".")[0]
    if parent in sys.modules:
        return missing("module", name, parent, modules_in(getattr(sys.modules[parent], "__path__", ())))
    return missing("module", name, None, [*sys.stdlib_module_names, *modules_in((SITE_PACKAGES, WORK_DIR))])


def modules_in(folders):
    names = set()
    for entry in [entry for folder in folders for entry in attempt(_listdir, folder) or ()]:
        name, _, rest = entry.partition(".")
        if name.isidentifier() and (not rest or rest == "py" or rest.endswith("so")):
            names.add(name)
    return sorted(names - {"__init__", "__main__", "__pycache__"})


def missing_key(error, frame):
    """The keys of the dictionaries at hand where the look-up failed: which one it was is not known."""
    wanted = error.args[0] if error.args else None
    if _type(wanted) is not _str:
        return None
    pending, keys = [*frame.f_locals.values()], {}
    for value in pending:
        if _len(keys) > MAX_CANDIDATES or _len(pending) > MAX_CANDIDATES:
            break
        if _type(value) is dict:
            keys.update((key, None) for key in first(value, MAX_CANDIDATES) if _type(key) is _str)
            pending += first(value.values(), 100)
        elif _type(value) in (list, tuple):
            pending += value[:10]
    return missing("key", wanted, None, keys) if keys else None


def first(items, most):
    """Some of a collection that may fill the memory: no copy of it is made."""
    return [item for _, item in zip(range(most), items)]


def missing_parameter(error):
    """The parameters that a function has which was called with another one; found by its name where the call was made."""
    name, found, rest = text_of(error).partition("() got an unexpected keyword argument '")
    entry = _traceback_of(error)
    if not found or entry is None:
        return None
    while entry.tb_next is not None:
        entry = entry.tb_next
    frame = entry.tb_frame
    # The entry point is called from here, where it bears another name.
    known = "function" if frame.f_code is call.__code__ else name
    for function in (frame.f_locals.get(known), frame.f_globals.get(known)):
        if _type(function) is _type(call):
            code = function.__code__
            keywords = code.co_varnames[code.co_posonlyargcount : code.co_argcount + code.co_kwonlyargcount]
            return missing("parameter", rest.rstrip("'"), name, keywords)
    return None


def missing(what, name, of, candidates):
    if not _isinstance(name, _str):
        return None
    names = [item for item in candidates if _isinstance(item, _str)][:MAX_CANDIDATES]
    report = {"what": what, "name": name, "candidates": names}
    if of is not None:
        report["of"] = _str(of)
    return report


def attempt(action, *arguments):
    """Part of a report that a hostile object can break is left out of it."""
    try:
        return action(*arguments)
    except _BaseException:
        return None


def import_own(name):
    """Imports one of the interpreter's modules, also where a file in the working directory has the name of one it needs."""
    path = sys.path
    sys.path = [entry for entry in path if entry not in ("", WORK_DIR)]
    try:
        return __import__(name)
    finally:
        sys.path = path


def remember_source(source):
    """The lines of a traceback come from the script, also where a file of its name lies in the working directory."""
    import_own("linecache").cache[SCRIPT_NAME] = (_len(source), None, source.splitlines(True), SCRIPT_NAME)


def report_exception(error, source):
    frames = own_frames(error)
    attempt(remember_source, source)
    report = {
        "kind": "runtime_error",
        "type": type_name(error),
        "message": text_of(error),
        "memory": is_a(error, MemoryError),
        "location": attempt(locate, frames[-1], source) if frames else None,
        "traceback": attempt(render, error),
        "missing": attempt(describe_missing, error, frames),
    }
    return {name: value for name, value in report.items() if value is not None}


def report_refused_source(error):
    """CPython did not compile the script: a SyntaxError, or one of the errors its compiler has for extremes."""
    report = {
        "kind": "syntax_error",
        "type": _type(error).__name__,
        "message": _str(error.msg) if _isinstance(error, SyntaxError) else text_of(error),
    }
    if _isinstance(error, SyntaxError) and error.lineno:
        report["location"] = {"line": error.lineno}
        if error.offset and error.offset > 0:
            report["location"]["column"] = error.offset
    error.__traceback__ = None
    rendered = attempt(render, error)
    if rendered is not None:
        report["traceback"] = rendered
    return report


# --- files that are returned -------------------------------------------------------------------------------------


class Collection:
    """Sends the files of the working directory that were asked for, in the order of their names, pictures, then what was left out.

    Symbolic links are not followed, and what is not a regular file is not opened. The host checks everything again.
    """

    def __init__(self, order):
        self.globs = order["globs"]
        self.files, self.bytes = order["files"], order["bytes"]
        self.most_omitted, self.path_bytes, self.path_depth = order["omitted"], order["path_bytes"], order["path_depth"]
        self.entries, self.pictures = MAX_ENTRIES, 0
        self.omitted, self.omitted_total, self.complete = [], 0, True

    def send_all(self):
        start = {(number, 0) for number in range(_len(self.globs))}
        pending = [("", self.close(start), 1)]
        while pending:
            folder, states, depth = pending.pop()
            try:
                names = sorted(_listdir(WORK_DIR + "/" + folder))
            except OSError:
                self.omit(folder.rstrip("/"), None, "unreadable")
                continue
            found = []
            for name in names:
                self.entries -= 1
                if self.entries < 0:
                    self.complete, pending = False, []
                    break
                after = self.step(states, name)
                if after:
                    self.visit(folder + name, after, depth, found)
            # Depth first, in order: the last one is taken next.
            pending.extend(reversed(found))

    def end(self):
        report = {"omitted": self.omitted, "omitted_total": self.omitted_total, "complete": self.complete}
        send(b"o", to_json(report))

    def visit(self, path, states, depth, found):
        try:
            status = _lstat(WORK_DIR + "/" + path)
        except OSError:
            return
        kind = status.st_mode & 0o170000
        if kind == 0o040000:
            if depth < self.path_depth:
                found.append((path + "/", states, depth + 1))
            else:
                self.omit(path, None, "bad_path")
        elif any(state == _len(self.globs[number]) for number, state in states):
            if kind == 0o100000:
                self.offer(path, status.st_size)
            else:
                self.omit(path, None, "not_a_file")

    def offer(self, path, size):
        """Sends a file, as it is at this moment: as many bytes as it has now, though it may grow."""
        try:
            name = path.encode()
        except UnicodeEncodeError:
            return self.omit(path, size, "bad_path")
        if _len(name) > self.path_bytes:
            return self.omit(path, size, "bad_path")
        if self.files < 1:
            return self.omit(path, size, "too_many")
        try:
            # What was a file a moment ago can be a fifo now, whose opening would wait.
            source = _open(WORK_DIR + "/" + path, posix.O_RDONLY | posix.O_NOFOLLOW | posix.O_NONBLOCK | posix.O_CLOEXEC)
        except OSError:
            return self.omit(path, size, "unreadable")
        try:
            status = _fstat(source)
            size = status.st_size
            if status.st_mode & 0o170000 != 0o100000:
                return self.omit(path, None, "not_a_file")
            if size > self.bytes:
                return self.omit(path, size, "too_large")
            self.files -= 1
            self.bytes -= size
            send(b"n", size.to_bytes(8, "big") + name)
            while size > 0:
                piece = _read(source, min(size, FILE_PIECE))
                if not piece:
                    break
                size -= _len(piece)
                send(b"d", piece)
                if _len(piece) < FILE_PIECE:
                    break
        finally:
            _close(source)

    def omit(self, path, size, reason, **more):
        self.omitted_total += 1
        if _len(self.omitted) < self.most_omitted:
            path = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[: self.path_bytes]
            self.omitted.append({"path": path, "size": size, "reason": reason, **more})

    def has_room(self):
        return self.files > 0

    def offer_picture(self, content):
        name, size = self.name_picture(), _len(content)
        if self.files < 1 or size > self.bytes:
            return self.omit(name, size, "too_many" if self.files < 1 else "too_large")
        self.files -= 1
        self.bytes -= size
        send(b"p", size.to_bytes(8, "big") + name.encode())
        for start in range(0, size, FILE_PIECE):
            send(b"d", content[start : start + FILE_PIECE])

    def omit_picture(self, reason, **more):
        self.omit(self.name_picture(), None, reason, **more)

    def name_picture(self):
        """The next name that no file of the script has, returned or not."""
        while True:
            self.pictures += 1
            name = f"figure-{self.pictures}.png"
            try:
                _lstat(WORK_DIR + "/" + name)
            except OSError:
                return name

    def step(self, states, name):
        after = set()
        for number, state in states:
            segments = self.globs[number]
            if state == _len(segments):
                continue
            if segments[state] == "deep":
                if name[0] != ".":
                    after.add((number, state))
            elif matches(segments[state], name):
                after.add((number, state + 1))
        return self.close(after)

    def close(self, states):
        """Any number of folders can be none."""
        for number, state in list(states):
            segments = self.globs[number]
            if state < _len(segments) and segments[state] == "deep":
                states.add((number, state + 1))
        return states


def matches(tokens, name):
    """Whether a name fits the tokens of src/core/files/globs.ts; a mismatch gives the last `*` one character more."""
    if name[0] == "." and tokens[:1] != ["."]:
        return False
    at, token, star, start = 0, 0, -1, 0
    while at < _len(name):
        current = tokens[token] if token < _len(tokens) else None
        if current == "many":
            star, start = token, at
            token += 1
        elif current is not None and matches_one(current, name[at]):
            token, at = token + 1, at + 1
        elif star == -1:
            return False
        else:
            start += 1
            token, at = star + 1, start
    return all(rest == "many" for rest in tokens[token:])


def matches_one(token, character):
    if _isinstance(token, _str):
        return token == "any" or token == character
    negated, ranges = token
    return any(first <= ord(character) <= last for first, last in ranges) != negated


def flush_files():
    """Writes out what open files still hold, as the end of the interpreter would."""
    import _io
    import gc

    for item in gc.get_objects():
        if _type(item) in (_io.TextIOWrapper, _io.BufferedWriter, _io.BufferedRandom):
            attempt(item.flush)


def send_files(order, figures):
    collection = Collection(order)
    if order["globs"]:
        attempt(flush_files)
        collection.send_all()
    if figures is not None:
        # What is said while a figure is drawn is no output of the script any more.
        sys.stdout = sys.stderr = None
        collection.complete &= attempt(figures.send_all, collection, order["memory"]) is not None
    collection.end()


# --- figures -----------------------------------------------------------------------------------------------------


def find_figures():
    """The program that sends what a script drew with matplotlib, where it drew something. Nothing is drawn here yet."""
    pyplot = sys.modules.get("matplotlib._pylab_helpers")
    if pyplot is None or not (pyplot.Gcf.figs or "brig_figures" in sys.modules):
        return None
    program = import_own("brig_figures")
    return program if program.is_anything_drawn() else None


def keep_figures():
    """Matplotlib closes what is open before a program ends: here that comes back."""
    if "matplotlib._pylab_helpers" in sys.modules:
        sys.modules["atexit"].unregister(sys.modules["matplotlib._pylab_helpers"].Gcf.destroy_all)


# --- the run -----------------------------------------------------------------------------------------------------


def run_exit_handlers():
    """What CPython does at the end of a program: waits for its threads, then calls what atexit holds."""
    if "threading" in sys.modules:
        sys.modules["threading"]._shutdown()
    attempt(keep_figures)
    if "atexit" in sys.modules:
        sys.modules["atexit"]._run_exitfuncs()


def flush_streams():
    for stream in {id(one): one for one in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)}.values():
        attempt(lambda stream=stream: stream.flush())
    if "ctypes" in sys.modules:
        attempt(lambda: sys.modules["ctypes"].CDLL(None).fflush(None))


def exit_status(error):
    """Status and last words of a SystemExit, as CPython's own start-up code reads it."""
    code = error.code
    if code is None:
        return 0, None
    if _isinstance(code, int):
        return code & 0xFF, None
    return 1, text_of(code)


async def wait_for(awaitable):
    return await awaitable


def call(function, arguments, keywords):
    value = function(*arguments, **keywords)
    if hasattr(_type(value), "__await__"):
        import asyncio

        value = asyncio.run(wait_for(value))
    return value


def functions_of(module):
    function = _type(call)
    return [name for name, value in module.__dict__.items() if _isinstance(value, function) and _isinstance(name, _str)]


def parse_arguments(text):
    """JSON without the `json` package, whose regular expressions cost more than this whole program."""
    return _json.make_scanner(ScannerContext)(text, 0)[0]


class ScannerContext:
    strict = False
    object_hook = object_pairs_hook = None
    parse_float, parse_int, parse_constant = float, int, float
    memo = {}


def run(fields):
    """Runs the request and gives the one frame to send: its tag and its payload."""
    if "n" in fields:
        refused = place_script(fields)
        if refused is not None:
            return refused
        name_script(fields["n"].decode())
    in_script_mode = fields["m"] == b"script"
    name = fields["f"].decode()
    source = fields["s"].decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    owner = _getpid()
    try:
        code = compile(source, SCRIPT_NAME, "exec", 0, True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        return failure(report_refused_source(error))
    module = make_module("__main__" if in_script_mode else "script", source)
    status, report, value = 0, None, None
    try:
        try:
            exec(code, module.__dict__)
            if not in_script_mode:
                function = module.__dict__.get(name)
                if not callable(function):
                    return failure(no_entry_point(module, name))
                arguments, keywords = parse_arguments(fields["a"].decode()), parse_arguments(fields["k"].decode())
                value = call(function, arguments, keywords)
        finally:
            if in_script_mode or _getpid() != owner:
                run_exit_handlers()
    except SystemExit as error:
        status, words = exit_status(error)
        if words is not None:
            attempt(lambda: sys.stderr.write(words + "\n"))
        if status != 0 or not in_script_mode:
            report = {"kind": "exited", "code": status}
    except _BaseException as error:
        status, report = 1, report_exception(error, source)
    if _getpid() != owner:
        # A child that the script forked came back through here: it ends as a process of its own would.
        if report is not None and report["kind"] == "runtime_error":
            attempt(lambda: sys.stderr.write(report.get("traceback", report["type"] + "\n")))
        flush_streams()
        _exit(status)
    flush_streams()
    if report is not None:
        return failure(report)
    return encode(value, int(fields["c"]), "j" in fields)


def name_script(path):
    """As CPython has it for a file that it is started with: its path is absolute everywhere but in `sys.argv`."""
    global SCRIPT_NAME
    SCRIPT_NAME = f"{WORK_DIR}/{path}"
    sys.argv[0] = path


def no_entry_point(module, name):
    flush_streams()
    report = {"kind": "missing_main", "functions": functions_of(module)[:MAX_CANDIDATES]}
    if name in module.__dict__:
        report["found"] = _type(module.__dict__[name]).__name__
    return report


def encode(value, cap, soften):
    try:
        try:
            payload = to_json(value)
        except _BaseException:
            if not soften:
                raise
            payload = to_json(make_soft(value, 0))
    except _BaseException as error:
        if is_a(error, MemoryError):
            return failure({"kind": "runtime_error", "type": "MemoryError", "message": "", "memory": True})
        return failure(attempt(find_flaw, value) or flaw("result", type_name(value), "type", None))
    if _len(payload) > cap:
        return failure({"kind": "result_too_large", "bytes": _len(payload)})
    return b"r", payload


def failure(report):
    return b"e", to_json(report)


def preflight(fields):
    """Looks at the script instead of running it; what that needs is imported while no file of the caller's can be."""
    sys.path[0] = PROGRAM_DIR
    import preflight as program

    sys.path.remove(PROGRAM_DIR)
    return program.check(fields)


# --- another program than this interpreter ------------------------------------------------------------------------


class Waiting:
    """A program that is started before its job has come, and that reads from a pipe what it is to do."""

    def __init__(self, command):
        self.command = [word.encode() for word in command]
        self.stdin = posix.memfd_create("stdin")
        theirs, self.channel = posix.pipe()
        self.pid = posix.posix_spawn(
            command[0],
            command,
            {**posix.environ, JOB_VARIABLE: b"%d" % JOB_FD},
            setsigdef=IGNORED_SIGNALS,
            file_actions=[(posix.POSIX_SPAWN_DUP2, self.stdin, 0), (posix.POSIX_SPAWN_DUP2, theirs, JOB_FD)],
        )
        _close(theirs)

    def take(self, fields, environment):
        """Its pid, where it took the job; None where it waits for another one, or is gone: then it is ended."""
        try:
            if self.command != fields["x"] or any(one.startswith(VARIABLES_OF_START) for one in environment):
                return posix.kill(self.pid, SIGKILL)
            write_all(self.stdin, fields.get("i", b""))
            posix.lseek(self.stdin, 0, 0)
            variables = dict(one.decode().split("=", 1) for one in environment)
            arguments = [argument.decode() for argument in fields["v"]]
            write_all(self.channel, to_json({"arguments": arguments, "variables": variables}))
            return self.pid
        except OSError:
            return attempt(posix.kill, self.pid, SIGKILL)
        finally:
            _close(self.channel)
            _close(self.stdin)


def run_program(fields, environment, waiting):
    """Runs a program as a child, so that signals end it as they would anywhere: this process is pid 1, which they spare."""
    refused = place_script(fields) if "n" in fields else None
    if refused is not None:
        return refused
    import _signal

    # The one signal that process 1 would notice: the interpreter has a handler for it.
    _signal.signal(SIGINT, _signal.SIG_IGN)
    pid = waiting and waiting.take(fields, environment)
    provide_stdin(b"" if pid else fields.get("i", b""))
    command = fields["x"] + fields["v"]
    if command[0] == SHELL:
        # Not every distribution's interpreter looks for packages where they are mounted.
        posix.environ.setdefault(b"PYTHONPATH", SITE_PACKAGES.encode())
    try:
        pid = pid or posix.posix_spawn(command[0], command, posix.environ, setsigdef=IGNORED_SIGNALS)
    except OSError as error:
        return failure({"kind": "runtime_error", "type": "OSError", "message": f"The program could not be started: {error.strerror}"})
    while True:
        # Whatever else ended lost its parent and became this one's child.
        ended, status = posix.waitpid(-1, 0)
        if ended == pid:
            break
    if posix.WIFSIGNALED(status):
        return failure({"kind": "signalled", "signal": posix.WTERMSIG(status)})
    if posix.WEXITSTATUS(status) != 0:
        return failure({"kind": "exited", "code": posix.WEXITSTATUS(status)})
    return (b"b", read_file(fields["t"])) if "t" in fields else (b"r", b"null")


def place_script(fields):
    """Puts the script where it is to lie; gives the frame that says why it could not."""
    path = fields["n"].decode()
    try:
        put_script(path, fields["s"])
    except OSError as error:  # no room for it, or a folder of the caller's is in its place
        message = f"The script could not be written to {path}: {error.strerror}"
        return failure({"kind": "runtime_error", "type": "OSError", "message": message})


def put_script(path, source):
    folder = WORK_DIR
    for name in path.split("/")[:-1]:
        folder += "/" + name
        attempt(posix.mkdir, folder)
    target = posix.open(f"{WORK_DIR}/{path}", posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC, 0o644)
    write_all(target, source)
    posix.close(target)


def read_file(path):
    source = posix.open(path, posix.O_RDONLY)
    content = bytearray()
    while chunk := _read(source, 1 << 20):
        content += chunk
    return bytes(content)


def bound_signals():
    """Bounds queued signals and timers: the kernel counts them against the maker of the user namespace too (root, on the host).

    Here, and not around nsjail: the limit that holds when the namespace is made bounds all jails together.
    """
    import resource

    _, ceiling = resource.getrlimit(resource.RLIMIT_SIGPENDING)
    most = MAX_PENDING_SIGNALS if ceiling == resource.RLIM_INFINITY else min(ceiling, MAX_PENDING_SIGNALS)
    resource.setrlimit(resource.RLIMIT_SIGPENDING, (most, most))


def sleep_until_ended():
    """Gives the processor back: only when a process is switched away is its CPU time up to that moment accounted for.

    The host ends it within milliseconds; unless the script broke the channel, and the report went elsewhere.
    """
    attempt(_sleep, 1)
    _exit(1)


def rehearse():
    """Does once what every request needs and what is slow the first time: CPython makes the classes of its syntax trees with the
    first `compile`, in a millisecond. A jail that waits has done it before its request comes."""
    compile("0", SCRIPT_NAME, "eval", 0, True)
    to_json(parse_arguments("[]"))


def main():
    posix.set_inheritable(REPORT_FD, False)
    bound_signals()
    sys.stdout.reconfigure(line_buffering=True)
    sys.path.insert(0, WORK_DIR)
    sys.path.append(SITE_PACKAGES)
    waiting = None
    if sys.argv[1:2] == ["--start"]:
        waiting = attempt(Waiting, sys.argv[2:])
    elif _len(sys.argv) > 1:
        prepare_surroundings()
        for module in sys.argv[1:]:
            __import__(module)
    builtins.exit, builtins.quit = Quitter("exit", "Ctrl-D (i.e. EOF)"), Quitter("quit", "Ctrl-D (i.e. EOF)")
    rehearse()
    send(b"y", sys.version.split()[0].encode())
    try:
        fields = receive()
    except OSError as error:  # no room for the files of the request
        send(*failure(report_exception(error, "")))
        sleep_until_ended()
    environment = fields.pop("e")
    provide_environment(environment)
    order = parse_arguments(fields["o"].decode()) if "o" in fields else None
    figures = None
    if fields["x"]:
        send(*run_program(fields, environment, waiting))
    else:
        provide_stdin(fields.get("i", b""))
        prepare_surroundings()
        sys.argv = [SCRIPT_NAME, *(argument.decode() for argument in fields["v"])]
        if "w" in fields:
            enter_root(parse_arguments(fields["w"].decode()))
        report = (preflight if "l" in fields else run)(fields)
        if order is not None and "memory" in order:
            figures = attempt(find_figures)
        if figures is not None:
            send(b"f", b"")
        send(*report)
    if order is not None and (order["globs"] or figures is not None):
        attempt(send_files, order, figures)
    sleep_until_ended()


try:
    main()
except ImportError as error:  # a module that was to be imported ahead: the operator's mistake, in the operator's log
    sys.stderr.write(f"{error}\n")
    _exit(70)
except _BaseException as error:  # too little memory even for this program: nothing of it may reach the script's stderr
    if is_a(error, MemoryError):
        attempt(send, b"e", b'{"kind":"runtime_error","type":"MemoryError","message":"","memory":true}')
    _exit(70)
