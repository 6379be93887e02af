import atexit
import threading
import time

atexit.register(print, "atexit")
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
threading.Thread(target=lambda: (time.sleep(0.2), print("waited for"))).start()
print("end of main")
