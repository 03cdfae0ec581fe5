"""One table from exception to problem."""

import asyncpg
import orjson
import pytest
from fastapi import HTTPException
from sqlalchemy.exc import DBAPIError

from api.errors import PROBLEMS, NotFoundError, ProblemKind, problem_of
from geo.areas import MalformedAreaCodeError


def test_a_problem_is_told_in_both_languages() -> None:
    answer = problem_of(NotFoundError("street", "街巷")).response()
    assert answer.status_code == 404
    assert answer.media_type == "application/problem+json"
    assert orjson.loads(answer.body) == {
        "type": "/problems/not-found",
        "title": "Not found",
        "title_zh": "找不到",
        "status": 404,
        "detail": "There is no street here; check the address.",
        "detail_zh": "没有这个街巷，请核对地址。",
    }


def test_sentences_name_what_the_exception_knows() -> None:
    body = orjson.loads(problem_of(MalformedAreaCodeError("99")).response().body)
    assert body["status"] == 422
    assert "'99'" in body["detail"]
    assert "“99”" in body["detail_zh"]


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (asyncpg.NumericValueOutOfRangeError("too big"), 400),
        (asyncpg.CharacterNotInRepertoireError("NUL"), 400),
        (DBAPIError("statement", {}, asyncpg.NumericValueOutOfRangeError("too big")), 400),
        (asyncpg.TooManyConnectionsError("full"), 503),
        (asyncpg.CannotConnectNowError("starting"), 503),
        (ConnectionRefusedError("no server"), 503),
        (asyncpg.UndefinedTableError("our mistake"), 500),
        (ZeroDivisionError("our mistake"), 500),
        (HTTPException(418, "short and stout"), 418),
        (HTTPException(404), 404),
    ],
)
def test_whose_fault_it_is_decides_the_status(failure: Exception, status: int) -> None:
    assert problem_of(failure).kind.status == status


@pytest.mark.parametrize("kind", list(dict.fromkeys(PROBLEMS.values())), ids=lambda kind: kind.slug)
def test_every_problem_speaks_both_languages(kind: ProblemKind) -> None:
    assert 400 <= kind.status < 600
    assert kind.title
    assert kind.detail.endswith((".", "}"))
    assert any("\u4e00" <= letter <= "\u9fff" for letter in kind.title_zh + kind.detail_zh)
