# truth: {"packages": ["hypothesis"]}
from hypothesis import find, given, settings, strategies


@settings(derandomize=True, database=None, max_examples=50)
@given(strategies.lists(strategies.integers()))
def check(values):
    assert sorted(sorted(values)) == sorted(values)


check()
print(find(strategies.integers(), lambda n: n > 1000, settings=settings(derandomize=True, database=None)))
