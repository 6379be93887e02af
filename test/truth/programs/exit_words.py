import sys

print("before")
sys.exit("some words")
