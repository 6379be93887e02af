import sys


class Bad:
    def __del__(self):
        raise RuntimeError("in del")


sys.unraisablehook = lambda args: print("hook", args.exc_type.__name__, args.exc_value, args.err_msg)
bad = Bad()
del bad
print("goes on")
