import io
import os
import sys

print("one", "two", sep="|", end="\n\n")
sys.stdout.buffer.write(b"bytes \xc3\xa4\n")
sys.stdout.flush()
os.write(1, b"by descriptor\n")
print("tabs\tand\rreturns\x07bells\x1b[31mcolours\x1b[0m")
print("\u2028 line separator", ascii("ä"), sys.stdout.line_buffering, sys.stdout.write_through, sys.stderr.errors)
sys.stdout = io.StringIO()
print("caught")
caught, sys.stdout = sys.stdout.getvalue(), sys.__stdout__
print(repr(caught), os.get_terminal_size if False else "", sys.stdout.name, sys.stdout.fileno())
try:
    print("\ud800")
except UnicodeEncodeError as error:
    print(error.reason)
os.system("echo from the shell")
os.close(2)
print("still here")
