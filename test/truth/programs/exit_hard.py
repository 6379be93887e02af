import os

print("lost in the buffer")
os.write(1, b"written\n")
os._exit(4)
