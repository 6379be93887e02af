"""A client of Brig, which runs code that nobody has read in jails."""

from .client import Brig, BrigError, BrigUnreachable

__all__ = ["Brig", "BrigError", "BrigUnreachable"]
