"""Matches names and paths against patterns that the host parsed (src/core/contract/files/globs.ts)."""

from __future__ import annotations

from .own import _isinstance, _len, _str

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    # Pairs of a pattern and the number of its segments that a path matches so far.
    States = set[tuple[int, int]]

# Folder of byte code, which imports write: patterns match it only by its own name.
BYTE_CODE = "__pycache__"


def first_states(globs: list[Any]) -> States:
    return skip_deep(globs, {(number, 0) for number in range(_len(globs))})


def step(globs: list[Any], states: States, name: str) -> States:
    """Returns the states after one more name of the path."""
    after = set()
    for number, state in states:
        segments = globs[number]
        if state == _len(segments):
            continue
        if segments[state] == "deep":
            if name[0] != "." and name != BYTE_CODE:
                after.add((number, state))
        elif matches(segments[state], name):
            after.add((number, state + 1))
    return skip_deep(globs, after)


def skip_deep(globs: list[Any], states: States) -> States:
    """Adds the states in which `**` matches no folder."""
    for number, state in list(states):
        segments = globs[number]
        if state < _len(segments) and segments[state] == "deep":
            states.add((number, state + 1))
    return states


def is_at_end(globs: list[Any], states: States) -> bool:
    return any(state == _len(globs[number]) for number, state in states)


def matches(tokens: list[Any], name: str) -> bool:
    """Matches a name against the tokens of one segment; at a mismatch, the last `*` takes one more character."""
    if name[0] == "." and tokens[:1] != ["."]:
        return False
    if name == BYTE_CODE and tokens != [*BYTE_CODE]:
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


def matches_one(token: Any, character: str) -> bool:
    if _isinstance(token, _str):
        return token == "any" or token == character
    negated, ranges = token
    return any(first <= ord(character) <= last for first, last in ranges) != negated
