"""Requests to Brig's HTTP API, with nothing but the standard library."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPResponse

    from .models import Environment, GeneratedOutcome, Health, Outcome, Refusal, RemovedEnvironments, Runtimes


class BrigError(Exception):
    """A request that was refused: nothing was run."""

    def __init__(self, status: int, body: Refusal, retry_after: float | None) -> None:
        """Takes the parts of the answer."""
        super().__init__(body["message"])
        self.status = status
        self.body = body
        self.category = body["error"]
        self.message = body["message"]
        self.suggestions = body["suggestions"]
        self.retryable = body["retryable"]
        # Seconds after which the same request may succeed; None where the service does not say.
        self.retry_after = retry_after


class BrigUnreachable(Exception):
    """The service did not answer, or not as Brig does."""


class Brig:
    """A service at an address.

    >>> Brig("http://127.0.0.1:8080").execute("def main():\\n    return 42")["result"]  # doctest: +SKIP
    42
    """

    def __init__(self, url: str = "http://127.0.0.1:8080", *, api_key: str | None = None, timeout: float = 60) -> None:
        """Takes the service's address, its key, and the seconds that a request may take besides its script."""
        self.url = url.rstrip("/")
        self.timeout = timeout
        self._headers = {"Accept": "application/json"}
        if api_key is not None:
            self._headers["X-API-Key"] = api_key

    def execute(self, script: str, **fields: Any) -> Outcome:
        """Runs one script. Raises BrigError when the request is refused; a failed script is an outcome."""
        return cast("Outcome", self._ask("POST", "/execute", {"script": script, **fields}))

    def stream(self, script: str, **fields: Any) -> Iterator[tuple[str, Any]]:
        """Runs one script and yields (event, data) as they come; leaving the loop ends the script."""
        return self._stream("/execute", {"script": script, **fields})

    def generate(self, query: str, **fields: Any) -> GeneratedOutcome:
        """Has a model write a script, and runs it."""
        return cast("GeneratedOutcome", self._ask("POST", "/generate-and-execute", {"query": query, **fields}))

    def environments(self) -> list[Environment]:
        """Lists the package environments."""
        return cast("list[Environment]", self._ask("GET", "/environments")["environments"])

    def environment(self, name: str, *, wait: float = 0) -> Environment:
        """Shows an environment; waits up to so many seconds for the end of its build."""
        path = f"/environments/{quote(name, safe='')}?wait={wait:g}"
        return cast("Environment", self._ask("GET", path, wait=wait))

    def build_environment(self, name: str, **fields: Any) -> Environment:
        """Begins to build an environment; `environment(name, wait=…)` waits for it."""
        return cast("Environment", self._ask("POST", "/environments", {"name": name, **fields}))

    def remove_environment(self, name: str) -> RemovedEnvironments:
        """Removes an environment."""
        return cast("RemovedEnvironments", self._ask("DELETE", f"/environments/{quote(name, safe='')}"))

    def runtimes(self) -> Runtimes:
        """Lists what can run scripts, and the limits in force."""
        return cast("Runtimes", self._ask("GET", "/runtimes"))

    def health(self) -> Health:
        """Tells whether scripts can run; an unhealthy service answers too."""
        try:
            return cast("Health", self._ask("GET", "/health"))
        except BrigError as error:
            if "sandbox" not in error.body:
                raise
            return cast("Health", error.body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, wait: float = 0) -> Any:
        with self._open(method, path, body, {}, wait) as response:
            return _read_json(response.read())

    def _stream(self, path: str, body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        with self._open("POST", path, body, {"Accept": "text/event-stream"}) as response:
            event, data = "message", []
            for raw in response:
                line = raw.decode("utf-8").rstrip("\r\n")
                name, _, value = line.partition(":")
                if name == "event":
                    event = value.strip()
                elif name == "data":
                    data.append(value.removeprefix(" "))
                elif line == "" and data:
                    yield event, _read_json("\n".join(data))
                    event, data = "message", []

    @contextmanager
    def _open(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str], wait: float = 0
    ) -> Iterator[HTTPResponse]:
        data = None if body is None else json.dumps(body).encode()
        content = {} if data is None else {"Content-Type": "application/json"}
        request = Request(
            f"{self.url}{path}", data=data, method=method, headers={**self._headers, **content, **headers}
        )
        patience = self.timeout + wait + _patience_of(body or {})
        try:
            with urlopen(request, timeout=patience) as response:
                yield response
        except HTTPError as error:
            raise _to_error(error) from None
        except (URLError, HTTPException, OSError) as error:
            raise BrigUnreachable(f"{self.url} did not answer: {error}") from error


def _patience_of(body: dict[str, Any]) -> float:
    """Returns the seconds that a request may take by its own words."""
    return float((body.get("limits") or {}).get("timeout") or 0) + float(body.get("wait") or 0)


def _to_error(error: HTTPError) -> Exception:
    body = _read_json(error.read())
    if not isinstance(body, dict):
        return BrigUnreachable(f"{error.url} answered {error.code}, and not as Brig does.")
    after = error.headers.get("Retry-After", "")
    body = {"message": "", "error": "", "suggestions": [], "retryable": False, **body}
    return BrigError(error.code, cast("Refusal", body), float(after) if after.isdigit() else None)


def _read_json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise BrigUnreachable("What answered is not Brig: it sent no JSON.") from None
