"""What people read, in both languages at once."""

from typing import NamedTuple


class Words(NamedTuple):
    """One text in Chinese and in English."""

    zh: str
    en: str
