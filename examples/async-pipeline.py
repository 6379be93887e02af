"""An `async def main` is awaited: three workers share a queue of jobs, and wait at the same time."""

import asyncio


async def work(queue, results):
    while True:
        number = await queue.get()
        await asyncio.sleep(0.01)
        results[number] = number * number
        queue.task_done()


async def main(numbers):
    queue, results = asyncio.Queue(), {}
    for number in numbers:
        queue.put_nowait(number)
    async with asyncio.TaskGroup() as group:
        workers = [group.create_task(work(queue, results)) for _ in range(3)]
        await queue.join()
        for worker in workers:
            worker.cancel()
    return [results[number] for number in numbers]
