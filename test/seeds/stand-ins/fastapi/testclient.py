"""A client of the dialect at SEED_DOOR in the place of one that calls an application in its own process."""

import os

import httpx


class TestClient(httpx.Client):
    """Sends what the tests send."""

    __test__ = False

    def __init__(self, _app):
        super().__init__(base_url=os.environ["SEED_DOOR"], timeout=120)
