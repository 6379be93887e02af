# truth: {"packages": ["psutil"]}
import os

import psutil

me = psutil.Process()
print(
    me.pid == os.getpid(),
    me.name()[:6],
    me.status(),
    me.num_threads(),
    me.memory_info().rss > 0,
    me.cpu_times().user >= 0,
)
print(me.cwd() == os.getcwd(), len(me.open_files()), psutil.pid_exists(os.getpid()), psutil.cpu_count() >= 1)
for name in ("virtual_memory", "swap_memory", "cpu_percent", "boot_time", "cpu_times", "net_if_addrs", "getloadavg"):
    try:
        print(name, getattr(psutil, name)() is not None)
    except Exception as error:
        print(name, type(error).__name__)
