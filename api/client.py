"""A client for programs: it reads the server's own API document and calls whatever stands in it by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

DOCUMENT = "/api/v1/openapi.json"


class RefusedError(Exception):
    """The server said no; `problem` has the reason in English and Chinese."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status}: {problem.get('detail') or problem.get('title') or 'no reason given'}")
        self.status = status
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the server can be asked for, as its own document describes it."""

    method: str
    path: str
    in_path: frozenset[str]
    in_query: frozenset[str]
    takes_body: bool

    def request(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be sent, with every value at its place."""
        query = {key: value for key, value in values.items() if key in self.in_query}
        rest = {k: v for k, v in values.items() if k not in self.in_path | self.in_query}
        return {
            "method": self.method,
            "url": self.path.format(**{key: values[key] for key in self.in_path}),
            "params": query,
            "json": rest if self.takes_body else None,
        }


class Client:
    """`Client("http://127.0.0.1:8017", token).call("read_cases", area="990101001", limit=10)`.

    The names are the `operationId`s of /api/v1/openapi.json without what follows `_api_`; of two alike, the
    longer address puts its first word in front (`resident_upload_photograph`). Values whose name
    the document has in the address or the query go there, all others into the JSON body.
    """

    def __init__(self, address: str, token: str = "", transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=address, headers=headers, transport=transport, timeout=30)
        self._operations = read_operations(content_of(self._http.get(DOCUMENT)))

    def call(self, name: str, /, **values: Any) -> Any:
        """Call an operation; returns its JSON, or its bytes where it is none. Raises `RefusedError`."""
        return content_of(self._http.request(**self._operations[name].request(values)))

    def pages(self, name: str, /, **values: Any) -> Iterator[Any]:
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


def content_of(answer: httpx.Response) -> Any:
    """Return an answer's JSON, or its bytes where it is none. Raises `RefusedError`."""
    if answer.is_success:
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.content
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    raise RefusedError(answer.status_code, problem if isinstance(problem, dict) else {})


def read_operations(document: Mapping[str, Any]) -> dict[str, Operation]:
    """Return what can be asked for, by name; of two with one name the shorter address goes first."""
    operations: dict[str, Operation] = {}
    for path, ways in sorted(document["paths"].items(), key=lambda one: len(one[0])):
        for method, way in ways.items():
            given = [(one["in"], one["name"]) for one in way.get("parameters", ())]
            name = way["operationId"].partition("_api_")[0]
            if name in operations:
                name = f"{_first_word(path)}_{name}"
            operations[name] = Operation(
                method=method.upper(),
                path=path,
                in_path=frozenset(name for place, name in given if place == "path"),
                in_query=frozenset(name for place, name in given if place == "query"),
                takes_body="requestBody" in way,
            )
    return operations


def _first_word(path: str) -> str:
    """Return what an address is about: `resident` of /api/v1/resident/photographs/{client_id}."""
    return path.removeprefix("/api/v1/").partition("/")[0]
