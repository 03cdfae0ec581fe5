"""What one process is told when it starts: built once, handed down, never changed.

Standard library only: the command line reads its defaults from here before anything heavy is imported.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_PACKAGE = Path(__file__).resolve().parent


class SettingError(Exception):
    """A setting cannot be used; the message says which, why, and what would do."""


def data_folder() -> Path:
    """Return the folder of shipped data: inside the package when installed, else in the checkout."""
    installed = _PACKAGE / "data"
    return installed if installed.is_dir() else _PACKAGE.parent / "data"


def checkout_folder() -> Path | None:
    """Return the checkout that this package runs from; None when it was installed from a wheel."""
    folder = _PACKAGE.parent
    return folder if (folder / "pyproject.toml").is_file() else None


def default_data_path() -> Path:
    """Return the folder that grows, where nobody named one.

    `.yilu` in the checkout. PostgreSQL refuses root, so under root its server runs as another user: where
    that user cannot enter the checkout (root's home is closed), a folder under /var/lib takes its place.
    """
    checkout = checkout_folder()
    if checkout is not None and (os.geteuid() != 0 or everybody_can_enter(checkout)):
        return checkout / ".yilu"
    if os.geteuid() == 0:
        mark = "" if checkout is None else "-" + hashlib.sha256(os.fsencode(checkout)).hexdigest()[:8]
        return Path(f"/var/lib/yilu{mark}")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "yilu"


def everybody_can_enter(folder: Path) -> bool:
    """Say whether every user of the machine may pass through `folder` and all folders above it."""
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    return all(step.stat().st_mode & stat.S_IXOTH for step in (existing, *existing.parents))


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process."""

    database_url: str
    """Where PostGIS is, in libpq's form; a private server's address has its socket as `?host=/…`."""
    data_path: Path
    """The folder that grows: cluster, caches, photographs."""
    district_code: str = "990101"
    host: str = "127.0.0.1"
    port: int = 8017
    public_url: str = ""
    """The address under which browsers reach the pages; empty: as they asked."""
    pages_path: Path = _PACKAGE / "pages"
    tls: bool = False
    """Served by HTTPS, with a certificate of a local authority in the data folder."""
    export_path: Path | None = None
    """The folder that every list is written to once a day; None for no daily export."""
    keys_path: Path | None = None
    """The file of keys that kept secrets are encrypted with; None for the one in the data folder."""
    provider_url: str = ""
    """The issuer of an OpenID Connect provider that people may sign in by; empty for none."""
    provider_client: str = ""
    provider_secret: str = ""
    provider_name: str = ""
    """What the button on the sign-in page calls the provider."""

    @property
    def keyring_path(self) -> Path:
        """Where the file of keys is."""
        return self.keys_path or self.data_path / "secrets.keys"

    @classmethod
    def read(cls, environment: Mapping[str, str], **told: Any) -> "Settings":
        """Build the settings: what was `told` (not None) goes before `environment`, that before defaults."""
        values: dict[str, Any] = {"database_url": "", "data_path": default_data_path()}
        for setting in SETTINGS:
            if text := environment.get(setting.variable, "").strip():
                values[setting.field] = setting.parse(text)
        values.update({name: value for name, value in told.items() if value is not None})
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table of settings: the variable of the environment, and what it means."""

    variable: str
    field: str
    kind: Callable[[str], Any]
    meaning: str

    def parse(self, text: str) -> Any:
        """Return the value that `text` stands for, or say what is wrong with it."""
        try:
            return self.kind(text)
        except ValueError as wrong:
            raise SettingError(f"{self.variable}={text!r} cannot be used: {wrong}.") from wrong


def port_number(text: str) -> int:
    """Return a TCP port, or raise ValueError with what would do."""
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 65535:
        raise ValueError("a port is a whole number from 1 to 65535")
    return int(text)


def folder_path(text: str) -> Path:
    """Return the folder as an absolute path; `~` is the user's home."""
    if "\0" in text or "\n" in text:
        raise ValueError("a folder's name holds no line break")
    return Path(text).expanduser().absolute()


def yes_or_no(text: str) -> bool:
    """Return what a switch is set to, or raise ValueError with what would do."""
    if text not in ("1", "0", "yes", "no"):
        raise ValueError("a switch is 1 or 0, yes or no")
    return text in ("1", "yes")


def database_address(text: str) -> str:
    """Return the address of a PostgreSQL database, or raise ValueError with what would do."""
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("an address looks like postgresql://user:password@host:5432/name")
    return text


def provider_address(text: str) -> str:
    """Return the issuer of a provider, or raise ValueError with what would do."""
    parts = urlsplit(text)
    here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    safe = parts.scheme == "https" or (parts.scheme == "http" and here)
    if not (safe and parts.hostname) or parts.query or parts.fragment:
        raise ValueError("an issuer looks like https://login.example.org/realm")
    return text


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "DATABASE_URL",
        "database_url",
        database_address,
        "A PostgreSQL database with PostGIS; when set, no private server is started.",
    ),
    Setting(
        "YILU_DATA",
        "data_path",
        folder_path,
        "The folder that grows: the private server, caches and photographs (`.yilu` in the checkout).",
    ),
    Setting(
        "YILU_DISTRICT", "district_code", str, "The code of the district that this server serves (`990101`)."
    ),
    Setting("YILU_HOST", "host", str, "The address to listen on (`127.0.0.1`: this machine only)."),
    Setting("YILU_PORT", "port", port_number, "The port to listen on (`8017`)."),
    Setting(
        "YILU_PUBLIC_URL",
        "public_url",
        str,
        "The address under which browsers reach the pages, where a proxy stands in front.",
    ),
    Setting(
        "YILU_TLS", "tls", yes_or_no, "`1`: serve by HTTPS with a certificate of a local authority (`0`)."
    ),
    Setting(
        "YILU_DAILY_EXPORT",
        "export_path",
        folder_path,
        "A folder that every list of the day before is written to each night, as CSV and GeoJSON.",
    ),
    Setting(
        "YILU_KEYS",
        "keys_path",
        folder_path,
        "The file of keys that kept secrets are encrypted with (`secrets.keys` in the data folder).",
    ),
    Setting(
        "YILU_OIDC_ISSUER",
        "provider_url",
        provider_address,
        "The issuer of an OpenID Connect provider that people may sign in by.",
    ),
    Setting("YILU_OIDC_CLIENT", "provider_client", str, "The client id that the provider knows Yilu by."),
    Setting("YILU_OIDC_SECRET", "provider_secret", str, "The client's secret, where the provider gave one."),
    Setting("YILU_OIDC_NAME", "provider_name", str, "What the sign-in page calls the provider."),
    Setting("YILU_PAGES", "pages_path", folder_path, "The folder of built pages (inside the package)."),
)
"""Every variable that is read from the environment; docs/operating.md lists the same, and a test compares."""
