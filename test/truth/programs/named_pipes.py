import os
import threading

os.mkfifo("pipe")


def write():
    with open("pipe", "w") as file:
        file.write("through a pipe")


thread = threading.Thread(target=write)
thread.start()
with open("pipe") as file:
    print(file.read())
thread.join()
print(oct(os.stat("pipe").st_mode))
event = os.eventfd(0)
os.eventfd_write(event, 3)
print(os.eventfd_read(event), os.memfd_create("memory") > 2)
