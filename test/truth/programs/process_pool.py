import concurrent.futures
import os
from concurrent.futures.process import BrokenProcessPool


def work(n):
    return sum(range(n))


def fail(n):
    raise ValueError(f"no {n}")


def main():
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        print(list(pool.map(work, range(10), chunksize=3)))
        print(repr(pool.submit(fail, 3).exception()))
    with concurrent.futures.ProcessPoolExecutor(1) as pool:
        try:
            pool.submit(os._exit, 1).result()
        except BrokenProcessPool as error:
            print(type(error).__name__)


if __name__ == "__main__":
    main()
