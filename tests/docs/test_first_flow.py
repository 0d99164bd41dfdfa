"""docs/how-to/first-flow.md, done as it says: its files, then its commands."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "docs/how-to/first-flow.md"
FILES = re.compile(r"^```(?:yaml|ftl) (\S+/\S+)$", re.MULTILINE)


@pytest.mark.timeout(90)
def test_the_page_leads_to_a_published_flow(tmp_path: Path) -> None:
    text = PAGE.read_text()
    named = FILES.findall(text)
    assert len(named) == 3
    for name in named:
        [content] = blocks(text, f"{'ftl' if name.endswith('ftl') else 'yaml'} {name}")
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(content)
    lint, test, draw, publish = (run(tmp_path, code) for code in blocks(text, "sh run"))
    assert "1 flows, 0 errors, 0 warnings" in lint
    assert "5 passed, 0 failed" in test
    assert "100.0 %" in test
    assert draw.startswith("flowchart")
    assert publish.splitlines()[-1] == "Live."


def run(folder: Path, code: str) -> str:
    """What the commands say; they end well."""
    path = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
