"""What stays in memory is put out of the collector's sight, and nothing is lost there."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from api.garbage import WhatStays


class Knot:
    """Refers to itself: only the collector can take it away."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.collect()
    gc.freeze()  # as the tests were begun
    gc.set_threshold(*before)


async def test_what_is_loaded_is_put_aside_once() -> None:
    loaded = [1]
    stays = WhatStays(lambda: tuple(loaded))
    gc.unfreeze()
    await stays.step()
    assert not gc.get_freeze_count(), "nothing has come since the beginning"
    loaded.append(2)
    await stays.step()
    put_aside = gc.get_freeze_count()
    assert put_aside > 1_000, "the modules at least"
    later = [Knot() for _ in range(100)]
    await stays.step()
    assert gc.get_freeze_count() <= put_aside, "later ones are not put aside until something large comes"
    assert later


async def test_garbage_that_was_put_aside_goes_with_the_next_load() -> None:
    loaded: list[int] = []
    stays = WhatStays(lambda: tuple(loaded))
    knot = Knot()
    gone = weakref.ref(knot)
    loaded.append(1)
    await stays.step()
    del knot
    gc.collect()
    assert gone() is not None, "it was out of sight"
    loaded.append(2)
    await stays.step()
    assert gone() is None
