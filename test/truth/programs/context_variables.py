import asyncio
import contextvars
import sys
import threading
import traceback

name = contextvars.ContextVar("name", default="nobody")


async def ask(who):
    name.set(who)
    await asyncio.sleep(0.01)
    return name.get()


async def main():
    return await asyncio.gather(ask("ada"), ask("bob"))


print(asyncio.run(main()), name.get(), contextvars.copy_context().run(name.get))
lines = []
sys.settrace(lambda frame, event, arg: lines.append(event) or None)
len("x")
sorted([2, 1], key=lambda n: n)
sys.settrace(None)
print(lines)
local = threading.local()
local.x = 1
try:
    raise KeyError("k")
except KeyError:
    print(traceback.format_exc())
print("".join(traceback.format_stack()))
