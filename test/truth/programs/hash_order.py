# truth: {"args": ["child"]}
import subprocess
import sys

code = "print(list({'a', 'b', 'c', 'd', 'e', 'f', 'g'}), hash('a'))"
env = {"PYTHONHASHSEED": "7"}
one, two = (subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True) for _ in range(2))
print(one.stdout, one.stdout == two.stdout)
unseeded = {subprocess.run([sys.executable, "-c", code], capture_output=True).stdout for _ in range(5)}
print(len(unseeded) > 1, sys.flags.hash_randomization, sys.argv[1:])
