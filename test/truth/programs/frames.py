import inspect
import logging
import sys
import threading
import traceback
import warnings


def walk():
    frame, names = sys._getframe(), []
    while frame is not None:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names


def show():
    traceback.print_stack(file=sys.stdout)
    print(walk(), [one.function for one in inspect.stack()], len(traceback.extract_stack()))
    frames = sys._current_frames()[threading.get_ident()]
    print([one.name for one in traceback.extract_stack(frames)])


class Seen:
    def __del__(self):
        print(walk())


show()
thread = threading.Thread(target=show)
thread.start()
thread.join()
del [Seen()][0]
sorted([2, 1], key=lambda n: show() or n)
exec("show()")
eval("show()")
for depth in range(3):
    try:
        print(sys._getframe(depth).f_code.co_name)
    except ValueError as error:
        print(error)
for level in range(1, 5):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("level", stacklevel=level)
        print(caught[0].filename.rpartition("/")[2], caught[0].lineno)
logging.basicConfig(stream=sys.stdout, format="%(funcName)s %(lineno)d %(message)s")
logging.error("logged", stack_info=True)
seen = []
sys.settrace(lambda frame, event, arg: seen.append((event, frame.f_code.co_name)))
show()
sys.settrace(None)
print(seen[:1])
try:
    [].pop()
except IndexError as error:
    print([one.name for one in traceback.extract_tb(error.__traceback__)], error.__traceback__.tb_frame.f_back)
