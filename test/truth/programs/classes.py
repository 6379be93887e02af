import abc
import collections
import contextlib
import copy
import dataclasses
import enum
import functools
import heapq
import itertools
import operator
import typing


@dataclasses.dataclass(order=True, slots=True)
class Item:
    price: float
    name: str = dataclasses.field(compare=False)
    tags: list = dataclasses.field(default_factory=list)


class Colour(enum.Flag):
    RED = enum.auto()
    BLUE = enum.auto()


class Base(abc.ABC):
    @abc.abstractmethod
    def go(self): ...

    def __init_subclass__(cls, **kwargs):
        print("subclass", cls.__name__, kwargs)


class Made(Base, kind="x"):
    def go(self):
        return super().__repr__()[:9]


print(min(Item(2, "b"), Item(1, "a")), dataclasses.asdict(Item(1, "a", ["t"])), Colour.RED | Colour.BLUE)
try:
    Base()
except TypeError as error:
    print(error)
print(Made().go(), collections.Counter("mississippi").most_common(2), collections.deque([1, 2, 3], maxlen=2))
print(functools.reduce(operator.mul, range(1, 10)), list(itertools.pairwise("abc")), heapq.nsmallest(2, [5, 1, 4]))
with contextlib.ExitStack() as stack:
    stack.callback(print, "callback")
    stack.enter_context(contextlib.suppress(KeyError))
    {}["x"]
match {"kind": "point", "at": [1, 2]}:
    case {"kind": "point", "at": [x, y]} if x < y:
        print("matched", x, y)
print(copy.deepcopy({"a": [1]}), typing.get_type_hints(Item)["price"], functools.lru_cache(lambda n: n)(3))


@functools.singledispatch
def show(value):
    return "any"


@show.register
def _(value: int):
    return "int"


print(show(1), show("x"), type("Dynamic", (), {"a": 1})().a, (lambda *a, **k: (a, k))(1, b=2))
print(sorted(name for name in globals() if name.startswith("__")))
