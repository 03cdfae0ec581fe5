"""The one door to numba: kernels are compiled once, cached on disk, and run without the interpreter's lock.

`parallel=True` is never used: it aborts under concurrent calls. Threads are ours (see `geo.travel`).
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, ParamSpec, TypeVar, cast

import numba

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

UNREACHED: Final = 1 << 30
"""Tenths of a second that stand for 'no way': a closed arc's weight and an unreached node's distance.
Kernels add in 64 bits and compare, so a way over a closed arc is never shorter than no way."""

NOWHERE: Final = -(1 << 31)
"""The edge number of a place that lies on no usable road."""


def compiled(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Compile on the first call, keep the machine code beside the source, release the lock while running."""
    kernel = numba.njit(nogil=True, cache=True)(function)
    # numba checks only the kernel's own file, but its code holds what it calls in other files as well.
    cached_files = getattr(getattr(kernel, "_cache", None), "_cache_file", None)
    if cached_files is not None:
        cached_files._source_stamp = stamp_of_all_kernels()
    return cast(Callable[_Parameters, _Result], kernel)


@cache
def stamp_of_all_kernels() -> str:
    """Changes when any file with kernels does: an upgrade must never run yesterday's machine code."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        source = path.read_bytes()
        if b"geo.compiled import" in source:
            digest.update(source)
    return digest.hexdigest()
