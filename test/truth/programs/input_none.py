import sys

print(repr(sys.stdin.read()), sys.stdin.closed)
input("more? ")
