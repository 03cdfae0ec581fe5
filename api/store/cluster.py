"""The private PostgreSQL cluster of one data folder: made once, started and stopped on demand, crash-safe.

Unix socket only, peer authentication, fsync on. Whoever uses the cluster holds a shared lock on the folder
while he does, and the last one to leave stops the server: the kernel gives locks back even after `kill -9`.
"""

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import socket
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

from api.settings import everybody_can_enter
from api.store.programs import Programs, ProgramsError, Say, fetch_programs, find_programs, run

USER = "yilu"
DATABASE = "yilu"
PORT = 5432
"""Names the socket's file; nothing listens on the network."""

SOCKET_PATH_LIMIT = 103
"""Bytes in the address of a unix socket, the smaller of the systems' limits (Linux 107, macOS 103)."""

SPACE_NEEDED_MIB = 300
"""A fresh cluster with PostGIS takes 60 MiB, its write-ahead log may grow to some hundred."""

CONFIGURATION: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "100",
    "shared_buffers": "256MB",
    "jit": "off",
    "log_timezone": "GMT",
    "timezone": "GMT",
}


class ClusterError(Exception):
    """The private server cannot be had; the message says why and what would do."""


class Cluster:
    """One private PostGIS server, kept in one folder."""

    def __init__(
        self,
        folder: Path,
        *,
        packages: Path | None = None,
        configuration: Mapping[str, str] | None = None,
        say: Say = lambda _: None,
    ) -> None:
        self.folder = folder.resolve()
        self.packages = (packages or self.folder / "postgis").resolve()
        self.data = self.folder / "cluster"
        self.log = self.folder / "postgres.log"
        self._configuration = {**CONFIGURATION, **(configuration or {})}
        self._say = say
        self._in_use: IO[bytes] | None = None
        self._programs: Programs | None = None

    # -- who and where ---------------------------------------------------------------------------------

    @property
    def owner(self) -> pwd.struct_passwd | None:
        """The user that the server runs as, when that is not ourselves: PostgreSQL refuses root."""
        if os.geteuid() != 0:
            return None
        if self.data.exists() and (uid := self.data.stat().st_uid) != 0:
            return pwd.getpwuid(uid)
        for name in ("postgres", "nobody"):
            with suppress(KeyError):
                return pwd.getpwnam(name)
        raise ClusterError("PostgreSQL refuses to run as root: run the same command as another user.")

    @property
    def socket_folder(self) -> Path:
        """Where the socket is: in our own folder, or under /tmp where that path is too long or not plain."""
        near = self.folder / "run"
        file = near / f".s.PGSQL.{PORT}"
        if len(os.fsencode(file)) <= SOCKET_PATH_LIMIT and re.fullmatch(r"[\w./-]+", str(near), re.ASCII):
            return near
        return Path("/tmp") / f"yilu-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]}"  # noqa: S108 - owner and mode are checked

    @property
    def programs(self) -> Programs:
        """The programs that serve this cluster; they are found by `start`."""
        if self._programs is None:
            self._programs = self._found_programs()
        if self._programs is None:
            raise ClusterError("No PostGIS is on this machine yet.")
        return self._programs

    def url(self, database: str = DATABASE) -> str:
        """Return the database's address in libpq's form, which psql and `api.store.database` both take."""
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql://{USER}@/{quote(database)}?host={host}&port={PORT}"

    def driver_url(self, database: str = DATABASE) -> str:
        """Return the database's address for SQLAlchemy on asyncpg."""
        return self.url(database).replace("postgresql://", "postgresql+asyncpg://", 1)

    # -- life ------------------------------------------------------------------------------------------

    @contextmanager
    def running(self) -> Iterator["Cluster"]:
        """Start the server for a block, and stop it after when nobody else uses it."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self) -> None:
        """Bring the server up, whatever state an earlier end left it in; one caller at a time."""
        self.make_folder()
        with self._one_at_a_time():
            self._hold()
            try:
                self._start()
            except BaseException:
                self._release()
                raise

    def stop(self) -> None:
        """Let go of the server, and stop it when nobody else uses it."""
        with self._one_at_a_time():
            if self._release() and self._is_alive():
                self.programs.run(
                    "pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "60", "-s", "stop", owner=self.owner
                )

    def is_running(self) -> bool:
        """Say whether the server answers now."""
        return self._found_programs() is not None and self._is_alive()

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement by psql and return its bare output: for the house's own chores only."""
        return self.programs.run("psql", *self._psql_words(database), "-c", statement).stdout.strip()

    def _psql_words(self, database: str) -> list[str]:
        return ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.url(database) + "&connect_timeout=3"]

    # -- one user of the folder among others -----------------------------------------------------------

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with (self.folder / ".starting").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _hold(self) -> None:
        if self._in_use is None:
            self._in_use = (self.folder / ".in-use").open("ab")
            fcntl.flock(self._in_use, fcntl.LOCK_SH)

    def _release(self) -> bool:
        """Give our share of the folder back; True when ours was the last. Held: the start lock."""
        if self._in_use is None:
            return False
        try:
            fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            last = True
        except BlockingIOError:
            last = False
        self._in_use.close()
        self._in_use = None
        return last

    # -- start, step by step ---------------------------------------------------------------------------

    def make_folder(self) -> None:
        """Make our folder, or say why the server could not live in it."""
        try:
            if not self.folder.exists():
                self.folder.mkdir(parents=True, exist_ok=True)  # another start may make it first
                self.folder.chmod(0o755)  # another user's server must pass, whatever root's umask is
        except OSError as failure:
            raise ClusterError(
                f"The data folder {self.folder} cannot be made ({failure.strerror}): "
                "choose another with --data DIR."
            ) from failure
        if re.search(r'["$`\\\n]', str(self.folder)):
            raise ClusterError(
                f'PostgreSQL cannot work under {self.folder}: choose a path that has none of " $ ` \\.'
            )
        if self.owner is not None and not everybody_can_enter(self.folder):
            raise ClusterError(
                f"The database runs as user '{self.owner.pw_name}', because PostgreSQL refuses root, and "
                f"that user cannot enter {self.folder}. Choose a folder outside closed homes with --data DIR "
                "(for instance /var/lib/yilu), or run as a user of your own."
            )
        if self.data.exists() and os.geteuid() not in (0, self.data.stat().st_uid):
            whose = _user_name(self.data.stat().st_uid)
            raise ClusterError(
                f"The database in {self.folder} belongs to user '{whose}': run as that user or as root, "
                "or choose another folder with --data DIR."
            )

    def _start(self) -> None:
        programs = self._found_programs()
        if programs is None:
            self._refuse_full_disk(SPACE_NEEDED_MIB + 300)
            self._fetch()
        self._programs = None
        if self._is_alive():
            return
        if not (self.data / "PG_VERSION").exists():
            self._refuse_full_disk(SPACE_NEEDED_MIB)
            self._initialise()
        self._prepare_socket_folder()
        self._configure()
        self._forget_stale_pid()
        self._launch()
        if DATABASE not in self.sql("SELECT datname FROM pg_database").split():
            self.sql(f"CREATE DATABASE {DATABASE}")

    def _found_programs(self) -> Programs | None:
        return find_programs(self.packages, self.owner, self._major())

    def _major(self) -> int | None:
        """The version that made the cluster; None when there is none yet."""
        with suppress(OSError, ValueError):
            return int((self.data / "PG_VERSION").read_text())
        return None

    def _fetch(self) -> None:
        other = find_programs(self.packages, self.owner) if self._major() else None
        if other is not None:
            raise ClusterError(
                f"The database in {self.folder} was made by PostgreSQL {self._major()}, and this machine has "
                f"{other.major} only. Install PostgreSQL {self._major()} with PostGIS beside it, or start "
                "with another folder and `yilu db restore` the last backup there."
            )
        self._say("no PostGIS on this machine: fetching it, without root, for this folder only")
        try:
            fetch_programs(self.packages, self._say)
        except ProgramsError as failure:
            raise ClusterError(str(failure)) from failure

    def _initialise(self) -> None:
        """Make the cluster aside and rename it when whole: a kill in between loses nothing."""
        aside = self.folder / "cluster.new"
        shutil.rmtree(aside, ignore_errors=True)
        self._own(aside, 0o700)
        self._try(
            "initdb", "-D", aside, "-U", USER, "-E", "UTF8", "--locale=C", "--auth=peer", "--data-checksums"
        )
        aside.rename(self.data)

    def _configure(self) -> None:
        """Write who may enter and how the server runs, at every start: both may have changed since."""
        server = self.owner.pw_name if self.owner else _user_name(os.geteuid())
        guests = sorted({"root", server})  # root can become the owner anyway
        ident = "".join(f'own "{guest}" {USER}\n' for guest in guests)
        lines = {**self._configuration, "unix_socket_directories": str(self.socket_folder)}
        settings = "".join(f"{name} = '{value}'\n" for name, value in lines.items())
        self._write("pg_hba.conf", "local all all peer map=own\n")
        self._write("pg_ident.conf", ident)
        self._write("yilu.conf", settings)
        main = self.data / "postgresql.conf"
        if "include 'yilu.conf'" not in (text := main.read_text()):
            self._write("postgresql.conf", text + "\ninclude 'yilu.conf'\n")

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        if path.exists() and path.read_text() == text:
            return
        aside = path.with_name(name + ".new")
        aside.write_text(text)
        if self.owner:
            os.chown(aside, self.owner.pw_uid, self.owner.pw_gid)
        aside.replace(path)

    def _prepare_socket_folder(self) -> None:
        folder = self.socket_folder
        with suppress(FileNotFoundError):
            found = folder.lstat()
            ours = self.owner.pw_uid if self.owner else os.geteuid()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (ours, 0, os.geteuid()):
                raise ClusterError(f"{folder} belongs to somebody else: remove it, or choose another folder.")
        self._own(folder, 0o755)

    def _own(self, folder: Path, mode: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if self.owner:
            os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
        folder.chmod(mode)

    def _forget_stale_pid(self) -> None:
        """Remove a pid file whose number now belongs to some other process (containers reuse low ones).

        A server's working directory is its cluster: that tells it apart, and needs no `ps`.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        if not Path("/proc/self").exists():
            ps = shutil.which("ps")
            if ps is None:
                return  # the server itself then judges by the shared memory it left
            stale = str(self.data) not in run([ps, "-p", str(pid), "-o", "command="], check=False).stdout
        else:
            try:
                stale = Path(f"/proc/{pid}/cwd").readlink() != self.data
            except FileNotFoundError:
                stale = True
            except PermissionError:
                stale = True  # somebody else's process: ours would be readable
        if stale:
            pid_file.unlink(missing_ok=True)
            for leftover in self.socket_folder.glob(".s.PGSQL.*"):
                leftover.unlink(missing_ok=True)

    def _launch(self) -> None:
        if self.owner and not self.log.exists():
            self.log.touch()
            os.chown(self.log, self.owner.pw_uid, self.owner.pw_gid)
        said_before = self.log.stat().st_size if self.log.exists() else 0
        for _ in range(20):  # its children may outlive a killed server and hold its memory a little
            words = ("-D", self.data, "-l", self.log, "-w", "-t", "120", "-s", "start")
            heard = self.programs.run("pg_ctl", *words, owner=self.owner, check=False)
            if heard.returncode == 0 or self._is_alive():
                return
            self._refuse_full_disk(16)
            time.sleep(0.25)
        with suppress(OSError), self.log.open("rb") as log:
            log.seek(said_before)
            said = log.read()[-1500:].decode(errors="replace")
            raise ClusterError(f"PostgreSQL does not start; its log {self.log} says:\n{said}")
        raise ClusterError(f"PostgreSQL does not start: {heard.stdout.strip()[-500:]}")

    def answers(self) -> bool:
        """Say whether something listens at the socket: far cheaper than `is_running`, for a watch."""
        with socket.socket(socket.AF_UNIX) as knock:
            knock.settimeout(3)
            try:
                knock.connect(str(self.socket_folder / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
        return True

    def _is_alive(self) -> bool:
        if not (self.data / "postmaster.pid").exists():
            return False
        question = (*self._psql_words("postgres"), "-c", "SELECT 1")
        return self.programs.run("psql", *question, check=False).returncode == 0

    def _try(self, program: str, *arguments: str | Path) -> None:
        try:
            self.programs.run(program, *arguments, owner=self.owner)
        except ProgramsError as failure:
            self._refuse_full_disk(16)
            raise ClusterError(str(failure)) from failure

    def _refuse_full_disk(self, needed_mib: int) -> None:
        free_mib = shutil.disk_usage(self.folder).free >> 20
        if free_mib < needed_mib:
            raise ClusterError(
                f"The disk of {self.folder} is full: {free_mib} MiB are free, {needed_mib} are needed. "
                "Free some space, or choose a folder on another disk with --data DIR."
            )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
