/** Scripts that attack the program that runs them, in the process they share; what they return must come out. */
export const honest: readonly [title: string, script: string, result: unknown][] = [
  ['os.write replaced', 'import os\nos.write = os.read = None\ndef main(): return 1', 1],
  ['os._exit replaced', 'import os, posix\nos._exit = posix._exit = lambda s: None\ndef main(): return 2', 2],
  [
    'json emptied',
    'import json, sys\njson.dumps = None\nsys.modules["json"] = sys.modules["_json"] = None\ndef main(): return [3]',
    [3],
  ],
  ['sys.modules cleared', 'import sys\ndef main():\n    sys.modules.clear()\n    return 4', 4],
  [
    'builtins replaced',
    'import builtins\ndef main():\n    for n in ("len", "isinstance", "str", "type", "repr", "BaseException", "print"): setattr(builtins, n, None)\n    return 5',
    5,
  ],
  [
    'sys.stdout replaced by nothing',
    'import sys\ndef main():\n    sys.stdout = sys.stderr = None\n    return 6',
    6,
  ],
  [
    'sys.stdout replaced by an object that fails',
    'import sys\nclass S:\n    def __getattr__(self, n): raise SystemExit(9)\ndef main():\n    sys.stdout = S()\n    return 7',
    7,
  ],
  [
    'sys.excepthook that ends the process',
    'import sys, os\nsys.excepthook = lambda *a: os._exit(9)\ndef main(): return 8',
    8,
  ],
  ['an exit handler that prints', 'import atexit\natexit.register(print, "late")\ndef main(): return 9', 9],
  ['an exit handler that raises', 'import atexit\natexit.register(lambda: 1 / 0)\ndef main(): return 10', 10],
  [
    'an exit handler that ends the process',
    'import atexit, os\natexit.register(os._exit, 5)\ndef main(): return 11',
    11,
  ],
  [
    'a thread that would end the process later',
    'import os, threading, time\ndef late():\n    time.sleep(0.5); os._exit(7)\ndef main():\n    threading.Thread(target=late).start()\n    return 12',
    12,
  ],
  [
    'a thread that prints for ever',
    'import threading\ndef talk():\n    while True: print("x")\ndef main():\n    threading.Thread(target=talk, daemon=True).start()\n    return 13',
    13,
  ],
  [
    'a thread that never ends',
    'import threading, time\ndef main():\n    threading.Thread(target=time.sleep, args=(60,)).start()\n    return 14',
    14,
  ],
  ['descriptors 0 to 3 closed', 'import os\ndef main():\n    os.closerange(0, 4)\n    return 15', 15],
  [
    'a child that is left running',
    'import os, time\ndef main():\n    if os.fork() == 0:\n        os.setsid(); time.sleep(60)\n    return 16',
    16,
  ],
  [
    'main returning in a forked child too: the child ends as its own',
    'import os\ndef main():\n    pid = os.fork()\n    if pid: os.waitpid(pid, 0)\n    return 17 if pid else 99',
    17,
  ],
  [
    'a forked child that returns before its parent',
    'import os, time\ndef main():\n    if os.fork(): time.sleep(0.3); return 18\n    return 99',
    18,
  ],
  [
    'a child that raises',
    'import os\ndef main():\n    pid = os.fork()\n    if pid == 0: raise ValueError("in the child")\n    os.waitpid(pid, 0); return 19',
    19,
  ],
  [
    'a trace function that raises in frames which are not the script',
    'import sys\ndef trace(frame, event, arg):\n    if frame.f_code.co_filename != "script.py": raise KeyError("traced")\n    return None\ndef main():\n    sys.settrace(trace); sys.settrace(None)\n    return 20',
    20,
  ],
  [
    'signal handlers that raise',
    'import signal\ndef stop(*a): raise KeyboardInterrupt\ndef main():\n    for s in (2, 10, 12, 15): signal.signal(s, stop)\n    return 21',
    21,
  ],
  [
    'an alarm set to come later',
    'import signal\ndef main():\n    signal.setitimer(signal.ITIMER_REAL, 5)\n    return 22',
    22,
  ],
  [
    'the recursion limit lowered',
    'import sys\ndef main():\n    sys.setrecursionlimit(50)\n    return [[[23]]]',
    [[[23]]],
  ],
  [
    'the garbage collector with finalizers',
    'import os\nclass F:\n    def __del__(self): os._exit(9)\nkept = F()\ndef main(): return 24',
    24,
  ],
  [
    'integers without a limit of digits',
    'import sys\ndef main():\n    sys.set_int_max_str_digits(640)\n    return len(str(10**600))',
    601,
  ],
  [
    'a weird __name__ and __builtins__ in its module',
    'def main():\n    globals().clear()\n    return 26',
    26,
  ],
  [
    'another __main__',
    'import sys, types\nsys.modules["__main__"] = types.ModuleType("__main__")\ndef main(): return 27',
    27,
  ],
  [
    'audit hooks that refuse',
    'import sys\ndef main():\n    sys.addaudithook(lambda event, a: (_ for _ in ()).throw(RuntimeError()) if event.startswith("os.") else None)\n    return 28',
    28,
  ],
];
