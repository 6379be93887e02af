"""Reads scripts as lines of JSON; prints the names that each module's scope binds, null where CPython refuses it."""

import json
import symtable
import sys
import warnings

warnings.simplefilter("ignore")


def bound(script):
    try:
        compile(script, "script.py", "exec", dont_inherit=True)
        table = symtable.symtable(script, "script.py", "exec")
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return None
    names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    return sorted(names | globals_of(table))


def globals_of(table):
    """Names that functions and classes bind in the module by `global`."""
    names = set()
    for child in table.get_children():
        names |= {
            symbol.get_name() for symbol in child.get_symbols() if symbol.is_declared_global() and symbol.is_assigned()
        }
        names |= globals_of(child)
    return names


for line in sys.stdin:
    print(json.dumps(bound(json.loads(line))), flush=True)
