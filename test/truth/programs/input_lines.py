# truth: {"stdin": "7\nalpha beta\nlast without end"}
import fileinput
import os
import sys

print(int(input("How many? ")) * 2, sys.stdin.isatty(), sys.stdout.isatty(), os.isatty(2))
print(sys.stdin.readline().split())
print([line for line in fileinput.input("-")], repr(sys.stdin.read()))
try:
    input()
except EOFError as error:
    print(error)
