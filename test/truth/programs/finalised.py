import atexit
import gc
import weakref


class Last:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def counting():
    try:
        yield 1
        yield 2
    finally:
        print("finally of a generator")


atexit.register(print, "atexit 1")
atexit.register(print, "atexit 2")
held = Last("held by the module")
ring = Last("in a ring")
ring.itself = ring
weakref.finalize(held, print, "finalize")
left_open = counting()
next(left_open)
gone = Last("gone early")
del gone
print(gc.isenabled(), len(gc.get_objects()) > 1000)
