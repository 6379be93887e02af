"""A plain program, as one would write it for a shell: mode "script", with sys.argv, standard input and a status."""

import sys

if __name__ == "__main__":
    wanted = sys.argv[1:]
    words = sys.stdin.read().split()
    for word in wanted:
        print(f"{word}: {words.count(word)}")
    sys.exit(0 if any(word in words for word in wanted) else 1)
