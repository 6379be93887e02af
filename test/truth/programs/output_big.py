import sys

for number in range(20_000):
    print(number, "x" * 20)
sys.stdout.write("no end of line")
sys.stderr.write("words on the other stream")
