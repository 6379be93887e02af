import asyncio


async def fail():
    await asyncio.sleep(0.01)
    raise ConnectionError("while waiting")


async def main():
    task = asyncio.create_task(fail())
    await asyncio.sleep(0.05)
    print(task.done())
    await task


asyncio.run(main())
