"""A client for programs: it reads the server's own API document and calls whatever stands in it by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx


class RefusedError(Exception):
    """The server said no; `problem` has the reason in English and Chinese."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status}: {problem.get('detail') or problem.get('title') or 'no reason given'}")
        self.status = status
        self.problem = problem


@dataclass(frozen=True, slots=True)
class _Operation:
    method: str
    path: str
    in_path: frozenset[str]
    in_query: frozenset[str]
    takes_body: bool


class Client:
    """`Client("http://127.0.0.1:8017", token).call("read_cases", area="990101001", limit=10)`.

    The names are the `operationId`s of /api/v1/openapi.json without what follows `_api_`. Values whose name
    the document has in the address or the query go there, all others into the JSON body.
    """

    def __init__(self, address: str, token: str = "", transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=address, headers=headers, transport=transport, timeout=30)
        self._operations = _read_document(self._answer(self._http.get("/api/v1/openapi.json")).json())

    def call(self, name: str, **values: Any) -> Any:
        """Call an operation; returns its JSON, or its bytes where it is none. Raises `RefusedError`."""
        operation = self._operations[name]
        path = operation.path.format(**{key: values[key] for key in operation.in_path})
        query = {key: value for key, value in values.items() if key in operation.in_query}
        rest = {k: v for k, v in values.items() if k not in operation.in_path | operation.in_query}
        answer = self._answer(
            self._http.request(
                operation.method, path, params=query, json=rest if operation.takes_body else None
            )
        )
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.content

    def pages(self, name: str, **values: Any) -> Iterator[Any]:
        """Yield every item of a list, page after page."""
        cursor: str | None = ""
        while cursor is not None:
            page = self.call(name, **values, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]

    def names(self) -> list[str]:
        """Return what can be called."""
        return sorted(self._operations)

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @staticmethod
    def _answer(answer: httpx.Response) -> httpx.Response:
        if answer.is_success:
            return answer
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        raise RefusedError(answer.status_code, problem if isinstance(problem, dict) else {})


def _read_document(document: Mapping[str, Any]) -> dict[str, _Operation]:
    operations = {}
    for path, ways in document["paths"].items():
        for method, way in ways.items():
            given = [(one["in"], one["name"]) for one in way.get("parameters", ())]
            name = way["operationId"].partition("_api_")[0]
            operations[name] = _Operation(
                method=method.upper(),
                path=path,
                in_path=frozenset(name for place, name in given if place == "path"),
                in_query=frozenset(name for place, name in given if place == "query"),
                takes_body="requestBody" in way,
            )
    return operations
