"""Reading one entry of a policy file: every mistake names the file, the entry and the remedy."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TypeVar

from dispatch.errors import PolicyError
from dispatch.words import Words

Word = TypeVar("Word", bound=StrEnum)


class Entry:
    """A table of a policy file, with the path that led to it."""

    def __init__(self, file: str, path: str, table: object) -> None:
        self.file, self.path = file, path
        if not isinstance(table, dict):
            raise PolicyError(file, path or "(whole file)", "this is no table", "Write it as [table]")
        self._table: dict[str, object] = table
        self._read: set[str] = set()

    def wrong(self, key: str, problem: str, remedy: str) -> PolicyError:
        """The mistake at a key of this entry."""
        return PolicyError(self.file, f"{self.path}.{key}".strip("."), problem, remedy)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def _get(self, key: str) -> object:
        self._read.add(key)
        if key not in self._table:
            raise self.wrong(key, "it is missing", f"Add {key} to the entry")
        return self._table[key]

    def table(self, key: str) -> "Entry":
        """A table within this one."""
        return Entry(self.file, f"{self.path}.{key}".strip("."), self._get(key))

    def optional_table(self, key: str) -> "Entry":
        """A table within this one, empty where it is missing."""
        self._read.add(key)
        return Entry(self.file, f"{self.path}.{key}".strip("."), self._table.get(key, {}))

    def tables(self) -> Iterator[tuple[str, "Entry"]]:
        """Every key with its table."""
        for key in self._table:
            yield key, self.table(key)

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f"{value!r} is no text", f'Write {key} = "…"')
        return value

    def number(self, key: str, least: float = 0.0, most: float = float("inf")) -> float:
        """A number within bounds."""
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise self.wrong(key, f"{value!r} is out of range", f"Write a number from {least:g} to {most:g}")
        return float(value)

    def whole(self, key: str, least: int = 0, most: int = 1_000_000) -> int:
        """A whole number within bounds."""
        value = self.number(key, least, most)
        if value != int(value):
            raise self.wrong(key, f"{value!r} is no whole number", "Write it without a fraction")
        return int(value)

    def flag(self, key: str) -> bool:
        """true or false."""
        value = self._get(key)
        if not isinstance(value, bool):
            raise self.wrong(key, f"{value!r} is neither true nor false", f"Write {key} = true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, "it is no list of texts", f'Write {key} = ["…", "…"]')
        return tuple(value)

    def items(self, key: str) -> tuple[object, ...]:
        """A list of anything."""
        value = self._get(key)
        if not isinstance(value, list):
            raise self.wrong(key, "it is no list", f"Write {key} = [ … ]")
        return tuple(value)

    def optional_texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty where it is missing."""
        return self.texts(key) if self.has(key) else ()

    def optional_flag(self, key: str) -> bool:
        """A flag, false where it is missing."""
        return self.flag(key) if self.has(key) else False

    def word(self, key: str, words: type[Word]) -> Word:
        """One of the words of an enumeration."""
        return self._as_word(key, self.text(key), words)

    def word_set(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """Several words of an enumeration."""
        return tuple(self._as_word(key, text, words) for text in self.texts(key))

    def _as_word(self, key: str, text: str, words: type[Word]) -> Word:
        try:
            return words(text)
        except ValueError:
            known = ", ".join(words)
            raise self.wrong(key, f"{text!r} is not known", f"Choose from: {known}") from None

    def one_of(self, key: str, known: Iterable[str], where: str) -> str:
        """A text that names an entry of another file."""
        return self._known(key, self.text(key), frozenset(known), where)

    def some_of(self, key: str, known: Iterable[str], where: str) -> tuple[str, ...]:
        """Texts that each name an entry of another file."""
        names = frozenset(known)
        return tuple(self._known(key, text, names, where) for text in self.texts(key))

    def _known(self, key: str, text: str, known: frozenset[str], where: str) -> str:
        if text not in known:
            raise self.wrong(key, f"{text!r} is not in {where}", f"Add it to {where} or name an entry there")
        return text

    def words(self) -> Words:
        """The entry's name in Chinese and in English."""
        return Words(self.text("zh"), self.text("en"))

    def no_more(self) -> None:
        """Refuse what nobody reads: most often a slip of the pen."""
        for key in self._table:
            if key not in self._read:
                raise self.wrong(key, "nothing reads this", "Correct its name or take it out")
