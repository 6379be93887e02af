"""Encodes a result as JSON, or finds the part that JSON cannot hold."""

from __future__ import annotations

import _json

from .guard import attempt, is_a, type_name
from .messages import ERROR, RESULT
from .own import (
    _BaseException,
    _bases_of_class,
    _get_digits,
    _isinstance,
    _len,
    _make_encoder,
    _name_of_class,
    _names_in_class,
    _quote,
    _repr,
    _set_digits,
    _str,
    _type,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, NoReturn


class NotJson(Exception):
    """Raised by the encoder for a value that it does not know; only then is the place of the value searched."""


def refuse(value: object) -> NoReturn:
    raise NotJson


def to_json(value: object) -> bytes:
    """Encodes a value like `json.dumps`, with integers of any length, without NaN and infinities."""
    encoder = _make_encoder({}, refuse, _quote, None, ":", ",", False, False, False)
    return "".join(with_any_digits(encoder, value, 0)).encode("ascii")


def parse_arguments(text: str) -> Any:
    """Parses JSON without the `json` package, whose regular expressions cost more than this whole program."""
    return _json.make_scanner(ScannerContext)(text, 0)[0]  # ty: ignore[invalid-argument-type]


def with_any_digits(action: Callable[..., Any], *arguments: object) -> Any:
    """Calls it without the interpreter's bound on the digits of an integer, which the script keeps."""
    most = _get_digits()
    _set_digits(0)
    try:
        return action(*arguments)
    finally:
        _set_digits(most)


class ScannerContext:
    strict = False
    object_hook = object_pairs_hook = None
    parse_float, parse_int, parse_constant = float, int, float
    memo = {}


def encode(value: object, cap: int, soften: bool) -> tuple[bytes, bytes]:
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
    return RESULT, payload


def failure(report: dict[str, Any]) -> tuple[bytes, bytes]:
    return ERROR, to_json(report)


def make_soft(value: Any, depth: int) -> Any:
    """Returns the same value with lists for sets, and None for numbers that are not finite."""
    if depth > 900:
        return value
    if _isinstance(value, float):
        return None if value != value or value in (float("inf"), float("-inf")) else value
    if _isinstance(value, dict):
        return {key: make_soft(item, depth + 1) for key, item in value.items()}
    if _isinstance(value, (list, tuple, set, frozenset)):
        return [make_soft(item, depth + 1) for item in value]
    return value


def find_flaw(root: object) -> dict[str, Any]:
    """Reports the first part of a value, depth first, that JSON cannot hold: path, type and reason."""
    pending: list[tuple[Any, str, int, tuple[int, ...]]] = [(root, "result", 0, ())]
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
            entries = [(item, path + place_of(key)) for key, item in value.items()]
        else:
            entries = [(item, f"{path}[{index}]") for index, item in enumerate(value)]
        pending.extend((item, place, depth + 1, chain) for item, place in reversed(entries))
    return flaw("result", type_name(root), "type", None)


def place_of(key: object) -> str:
    return "." + key if _isinstance(key, _str) and key.isidentifier() else f"[{key!r}]"


def bases_of(value: object) -> list[str]:
    """Returns the names of the base classes of a value's class: `Enum`, `date`; `dataclass` for a data class."""
    classes = _bases_of_class(_type(value))
    names = [_name_of_class(one) for one in classes[1:20] if one is not object]
    return [*names, "dataclass"] if any("__dataclass_fields__" in _names_in_class(one) for one in classes) else names


def flaw(path: str, kind: str, reason: str, value: str | None, bases: Sequence[str] = ()) -> dict[str, Any]:
    report: dict[str, Any] = {"kind": "invalid_result", "path": path, "type": kind, "reason": reason}
    if bases:
        report["bases"] = bases
    if value is not None:
        report["value"] = value
    return report
