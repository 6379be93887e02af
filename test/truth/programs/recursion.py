import sys


def depth(n):
    return n if n == 0 else depth(n - 1)


print(sys.getrecursionlimit(), depth(990))
try:
    depth(100_000)
except RecursionError as error:
    print(error)
sys.setrecursionlimit(5000)
print(depth(4900))


def measure():
    count = 0

    def down():
        nonlocal count
        count += 1
        down()

    try:
        down()
    except RecursionError:
        return count
    return None


print(measure())
