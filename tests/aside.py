"""Work for another event loop: Playwright's runs in the test's own thread and lets no second one in."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Answer = TypeVar("Answer")


def aside(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run it to its end in a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
