"""What the server must be able to read again (keys of second factors, webhook secrets), kept encrypted.

The keys stand in a file outside the database, one on each line, the newest first: whoever gets hold of the
database alone, or of a dump of it, reads none of these secrets.
"""

import os
from pathlib import Path
from secrets import token_hex

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

SEALED = "sealed:"
"""How an encrypted text begins; what does not is from before texts were encrypted, and is read as it is."""


class KeyLostError(Exception):
    """A kept secret was encrypted with a key that is not in the file (any more)."""


class KeyFileError(Exception):
    """The file of keys cannot be used; the message says why and what to do."""


class Keyring:
    """The keys of one file, read again whenever it changes: another process may have added one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_at = -1
        self._keys = MultiFernet([Fernet(Fernet.generate_key())])

    def seal(self, text: str) -> str:
        """Encrypt a text with the newest key."""
        return SEALED + self._current().encrypt(text.encode()).decode()

    def open(self, text: str) -> str:
        """Return what was sealed; raises `KeyLostError` where no key of the file fits."""
        if not text.startswith(SEALED):
            return text
        try:
            return self._current().decrypt(text.removeprefix(SEALED).encode()).decode()
        except InvalidToken:
            raise KeyLostError from None

    def open_fresh(self, text: str, ttl_s: int) -> str | None:
        """Return what was sealed less than so many seconds ago; None for anything else."""
        try:
            return self._current().decrypt(text.removeprefix(SEALED).encode(), ttl=ttl_s).decode()
        except (InvalidToken, UnicodeError):
            return None

    def is_current(self, text: str) -> bool:
        """Whether a kept text is encrypted with the newest key already."""
        if not text.startswith(SEALED):
            return False
        self._current()
        newest = Fernet(self._lines()[0])
        try:
            newest.decrypt(text.removeprefix(SEALED).encode())
        except InvalidToken:
            return False
        return True

    def add_key(self) -> None:
        """Put a new key before the others; from now on everything is sealed with it."""
        self._write([Fernet.generate_key(), *(self._lines() if self.path.exists() else [])])

    def adopt(self, lines: list[bytes]) -> None:
        """Take over keys of a backup, after the ones that are here."""
        own = self._lines() if self.path.exists() else []
        self._write([*own, *(line for line in lines if line and line not in own)])

    def forget_old_keys(self) -> int:
        """Keep the newest key only; returns how many are gone."""
        lines = self._lines()
        self._write(lines[:1])
        return len(lines) - 1

    def _current(self) -> MultiFernet:
        if not self.path.exists():
            self._create()
        changed_at = self.path.stat().st_mtime_ns
        if changed_at != self._read_at:
            try:
                self._keys = MultiFernet([Fernet(line) for line in self._lines()])
            except ValueError as wrong:
                raise KeyFileError(
                    f"{self.path} is no file of keys; put the right one back from a backup."
                ) from wrong
            self._read_at = changed_at
        return self._keys

    def _lines(self) -> list[bytes]:
        return self.path.read_bytes().split()

    def _create(self) -> None:
        """Make the file with a first key; of two processes that start at once, one makes it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_name(f".{self.path.name}.{token_hex(4)}")
        _write_private(aside, [Fernet.generate_key()])
        try:
            self.path.hardlink_to(aside)
        except FileExistsError:
            pass  # the other process's key is as good
        finally:
            aside.unlink()

    def _write(self, lines: list[bytes]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_name(f".{self.path.name}.{token_hex(4)}")
        _write_private(aside, lines)
        aside.replace(self.path)


def _write_private(path: Path, lines: list[bytes]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(b"\n".join(lines) + b"\n")
