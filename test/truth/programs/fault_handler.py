import faulthandler
import os
import signal
import sys
import threading

faulthandler.enable()


def waiting():
    faulthandler.dump_traceback(file=sys.stdout, all_threads=False)


sys.stdout.flush()
waiting()
faulthandler.register(signal.SIGUSR1, file=sys.stdout, all_threads=False)
os.kill(os.getpid(), signal.SIGUSR1)
thread = threading.Thread(target=waiting)
thread.start()
thread.join()
