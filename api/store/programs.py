"""PostgreSQL's programs with PostGIS beside them: found on the machine, or fetched without root."""

import fcntl
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Say = Callable[[str], None]

NEEDED = ("initdb", "pg_ctl", "postgres", "psql", "pg_dump", "pg_restore")
"""Programs without which a folder is of no use to us."""

PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/local/pgsql/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
"""Where the usual packages put them, newest version tried first."""

_UNNEEDED = re.compile(r"libgdal|libllvm|libperl|libpq5$")
"""Dependencies of rasters, of the just-in-time compiler and of PL/Perl: none is used here."""

_COMPLETE = ".complete"

WHAT_TO_INSTALL = """\
No PostgreSQL with PostGIS was found, and this system has no apt packages to take it from. Do one of these:
  Debian, Ubuntu     apt-get install postgresql-postgis
  Fedora, openEuler  dnf install postgresql-server postgis
  Alpine             apk add postgresql postgis
  macOS              brew install postgresql@17 postgis
  anywhere           set DATABASE_URL=postgresql://user:password@host:5432/name to a database with PostGIS
and run the same command again."""


class ProgramsError(Exception):
    """No usable PostGIS; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Programs:
    """One folder of PostgreSQL programs, and the environment that they need to run."""

    folder: Path
    major: int
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(
        self, program: str, *arguments: str | Path, owner: pwd.struct_passwd | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the programs to its end, as `owner` where given; stderr is in stdout."""
        return run([self.folder / program, *arguments], self.environment, owner=owner, check=check)


def run(
    command: Iterable[str | Path],
    environment: Mapping[str, str] | None = None,
    *,
    owner: pwd.struct_passwd | None = None,
    check: bool = True,
    cwd: Path | str = "/",
) -> subprocess.CompletedProcess[str]:
    """Run `command` without the caller's PG* variables; failing raises ProgramsError with its last words."""
    words = [str(word) for word in command]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        words,
        env={**clean, "LC_MESSAGES": "C", "LANGUAGE": "", **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd=cwd,
        check=False,
        user=None if owner is None else owner.pw_uid,
        group=None if owner is None else owner.pw_gid,
        extra_groups=None if owner is None else [],
    )
    if check and done.returncode:
        raise ProgramsError(
            f"{Path(words[0]).name} failed ({done.returncode}): {done.stdout.strip()[-2000:]}"
        )
    return done


def find_programs(
    packages: Path, owner: pwd.struct_passwd | None = None, major: int | None = None
) -> Programs | None:
    """Find programs with PostGIS that `owner` may run: fetched into `packages` before, else the machine's.

    With `major`, only that version will do: a cluster is opened by the version that made it.
    """
    for candidate in _candidates(packages):
        usable = _has_postgis(candidate) and _runs(candidate, owner)
        if usable and (major is None or candidate.major == major):
            return candidate
    return None


def _candidates(packages: Path) -> Iterable[Programs]:
    folders: list[Path] = []
    if named := os.environ.get("PG_BINDIR"):
        folders.append(Path(named))
    if (packages / _COMPLETE).exists():
        folders += sorted(packages.glob("usr/lib/postgresql/*/bin"), reverse=True)
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    for place in PLACES:
        folders += sorted(Path("/").glob(place.lstrip("/")), key=_version_in, reverse=True)
    if conda := os.environ.get("CONDA_PREFIX"):
        folders.append(Path(conda) / "bin")
    for folder in dict.fromkeys(folders):
        if not all((folder / program).exists() for program in NEEDED):
            continue
        environment = _fetched_environment(packages) if folder.is_relative_to(packages) else {}
        version = run([folder / "postgres", "--version"], environment, check=False).stdout
        if found := re.search(r"\) (\d+)", version):
            yield Programs(folder, int(found[1]), environment)


def _version_in(folder: Path) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", str(folder)))


def _fetched_environment(packages: Path) -> dict[str, str]:
    libraries = sorted({str(library.parent) for library in packages.glob("usr/lib/*/lib*.so*")})
    environment = {"LD_LIBRARY_PATH": ":".join(libraries)}
    projections = packages / "usr/share/proj"
    if (projections / "proj.db").exists():
        environment |= {"PROJ_DATA": str(projections), "PROJ_LIB": str(projections)}
    return environment


def _has_postgis(programs: Programs) -> bool:
    folder = programs.folder
    shares = [folder.parent / "share", folder.parent / "share/postgresql"]
    if len(folder.parents) > 3:  # Debian: usr/lib/postgresql/15/bin and usr/share/postgresql/15
        shares.append(folder.parents[3] / "share/postgresql" / folder.parent.name)
    return any((share / "extension/postgis.control").exists() for share in shares)


def _runs(programs: Programs, owner: pwd.struct_passwd | None) -> bool:
    return programs.run("postgres", "--version", owner=owner, check=False).returncode == 0


def fetch_programs(packages: Path, say: Say) -> None:
    """Fetch Debian's or Ubuntu's packages and unpack them into `packages`; the system is left as it is.

    All of it happens aside and is renamed when whole, so a kill in between leaves nothing half done. Of
    several clusters that share the folder, one fetches and the others wait for it. The packages are
    downloaded under a path without spaces, which apt would not take.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise ProgramsError(WHAT_TO_INSTALL)
    packages.parent.mkdir(parents=True, exist_ok=True)
    with packages.with_name(f".{packages.name}.fetching").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (packages / _COMPLETE).exists():
            _fetch(packages, say)


def _fetch(packages: Path, say: Say) -> None:
    aside = packages.with_name(packages.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="yilu-apt-") as temporary:
        for archive in _download(Path(temporary), say):
            run(["dpkg", "-x", archive, aside])
    for control in aside.glob("usr/share/postgresql/*/extension/*-3.control"):
        # Debian's install script makes these links; unpacking alone does not
        link = control.with_name(control.name.replace("-3.control", ".control"))
        if not link.exists():
            link.symlink_to(control.name)
    (aside / _COMPLETE).touch()
    shutil.rmtree(packages, ignore_errors=True)
    aside.rename(packages)


def _download(temporary: Path, say: Say) -> list[Path]:
    for folder in ("state/lists/partial", "cache/archives/partial", "debs"):
        (temporary / folder).mkdir(parents=True)
    options = [
        f"Dir::State={temporary}/state",
        "Dir::State::status=/var/lib/dpkg/status",
        f"Dir::Cache={temporary}/cache",
        "Debug::NoLocking=1",
        "APT::Sandbox::User=root",
        "APT::Get::List-Cleanup=0",
        "APT::Update::Post-Invoke-Success::=",
        "Acquire::Retries=3",
    ]
    apt = [word for option in options for word in ("-o", option)]
    heard = run(["apt-get", *apt, "update"], check=False).stdout  # one dead source is no reason to stop
    wanted = _wanted_packages(apt)
    if not wanted:
        raise ProgramsError(
            "PostGIS is not on this machine, and the package lists that apt could fetch do not offer it. "
            "Connect to the network or to a mirror that apt knows and run the same command again, or install "
            f"PostGIS from a disc, or set DATABASE_URL to a database that has it.\n"
            f"apt-get update: {heard.strip()[-600:]}"
        )
    say(f"fetching {len(wanted)} packages")
    run(["apt-get", *apt, "-qq", "download", *wanted], cwd=temporary / "debs")
    return sorted((temporary / "debs").glob("*.deb"))


def _wanted_packages(apt: list[str]) -> list[str]:
    """Name the newest PostgreSQL with PostGIS, and the libraries that this machine lacks; none: no offer."""
    names = set(run(["apt-cache", *apt, "pkgnames", "postgresql-"]).stdout.split())
    versions = [
        int(found[1]) for name in names if (found := re.fullmatch(r"postgresql-(\d+)-postgis-3", name))
    ]
    if not versions:
        return []
    version = max(versions)
    server = [
        name
        for name in (
            f"postgresql-{version}",
            f"postgresql-client-{version}",
            f"postgresql-{version}-postgis-3",
            f"postgresql-{version}-postgis-3-scripts",
        )
        if name in names
    ]
    plain = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"]
    depends = run(["apt-cache", *apt, "depends", *(f"--no-{kind}" for kind in plain), *server]).stdout
    libraries = set(re.findall(r"Depends: (lib[^\s<>]+|proj-data)", depends))
    libraries = {name for name in libraries if not _UNNEEDED.match(name)} | {"libpq5"}
    plan = run(["apt-get", *apt, "-s", "--no-install-recommends", "install", *sorted(libraries)]).stdout
    missing = re.findall(r"^Inst (\S+)", plan, re.MULTILINE)
    return server + [name for name in missing if not name.startswith("postgresql")]
