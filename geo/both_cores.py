"""Two halves of one piece of work at once: kernels release the interpreter's lock, so plain threads do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final, TypeVar

_Result = TypeVar("_Result")

_THREADS: Final = 2


def on_both_cores(part: Callable[[slice], _Result], count: int) -> list[_Result]:
    """Do `part` on slices of a count that cover it, in order."""
    if count < 2 * _THREADS:
        return [part(slice(0, count))]
    cuts = [count * i // _THREADS for i in range(_THREADS + 1)]
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(part, [slice(a, b) for a, b in pairwise(cuts)]))
