"""
Runs one module of CPython's own tests: run_tests.py MODULE [LAST [TEST…]]. Begins after the test LAST, if that is not
empty, and leaves out the other tests that are named.
Writes a line of JSON on standard output when a test begins and when it has ended, so that a test that ends the process
is known, and those before it count.
"""

import faulthandler
import importlib
import json
import os
import sys
import time
import traceback
import unittest
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path

# No test prints this at the beginning of a line.
MARK = "\n#truth "
# Texts of failures are there for a reader, and vary with addresses and times.
LONGEST_TEXT = 300
# A folder beside the package `test`: tests that lie in other packages of the standard library.
PARTS = "truth_parts"
# A test that takes longer hangs, also on a busy machine.
TEST_SECONDS = 60
RANKS = ["passed", "skipped", "failed"]


def name_of(test: unittest.TestCase) -> str:
    return test.id().removeprefix(PARTS + ".")


def report(sink: int, record: dict) -> None:
    data = (MARK + json.dumps(record) + "\n").encode()
    while data:
        data = data[os.write(sink, data) :]


class Reporter(unittest.TestResult):
    def __init__(self, sink: int) -> None:
        super().__init__()
        self.sink = sink
        self.worst: dict[str, tuple[str, str]] = {}

    def note(self, test: unittest.TestCase, outcome: str, text: str) -> None:
        name = name_of(test)
        if RANKS.index(outcome) >= RANKS.index(self.worst.get(name, ("passed", ""))[0]):
            self.worst[name] = (outcome, text[:LONGEST_TEXT])
        # The set-up of a class or a module is no test, and neither starts nor stops.
        if not isinstance(test, unittest.TestCase):
            self.flush()

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.worst.setdefault(name_of(test), ("passed", ""))
        report(self.sink, {"begin": name_of(test)})
        faulthandler.dump_traceback_later(TEST_SECONDS, exit=True, file=sys.__stderr__)

    def stopTest(self, test: unittest.TestCase) -> None:
        faulthandler.cancel_dump_traceback_later()
        super().stopTest(test)
        self.flush()

    def addError(self, test: unittest.TestCase, err: tuple) -> None:
        self.note(test, "failed", last_line(err))

    def addFailure(self, test: unittest.TestCase, err: tuple) -> None:
        self.note(test, "failed", last_line(err))

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: tuple | None) -> None:
        if err is not None:
            self.note(test, "failed", last_line(err))

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self.note(getattr(test, "test_case", test), "skipped", str(reason))

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        self.note(test, "failed", "unexpected success")

    def flush(self) -> None:
        for name, (outcome, text) in self.worst.items():
            report(self.sink, {"test": name, "outcome": outcome, "text": text})
        self.worst.clear()


def last_line(err: tuple) -> str:
    return "".join(traceback.format_exception_only(err[0], err[1])).strip().split("\n")[-1]


class PartsFinder:
    """Finds `ctypes.test` and its like. A longer path of `ctypes` would be gone once a test imports it afresh."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        for entry in sys.path:
            folder = Path(entry, PARTS, *name.split("."))
            if name.count(".") == 1 and folder.is_dir():
                places = [str(folder)]
                return spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=places)
        return None


def load_package_tests(
    folder: str, loader: unittest.TestLoader, tests: unittest.TestSuite, pattern: str | None
) -> unittest.TestSuite:
    above = Path(importlib.import_module("test").__file__).parent.parent
    tests.addTests(loader.discover(start_dir=folder, top_level_dir=str(above), pattern=pattern or "test*"))
    return tests


def leave_out(suite: unittest.TestSuite, last: str, names: set[str]) -> unittest.TestSuite:
    """Replaces a suite by one of the tests that are to run. They keep their order, in which fixtures are made."""
    waiting = bool(last)

    def pick(suite: unittest.TestSuite) -> unittest.TestSuite:
        nonlocal waiting
        kept = []
        for test in suite:
            if isinstance(test, unittest.TestSuite):
                kept.append(pick(test))
            elif waiting:
                waiting = name_of(test) != last
            elif name_of(test) not in names:
                kept.append(test)
        return type(suite)(kept)

    return pick(suite)


def run(name: str, last: str, without: set[str], sink: int) -> None:
    support = importlib.import_module("test.support")
    support.verbose = 0
    # Neither network nor screen nor hours: tests that want one are skipped.
    support.use_resources = []
    # The package `test` may lie beside other packages, where it is looked for by no test.
    support.load_package_tests = load_package_tests
    support.STDLIB_DIR = os.path.dirname(os.__file__)
    try:
        module = importlib.import_module(name)
        suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    except unittest.SkipTest as error:
        report(sink, {"test": name, "outcome": "skipped", "text": str(error)[:LONGEST_TEXT]})
        return
    except BaseException as error:
        report(sink, {"test": name, "outcome": "failed", "text": repr(error)[:LONGEST_TEXT]})
        return
    result = Reporter(sink)
    leave_out(suite, last, without).run(result)
    result.flush()


def main() -> None:
    sink = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.meta_path.append(PartsFinder())
    name, last, *without = [*sys.argv[1:], ""] if len(sys.argv) == 2 else sys.argv[1:]
    start = time.monotonic()
    run(name, last, set(without), sink)
    report(sink, {"ended": name, "seconds": round(time.monotonic() - start, 2)})
    # Threads and processes that tests left behind are not waited for.
    os._exit(0)


if __name__ == "__main__":
    main()
