"""Saying what is being done, and how long each step took; on stderr, so that output stays clean."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(sentence: str) -> None:
    """Say one thing to whoever waits at the terminal."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


_BAR = 28
_CLEAR = "\r\x1b[K"


class Step:
    """A step under way: what it says meanwhile stands on lines of its own."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._line_is_open = True
        self._shown = ""
        self._begun = time.monotonic()
        sys.stderr.write(f"  {what} … ")
        sys.stderr.flush()

    def say(self, sentence: str) -> None:
        """Say something of the step while it lasts."""
        if self._line_is_open:
            say("")
            self._line_is_open = False
        say(f"    {sentence}")

    def progress(self, what: str, done: int, of: int) -> None:
        """Draw how far a part of the step is: a bar on a terminal, elsewhere a line for each part."""
        if not sys.stderr.isatty():
            if what != self._shown:
                self.say(what)
            self._shown = what
            return
        full = _BAR * done // max(of, 1)
        line = f"  {self._what} … {'█' * full}{'░' * (_BAR - full)} {100 * done // max(of, 1):3} %  {what}"
        if line != self._shown:
            sys.stderr.write(_CLEAR + line)
            sys.stderr.flush()
        self._shown = line

    def end(self, verdict: str = "") -> None:
        """Say how it ended: the seconds that it took, unless something else is to be said."""
        verdict = verdict or f"{time.monotonic() - self._begun:.1f} s"
        if self._shown and sys.stderr.isatty():
            sys.stderr.write(f"{_CLEAR}  {self._what} … ")
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
