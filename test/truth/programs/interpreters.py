import code
import doctest
import pdb
import profile
import timeit
import tracemalloc
import unittest

tracemalloc.start()
kept = [bytes(1000) for _ in range(100)]
print(tracemalloc.get_traced_memory()[0] > 100_000, timeit.timeit("1 + 1", number=10) < 10)
tracemalloc.stop()


def add(a, b):
    """
    >>> add(1, 2)
    3
    """
    return a + b


print(doctest.testmod(), code.compile_command("x = (") is None, pdb.Pdb is not None, profile.Profile is not None)


class Adds(unittest.TestCase):
    def test_right(self):
        self.assertEqual(add(1, 2), 3)

    def test_wrong(self):
        self.assertEqual(add(1, 2), 4)


result = unittest.TestResult()
unittest.defaultTestLoader.loadTestsFromTestCase(Adds).run(result)
print(result.testsRun, len(result.failures), result.failures[0][1])
