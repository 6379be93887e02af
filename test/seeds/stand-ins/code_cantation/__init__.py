"""Stands in for the package that Code Cantation's own tests import: the same calls, answered by Brig."""
