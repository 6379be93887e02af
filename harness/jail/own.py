"""Holds references of the harness's own, because a script may replace any attribute of any module."""

from __future__ import annotations

import _json
import posix
import sys
import time

_read, _write, _exit, _getpid = posix.read, posix.write, posix._exit, posix.getpid
_open, _close, _fstat, _lstat, _listdir = posix.open, posix.close, posix.fstat, posix.lstat, posix.listdir
_readv, _sleep = posix.readv, time.sleep
_get_digits, _set_digits = sys.get_int_max_str_digits, sys.set_int_max_str_digits
_isinstance, _len, _str, _type, _repr = isinstance, len, str, type, repr
_BaseException, _issubclass = BaseException, issubclass
# Attributes of a class or exception may be overridden with code of the script; these ask the interpreter.
_name_of_class = type.__dict__["__name__"].__get__
_bases_of_class, _names_in_class = type.__dict__["__mro__"].__get__, type.__dict__["__dict__"].__get__
_traceback_of = BaseException.__dict__["__traceback__"].__get__
_slice_of_text = str.__getitem__
_quote = _json.encode_basestring_ascii
_make_encoder = _json.make_encoder
