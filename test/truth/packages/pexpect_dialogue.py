# truth: {"packages": ["pexpect"]}
import sys

import pexpect

child = pexpect.spawn(sys.executable, ["-c", "print('hello', input('name? '))"], timeout=20)
child.expect("name\\? ")
child.sendline("ada")
child.expect("hello ada")
child.expect(pexpect.EOF)
child.close()
print(child.exitstatus)
