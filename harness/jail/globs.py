"""Names and paths, held to patterns that the host took apart (src/core/contract/files/globs.ts)."""

from __future__ import annotations

from .own import _isinstance, _len, _str

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    # How many segments of which pattern a path fits so far.
    States = set[tuple[int, int]]


def first_states(globs: list[Any]) -> States:
    return skip_deep(globs, {(number, 0) for number in range(_len(globs))})


def step(globs: list[Any], states: States, name: str) -> States:
    """The states after one name more."""
    after = set()
    for number, state in states:
        segments = globs[number]
        if state == _len(segments):
            continue
        if segments[state] == "deep":
            if name[0] != ".":
                after.add((number, state))
        elif matches(segments[state], name):
            after.add((number, state + 1))
    return skip_deep(globs, after)


def skip_deep(globs: list[Any], states: States) -> States:
    """Any number of folders can be none."""
    for number, state in list(states):
        segments = globs[number]
        if state < _len(segments) and segments[state] == "deep":
            states.add((number, state + 1))
    return states


def is_at_end(globs: list[Any], states: States) -> bool:
    return any(state == _len(globs[number]) for number, state in states)


def matches(tokens: list[Any], name: str) -> bool:
    """Whether a name fits the tokens of one segment; a mismatch gives the last `*` one character more."""
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


def matches_one(token: Any, character: str) -> bool:
    if _isinstance(token, _str):
        return token == "any" or token == character
    negated, ranges = token
    return any(first <= ord(character) <= last for first, last in ranges) != negated
