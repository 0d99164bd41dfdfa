"""What stands in the documentation? Tables, links and code blocks of Markdown files."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]

_FENCE = re.compile(r"^```(?P<info>.*)\n(?P<code>(?:.*\n)*?)```$", re.MULTILINE)
_LINK = re.compile(r'\]\(([^)\s]+)\)|<img src="([^"]+)"')
_CELL_BORDER = re.compile(r"(?<!\\)\|")


def page(name: str) -> str:
    """The text of a page below docs/."""
    return (DOCS / name).read_text()


def section(text: str, heading: str) -> str:
    """From a heading, written with its #, to the next one of its rank or above."""
    rank = heading.partition(" ")[0]
    begin = text.index(f"{heading}\n") + len(heading)
    end = re.search(rf"^#{{1,{len(rank)}}} ", text[begin:], re.MULTILINE)
    return text[begin : begin + end.start()] if end else text[begin:]


def rows(text: str) -> list[list[str]]:
    """The cells of all tables, without their heads."""
    lines = text.splitlines()
    found = []
    for at, line in enumerate(lines):
        is_head = at + 1 < len(lines) and lines[at + 1].startswith("|---")
        if line.startswith("|") and not line.startswith("|---") and not is_head:
            found.append([cell.strip() for cell in _CELL_BORDER.split(line)[1:-1]])
    return found


def names(text: str) -> list[str]:
    """The first cells of all tables, where they are code."""
    return [row[0].strip("`") for row in rows(text) if row[0].startswith("`")]


def blocks(text: str, info: str) -> list[str]:
    """The code blocks that begin with exactly this info string."""
    return [one["code"] for one in _FENCE.finditer(text) if one["info"] == info]


def links(text: str) -> Iterator[str]:
    """Where the links and images lead, outside code."""
    for one in _LINK.finditer(_FENCE.sub("", text)):
        yield one[1] or one[2]


def anchors(text: str) -> set[str]:
    """What a link to a heading may say after the #."""
    headings = re.findall(r"^#+ (.*)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}
