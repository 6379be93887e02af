"""A lock that nobody else asks for."""

import contextlib


def FileLock(_path):
    return contextlib.nullcontext()
