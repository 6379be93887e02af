"""Compiles three functions: a plain one, one with threads, and one that is kept on disk."""

import numba
import numpy


@numba.njit
def square_sum(values):
    total = 0.0
    for value in values:
        total += value * value
    return total


@numba.njit(parallel=True)
def parallel_sum(values):
    total = 0.0
    for index in numba.prange(values.size):
        total += values[index]
    return total


@numba.njit(cache=True)
def next_of(number):
    return number + 1


def main():
    values = numpy.arange(1000.0)
    assert (square_sum(values), parallel_sum(values), next_of(1)) == (332833500.0, 499500.0, 2)


if __name__ == "__main__":
    main()
