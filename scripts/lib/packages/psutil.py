"""Looks at its own process."""

import os

import psutil


def main():
    me = psutil.Process()
    assert me.pid == os.getpid() and me.memory_info().rss > 0 and me.num_threads() >= 1
    assert me.cpu_times().user >= 0 and me.open_files() == []


if __name__ == "__main__":
    main()
