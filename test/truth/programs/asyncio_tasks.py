import asyncio
import contextlib
import sys


async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def sleepers():
    async def one(n):
        await asyncio.sleep(n / 100)
        return n

    return await asyncio.gather(*(one(n) for n in (3, 1, 2)))


async def main():
    print(await sleepers())
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"hello\nworld\n")
    print(await reader.readline(), await reader.readline())
    writer.close()
    server.close()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "print(input() * 2)", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    print(await process.communicate(b"ab\n"), process.returncode)
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.sleep(60), 0.05)
        print("never")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(60))
            group.create_task(asyncio.to_thread(int, "x"))
    except* ValueError as errors:
        print([str(error) for error in errors.exceptions])
    queue = asyncio.Queue()
    await asyncio.gather(*(queue.put(n) for n in range(5)))
    print([queue.get_nowait() for _ in range(5)], type(asyncio.get_running_loop()).__name__)


asyncio.run(main())
