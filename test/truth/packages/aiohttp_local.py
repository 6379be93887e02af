# truth: {"packages": ["aiohttp"]}
import asyncio

from aiohttp import ClientSession, web


async def main():
    app = web.Application()

    async def hello(request):
        return web.json_response({"who": request.match_info["who"]})

    app.router.add_get("/{who}", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/ada") as answer:
        print(answer.status, await answer.json())
    await runner.cleanup()


asyncio.run(main())
