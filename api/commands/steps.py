"""Saying what is being done, and how long each step took; on stderr, so that output stays clean."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(sentence: str) -> None:
    """Say one thing to whoever waits at the terminal."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


class Step:
    """A step under way: what it says meanwhile stands on lines of its own."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._line_is_open = True
        self._begun = time.monotonic()
        sys.stderr.write(f"  {what} … ")
        sys.stderr.flush()

    def say(self, sentence: str) -> None:
        """Say something of the step while it lasts."""
        if self._line_is_open:
            say("")
            self._line_is_open = False
        say(f"    {sentence}")

    def end(self, verdict: str = "") -> None:
        """Say how it ended: the seconds that it took, unless something else is to be said."""
        verdict = verdict or f"{time.monotonic() - self._begun:.1f} s"
        say(verdict if self._line_is_open else f"  {self._what}: {verdict}")


@contextmanager
def step(what: str) -> Iterator[Step]:
    """Name a step when it begins, and its time when it ends."""
    under_way = Step(what)
    try:
        yield under_way
    except Exception:
        under_way.end("failed")
        raise
    except BaseException:
        under_way.end("stopped")
        raise
    under_way.end()
