# truth: {"stdin": "line one\nline two\n"}
import os
import select
import subprocess
import sys

print(select.select([sys.stdin], [], [], 5)[0] == [sys.stdin])
print(os.read(0, 5), sys.stdin.buffer.read(4))
print(subprocess.run([sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))"], capture_output=True).stdout)
print(open("/dev/stdin").read())
