import queue
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

lock, total = threading.Lock(), 0


def add(times):
    global total
    for _ in range(times):
        with lock:
            total += 1


threads = [threading.Thread(target=add, args=(1000,), name=f"adder-{number}") for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(total, threading.active_count(), threading.current_thread() is threading.main_thread())
work, done = queue.Queue(), []


def consume():
    while (item := work.get()) is not None:
        done.append(item * item)
        work.task_done()


worker = threading.Thread(target=consume)
worker.start()
for number in range(20):
    work.put(number)
work.join()
work.put(None)
worker.join()
print(done)
with ThreadPoolExecutor(max_workers=16) as pool:
    print(sorted(future.result() for future in as_completed([pool.submit(pow, 2, n) for n in range(30)])))
barrier, seen = threading.Barrier(3), []
for number in range(3):
    threading.Thread(target=lambda n=number: (barrier.wait(), seen.append(n))).start()
event = threading.Event()
threading.Timer(0.05, event.set).start()
print(event.wait(10), threading.local() is not None)
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        thread.join()
print(sorted(seen))
