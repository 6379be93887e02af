import subprocess
import sys

for code in ("0", "3", "None", "'words'", "True", "256", "-1", "2.5", "[]", "1 << 40"):
    run = subprocess.run([sys.executable, "-c", f"import sys; sys.exit({code})"], capture_output=True, text=True)
    print(code, run.returncode, run.stderr.strip())
print(subprocess.run([sys.executable, "-c", "import os; os._exit(9)"]).returncode)
print(subprocess.run([sys.executable, "-c", "raise SystemExit"]).returncode)
