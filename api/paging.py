"""Lists by pages: a cursor is the key of the last item, wrapped so that nobody builds on what is in it."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

import orjson
from fastapi import Query
from pydantic import BaseModel

from api.edge import RefusedBodyError

Item = TypeVar("Item")
Source = TypeVar("Source")

Limit = Annotated[int, Query(ge=1, le=1000, description="How many items at most.")]
Cursor = Annotated[str, Query(max_length=400, description="`next` of the page before; empty for the first.")]


class Page(BaseModel, Generic[Item]):
    """Some items of a list, and where it goes on."""

    items: list[Item]
    next: str | None
    """The cursor of the following page; null on the last."""


def encode_cursor(*key: str | int | float) -> str:
    """Return the cursor that stands right after the item with this key."""
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def decode_cursor(cursor: str, parts: int) -> list[str]:
    """Return the key that the cursor was made of, as text; each part empty for an empty cursor."""
    if not cursor:
        return [""] * parts
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        key = None
    if not isinstance(key, list) or len(key) != parts or any("\0" in str(part) for part in key):
        raise RefusedBodyError(
            "The cursor is not one of ours; take 'next' of the page before, or start without one.",
            "翻页标记无效，请使用上一页返回的 next，或从第一页开始。",
        )
    return [str(part) for part in key]


def page_of(
    rows: Sequence[Source],
    limit: int,
    show: Callable[[Source], Item],
    key: Callable[[Source], tuple[str | int | float, ...]],
) -> Page[Item]:
    """Make a page of `rows`, of which one more than `limit` was asked for to know whether more follow."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(items=[show(row) for row in shown], next=encode_cursor(*key(shown[-1])) if more else None)
