import asyncio


async def forgotten():
    raise ValueError("nobody looks")


async def main():
    task = asyncio.create_task(forgotten())
    await asyncio.sleep(0.01)
    del task
    print("main ends")


async def never():
    pass


asyncio.run(main())
never()
