"""Whoever asks while a batch is under way goes with the next one, and hears of his own answer only."""

import asyncio
from collections.abc import Sequence

import pytest

from api.together import Together


class Doubling:
    """Doubles numbers, but not 13; remembers the batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    async def work(self, asked: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(asked))
        await asyncio.sleep(0)
        if 99 in asked:
            raise OSError("the line is dead")
        return [ValueError("unlucky") if number == 13 else 2 * number for number in asked]


async def test_what_comes_at_once_is_one_batch_and_what_comes_meanwhile_the_next() -> None:
    doubling = Doubling()
    together: Together[int, int] = Together(doubling.work, most=3)
    assert await asyncio.gather(*map(together.ask, range(8))) == [2 * number for number in range(8)]
    assert doubling.batches == [[0, 1, 2], [3, 4, 5], [6, 7]]
    assert await together.ask(21) == 42
    assert doubling.batches[-1] == [21]


async def test_each_hears_of_his_own_failure_only_unless_all_of_them_fail() -> None:
    together: Together[int, int] = Together(Doubling().work, most=3)
    said = await asyncio.gather(*map(together.ask, (1, 13, 2)), return_exceptions=True)
    assert [type(one) for one in said] == [int, ValueError, int]
    dead = await asyncio.gather(*map(together.ask, (1, 99, 2, 3)), return_exceptions=True)
    assert [type(one) for one in dead] == [OSError, OSError, OSError, int], "the next batch goes on"


async def test_whoever_goes_away_takes_nobody_along() -> None:
    together: Together[int, int] = Together(Doubling().work, most=3)
    gone, stays = asyncio.create_task(together.ask(1)), asyncio.create_task(together.ask(2))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await stays == 4
