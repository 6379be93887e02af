import _thread
import sys
import threading

threading.Thread(target=_thread.interrupt_main).start()
try:
    threading.Event().wait(10)
except KeyboardInterrupt:
    print("interrupted")
    sys.exit()
