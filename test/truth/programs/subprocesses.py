import signal
import subprocess
import sys

run = subprocess.run([sys.executable, "-c", "print(input()[::-1])"], input="hello", capture_output=True, text=True)
print(run.returncode, run.stdout, run.stderr)
print(subprocess.run("echo one; echo two >&2; exit 3", shell=True, capture_output=True, text=True))
print(subprocess.check_output(["sh", "-c", "echo $GIVEN"], env={"GIVEN": "value", "PATH": "/bin:/usr/bin"}))
for command in (["no-such-program"], ["/"]):
    try:
        subprocess.run(command)
    except OSError as error:
        print(type(error).__name__, error.errno)
try:
    subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.3)
except subprocess.TimeoutExpired as error:
    print("timeout", round(error.timeout, 1))
child = subprocess.Popen([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"], stdout=-1)
print(child.stdout.readline(), child.poll())
child.terminate()
print(child.wait() == -signal.SIGTERM)
child = subprocess.Popen([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"], stdout=-1)
child.stdout.readline()
child.kill()
print(child.wait() == -signal.SIGKILL)
piped = subprocess.Popen("cat 2>/dev/null || while read l; do echo $l; done", shell=True, stdin=-1, stdout=-1)
print(piped.communicate(b"line\n" * 3))
print(subprocess.run([sys.executable, "-c", "import sys; sys.exit('words')"], capture_output=True))
print(subprocess.run([sys.executable, "-c", "1/0"], capture_output=True, text=True).stderr)
print(subprocess.getstatusoutput("exit 5"))
