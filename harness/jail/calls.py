"""Calls a function of a script."""

from __future__ import annotations

from .own import _isinstance, _str, _type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import ModuleType
    from typing import Any


async def wait_for(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


called: object = None


def last_called() -> object:
    """Returns the function that the harness itself called last; the traceback of a failed call does not name it."""
    return called


def call(function: Callable[..., Any], arguments: list[Any], keywords: dict[str, Any]) -> Any:
    global called
    called = function
    value = function(*arguments, **keywords)
    if hasattr(_type(value), "__await__"):
        import asyncio

        value = asyncio.run(wait_for(value))
    return value


def functions_of(module: ModuleType) -> list[str]:
    function = _type(call)
    return [name for name, value in module.__dict__.items() if _isinstance(value, function) and _isinstance(name, _str)]
