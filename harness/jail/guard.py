"""Asks objects that may be hostile."""

from __future__ import annotations

from .own import _BaseException, _issubclass, _name_of_class, _slice_of_text, _str, _type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_MESSAGE = 8_000


def type_name(value: object) -> str:
    return _name_of_class(_type(value))


def is_a(value: object, kind: type) -> bool:
    return _issubclass(_type(value), kind)


def text_of(error: object) -> str:
    try:
        return _slice_of_text(_str(error), slice(MAX_MESSAGE))
    except _BaseException:
        return f"<{type_name(error)} whose text cannot be made>"


def attempt(action: Callable[..., Any], *arguments: object) -> Any:
    """Returns the result of an action; None when it fails, because a hostile object can make it fail."""
    try:
        return action(*arguments)
    except _BaseException:
        return None
