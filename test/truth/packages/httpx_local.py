# truth: {"packages": ["httpx"]}
import asyncio

import httpx


async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-path", scope["path"].encode())]})
    await send({"type": "http.response.body", "body": b"hello"})


async def main():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://app") as client:
        answer = await client.get("/there")
        print(answer.status_code, answer.text, answer.headers["x-path"])


asyncio.run(main())
