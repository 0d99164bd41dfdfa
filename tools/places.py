"""Where does the set-up put what it makes?"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Places:
    """The folders of one clone."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def node(self) -> Path:
        """Node from the Python package index, where the machine has none that is new enough."""
        return self.root / ".node"

    @property
    def web(self) -> Path:
        return self.root / "web"

    @property
    def node_modules(self) -> Path:
        return self.web / "node_modules"

    @property
    def pages(self) -> Path:
        """The built front end, as the server and the wheel want it."""
        return self.root / "app" / "static" / "dist"

    @property
    def log(self) -> Path:
        """What pip, npm and apt said."""
        return self.root / ".warmline" / "setup.log"


HERE = Places(root=Path(__file__).resolve().parent.parent)
