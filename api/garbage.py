"""Circular garbage is looked for among what comes and goes, not among what stays.

The interpreter's collector goes through everything that is alive again and again. With the modules, a
district and its roads in memory that was a fifth of the processor while findings came in, and every other
second a pause of 0.2 s in which nobody was answered (`docs/decisions/0009`).
"""

import gc
from collections.abc import Callable

PUT_ASIDE_EVERY_S = 2.0

_NEW_OBJECTS = 20_000
"""After so many more objects the youngest are looked through: more than a group of findings holds."""


class WhatStays:
    """One per process: whenever something large was loaded, all that is alive then is put out of sight.

    What had been put aside before is looked through once more, so that nothing is lost in there for good.
    """

    def __init__(self, loaded: Callable[[], object]) -> None:
        """`loaded` tells what large things the process holds; it is asked at every step."""
        self._loaded = loaded
        self._put_aside = loaded()

    async def step(self) -> None:
        """Put aside what stays, if it has changed."""
        loaded = self._loaded()
        if loaded == self._put_aside:
            return
        self._put_aside = loaded
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])
