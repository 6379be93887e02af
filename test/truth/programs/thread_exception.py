import sys
import threading


def fail():
    raise ValueError("in a thread")


thread = threading.Thread(target=fail, name="failing")
thread.start()
thread.join()
print("main goes on")
threading.excepthook = lambda args: print("hook", args.exc_type.__name__, args.exc_value, args.thread.name)
thread = threading.Thread(target=fail, name="hooked")
thread.start()
thread.join()
threading.Thread(target=sys.exit, args=(5,)).start()
