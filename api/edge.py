"""The edge of the server: what no route should see is refused here; headers that all answers carry."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_JSON_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_DIGITS = 19
"""Numbers beyond 64 bits have no meaning in any of our fields."""

_LONG_NUMBER = re.compile(rb"[0-9]{%d}" % (MAX_DIGITS + 1))
_NUL_IN_ADDRESS = re.compile(rb"%00|\x00", re.IGNORECASE)

Refuse = Callable[["RefusedBodyError"], ASGIApp]


class RefusedBodyError(Exception):
    """A request that must not reach any route, with the reason in both languages."""

    def __init__(self, reason: str, reason_zh: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.reason_zh = reason_zh


class BodyEdge:
    """Refuses JSON that no field of ours can mean: NaN, infinities, NUL, lone surrogates, monstrous sizes.

    The framework's own parser lets them through, and they would become failures of the server.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            check_address(scope)
            if _is_json(scope):
                receive = _replay(check_json(await _read_all(receive)), receive)
        except RefusedBodyError as refused:
            await self._refuse(refused)(scope, receive, send)
            return
        await self._app(scope, receive, send)


class SecurityHeaders:
    """Adds to every answer what tells a browser to run and load nothing but our own."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "worker-src 'self'",  # the map parses its tiles in a worker; the phone page has a service worker
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
}


def check_address(scope: Scope) -> None:
    """Refuse an address with a NUL in it: no text in the store can hold one."""
    if _NUL_IN_ADDRESS.search(scope.get("raw_path") or b"") or _NUL_IN_ADDRESS.search(scope["query_string"]):
        raise RefusedBodyError(
            "The address holds a NUL character; remove it.", "地址中含有空字符（NUL），请去掉。"
        )


def check_json(body: bytes) -> bytes:
    """Return `body` if it is JSON that a field of ours could mean, else raise `RefusedBodyError`."""
    if not body:
        return body
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _refuse_deep(body)
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        _refuse_unreadable(body)
    if _LONG_NUMBER.search(body):
        json.loads(body, parse_int=_bounded, parse_float=_bounded)
    if b"\\u0000" in body and _holds_nul(parsed):
        raise RefusedBodyError(
            "A text holds a NUL character; remove it.", "文字中含有空字符（NUL），请去掉。"
        )
    return body


def _refuse_deep(body: bytes) -> None:
    depth, in_text, escaped = 0, False, False
    for byte in body:
        if in_text:
            in_text = escaped or byte != 0x22
            escaped = byte == 0x5C and not escaped
        elif byte == 0x22:
            in_text = True
        elif byte in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise RefusedBodyError(
                    f"The request is nested deeper than {MAX_DEPTH} levels; flatten it.",
                    f"请求内容嵌套超过 {MAX_DEPTH} 层，请简化。",
                )
        elif byte in b"]}":
            depth -= 1


def _refuse_unreadable(body: bytes) -> NoReturn:
    """Say why `body` is not JSON: a number that is none, half a character, or plain broken."""
    try:
        json.loads(body, parse_constant=_not_a_number, parse_int=_bounded, parse_float=_bounded)
    except (ValueError, RecursionError):
        raise RefusedBodyError(
            "The request is not valid JSON in UTF-8; correct it and send it again.",
            "请求内容不是有效的 UTF-8 JSON，请改正后重新提交。",
        ) from None
    raise RefusedBodyError(
        "A text holds half of a character (a lone surrogate); remove it.",
        "文字中含有不完整的字符（孤立的代理码），请去掉。",
    )


def _not_a_number(word: str) -> NoReturn:
    raise RefusedBodyError(
        f"{word} is not a number; send a finite one.", f"{word} 不是有效数字，请填写有限的数值。"
    )


def _bounded(digits: str) -> float:
    number = float(digits)
    whole = digits.lstrip("-").partition(".")[0].lower().partition("e")[0]
    if number in (float("inf"), float("-inf")) or len(whole) > MAX_DIGITS:
        raise RefusedBodyError("A number is too big; send a smaller one.", "数字过大，请填写较小的数值。")
    return number


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(part) for item in value.items() for part in item)
    return isinstance(value, list) and any(map(_holds_nul, value))


def _is_json(scope: Scope) -> bool:
    if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
        return False
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"application/json")
    return b"json" in kind.lower()


async def _read_all(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise RefusedBodyError("The request broke off; send it again.", "请求中断，请重新提交。")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_JSON_BYTES:
            raise RefusedBodyError(
                f"The request is larger than {MAX_JSON_BYTES // 1024 // 1024} MB; send it in parts.",
                f"请求内容超过 {MAX_JSON_BYTES // 1024 // 1024} MB，请分批提交。",
            )
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """Return a channel that yields `body` once, and then what the connection says next."""
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
