"""Every failure as a person meets it: one table from exception class to problem details (RFC 9457).

Errors of the domain know no HTTP. Whoever adds one adds its line to `PROBLEMS`; the sentences may name the
exception's attributes in braces, and each tells the person what to do.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dispatch_problems import DISPATCH_PROBLEMS
from api.duty_problems import DUTY_PROBLEMS
from api.edge import RefusedBodyError
from api.problem_kind import ProblemKind
from api.refusals import REFUSALS
from api.store.database import StoreUnreachableError
from geo.areas import MalformedAreaCodeError

logger = logging.getLogger("yilu.problems")

PROBLEM_TYPE = "application/problem+json"


class NotFoundError(Exception):
    """What was asked for does not exist, or not for whoever asks."""

    def __init__(self, what: str, what_zh: str) -> None:
        super().__init__(what)
        self.what = what
        self.what_zh = what_zh


class NotReadyError(Exception):
    """The district has not been loaded, or the store cannot be reached."""


NOT_FOUND = ProblemKind(
    "not-found",
    404,
    "Not found",
    "找不到",
    "There is no {what} here; check the address.",
    "没有这个{what_zh}，请核对地址。",
)
INVALID = ProblemKind(
    "invalid-request",
    422,
    "Something in the request is not valid",
    "请求内容有误",
    "'{where}' is not valid: {reason}.",
    "“{where}”填写有误：{reason_zh}。",
)
REFUSED = ProblemKind(
    "refused-body", 400, "The request cannot be read", "无法读取请求", "{reason}", "{reason_zh}"
)
UNSTORABLE = ProblemKind(
    "unstorable-value",
    400,
    "A value cannot be stored",
    "有无法保存的值",
    "A number is out of range or a text holds a forbidden character; correct it and send it again.",
    "有数字超出范围，或文字中含有无法保存的字符，请改正后重新提交。",
)
UNAVAILABLE = ProblemKind(
    "unavailable",
    503,
    "Not available at the moment",
    "暂时无法使用",
    "The store cannot be reached or is too busy; nothing was changed, try again in a moment.",
    "数据库暂时无法连接或过于繁忙，数据没有改动，请稍后再试。",
)
UNEXPECTED = ProblemKind(
    "unexpected",
    500,
    "Something went wrong on the server",
    "服务器出现问题",
    "Nothing was changed; try again, and tell the administrator if it happens again.",
    "数据没有改动，请重试；若再次出现，请告知管理员。",
)
MALFORMED_CODE = ProblemKind(
    "malformed-area-code",
    422,
    "Not an area code",
    "区域代码有误",
    "'{text:.40}' is not an area code; it has 6, 9, 12 or 15 digits.",
    "“{text:.40}”不是区域代码，应为 6、9、12 或 15 位数字。",
)
METHOD = ProblemKind(
    "method-not-allowed",
    405,
    "Not allowed here",
    "不支持此操作",
    "This address does not take this method; see the API document.",
    "此地址不支持这种请求方式，请查阅接口文档。",
)

PROBLEMS: dict[type[Exception], ProblemKind] = {
    NotFoundError: NOT_FOUND,
    NotReadyError: UNAVAILABLE,
    RefusedBodyError: REFUSED,
    MalformedAreaCodeError: MALFORMED_CODE,
    PoolTimeoutError: UNAVAILABLE,
    ConnectionError: UNAVAILABLE,
    StoreUnreachableError: UNAVAILABLE,
    **REFUSALS,
    **DISPATCH_PROBLEMS,
    **DUTY_PROBLEMS,
}

REASONS_ZH: Mapping[str, str] = {
    "missing": "缺少此项",
    "extra_forbidden": "没有此项",
    "finite_number": "应为有限的数值",
    "float_parsing": "应为数值",
    "float_type": "应为数值",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "bool_parsing": "应为“是”或“否”",
    "string_type": "应为文字",
    "string_too_long": "文字过长",
    "string_too_short": "文字过短",
    "greater_than_equal": "数值过小",
    "greater_than": "数值过小",
    "less_than_equal": "数值过大",
    "less_than": "数值过大",
    "enum": "不在可选范围内",
    "literal_error": "不在可选范围内",
    "uuid_parsing": "应为 UUID 编号",
    "datetime_parsing": "应为带时区的 ISO 8601 时间",
    "datetime_from_date_parsing": "应为带时区的 ISO 8601 时间",
    "timezone_aware": "时间应带时区",
    "json_invalid": "不是有效的 JSON",
}
"""What the validation library says in English, by its own name for it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One failure, ready to be sent."""

    kind: ProblemKind
    facts: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """Return the problem as an HTTP answer."""
        kind = self.kind
        body = {
            "type": f"/problems/{kind.slug}",
            "title": kind.title,
            "title_zh": kind.title_zh,
            "status": kind.status,
            "detail": kind.detail.format_map(self.facts),
            "detail_zh": kind.detail_zh.format_map(self.facts),
        }
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(orjson.dumps(body), kind.status, headers, PROBLEM_TYPE)


def problem_of(failure: Exception) -> Problem:
    """Return the problem that tells of `failure`: its own class's line in the table, else its parent's."""
    for known in type(failure).__mro__:
        if (kind := PROBLEMS.get(known)) is not None:
            return Problem(kind, _facts(failure))
    if isinstance(failure, RequestValidationError):
        return Problem(INVALID, _first_complaint(failure))
    if isinstance(failure, HTTPException):
        return _of_http(failure)
    if isinstance(failure, DBAPIError | asyncpg.PostgresError | asyncpg.InterfaceError):
        return Problem(_kind_of_database_failure(failure))
    return Problem(UNEXPECTED)


def install_problem_handlers(app: FastAPI, tell: Callable[[Problem, str], Response]) -> None:
    """Answer every failure of `app` as `tell` words its problem, which knows the request's path as well."""

    async def answer(request: Request, failure: Exception) -> Response:
        return tell(problem_of(failure), request.url.path)

    for known in (*PROBLEMS, RequestValidationError, HTTPException):
        app.add_exception_handler(known, answer)


class UnexpectedFailures:
    """Answers what nobody foresaw with a problem too, inside the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; where it fails before an answer began, answer with the problem."""
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientDisconnect:
            return  # a phone lost its network while it spoke: nobody is there to answer, it will try again
        except Exception as failure:
            if scope["type"] != "http" or begun:
                raise
            problem = problem_of(failure)
            if problem.kind.status >= 500:
                logger.exception("%s %s", scope["method"], scope["path"])
            await problem.response()(scope, receive, send)


def _facts(failure: Exception) -> dict[str, Any]:
    """Return the attributes of `failure`, whether it keeps them in a dictionary or in slots."""
    names = {name for kind in type(failure).__mro__ for name in getattr(kind, "__slots__", ())}
    return {name: getattr(failure, name) for name in names if hasattr(failure, name)} | vars(failure)


def _first_complaint(failure: RequestValidationError) -> dict[str, str]:
    first = failure.errors()[0]
    where = ".".join(str(step) for step in first["loc"][1:]) or str(first["loc"][0])
    reason_zh = REASONS_ZH.get(first["type"], "格式或取值不符合要求")
    return {
        "where": _printable(where),
        "reason": _printable(first["msg"]).rstrip("."),
        "reason_zh": reason_zh,
    }


def _printable(words: str) -> str:
    return words.encode("utf-8", "replace").decode()[:200]


def _of_http(failure: HTTPException) -> Problem:
    headers = failure.headers or {}
    if failure.status_code == 404:
        return Problem(NOT_FOUND, {"what": "page", "what_zh": "页面"}, headers)
    if failure.status_code == 405:
        return Problem(METHOD, {}, headers)
    said = str(failure.detail)
    sentence = {"reason": said, "reason_zh": said}
    kind = ProblemKind("refused", failure.status_code, said, said, "{reason}", "{reason_zh}")
    return Problem(kind, sentence, headers)


def _kind_of_database_failure(failure: Exception) -> ProblemKind:
    """Class 22 (data exception) is the sender's, 08/40/53/57 the server's state; all else is our mistake."""
    cause = failure.orig if isinstance(failure, DBAPIError) else failure
    state = str(getattr(cause, "sqlstate", None) or "")
    if state.startswith("22"):
        return UNSTORABLE
    if state[:2] in {"08", "40", "53", "57"}:
        return UNAVAILABLE
    # asyncpg refuses some values (an integer beyond 64 bits, a lone surrogate) before the server sees them
    causes = {kind.__name__ for kind in type(cause).__mro__}
    if state == "" and causes & {"DataError", "UnicodeEncodeError", "OverflowError"}:
        return UNSTORABLE
    return UNEXPECTED
