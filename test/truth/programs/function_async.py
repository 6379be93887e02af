# truth: {"mode": "function"}
import asyncio


async def main():
    values = await asyncio.gather(*(asyncio.sleep(0.01, n) for n in range(3)))
    return [n async for n in double(values)]


async def double(values):
    for value in values:
        yield value * 2
