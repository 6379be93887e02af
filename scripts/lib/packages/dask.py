"""Computes with threads, and with processes."""

import dask
import dask.array
import dask.bag


def double(number):
    return 2 * number


def main():
    with dask.config.set(scheduler="processes", num_workers=2):
        assert dask.bag.from_sequence(range(6), npartitions=3).map(double).sum().compute() == 30
    with dask.config.set(scheduler="threads", num_workers=2):
        assert dask.array.ones((1000, 1000), chunks=250).sum().compute() == 1_000_000


if __name__ == "__main__":
    main()
