"""What does a flow's file say, with what is beside it: its tests, and the texts?"""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from app.catalogue import TESTS, flow_files
from app.yaml_file import line_of
from selfservice import yaml
from selfservice.definition import Definition, Read, Source, called_by, read
from selfservice.errors import FlowError
from selfservice.finding import Finding
from selfservice.lint.actions import writes
from selfservice.lint.linter import lint
from selfservice.lint.words import Words
from selfservice.testing.cases import Cases, read_cases
from selfservice.testing.coverage import Edge, edges, taken


class FlowFile:
    """A flow on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text("utf-8")

    @cached_property
    def read(self) -> Read:
        """The flow, and what is wrong with it."""
        return read(self.text, _called(self.path, self.text, frozenset({_name(self.text)})))

    @property
    def definition(self) -> Definition:
        """The flow, with those it calls. Raises FlowError for the first thing that is wrong."""
        if self.read.definition is None:
            raise self._first()
        return self.read.definition

    @property
    def source(self) -> Source:
        """The flow as the file says it. Raises FlowError for the first thing that is wrong."""
        if self.read.source is None:
            raise self._first()
        return self.read.source

    def _first(self) -> FlowError:
        one = self.read.findings[0]
        return FlowError(one.place, one.message, source=self.where(one.place), code=one.code)

    @property
    def tests(self) -> Path:
        """Where its tests are, if it has any."""
        return self.path.with_name(self.path.stem + TESTS)

    def cases(self) -> Cases | None:
        """Its tests. Raises FlowError, whose source says the line."""
        if not self.tests.exists():
            return None
        text = self.tests.read_text("utf-8")
        try:
            return read_cases(text)
        except FlowError as error:
            source = place_in(self.tests, text, error.place)
            raise FlowError(error.place, error.message, source=source, code=error.code) from None

    def uncovered(self) -> list[Edge]:
        """The arrows that no test takes."""
        cases = self.cases()
        covered = taken(self.definition, cases.given, cases.tests) if cases else set()
        return [edge for edge in edges(self.definition) if edge not in covered]

    def line(self, place: str) -> int | None:
        """The line of a place in the file."""
        return line_of(self.text, place)

    def where(self, place: str) -> str:
        """`flows/pay.yaml:12` for a place in the file."""
        return place_in(self.path, self.text, place)


def place_in(path: Path, text: str, place: str) -> str:
    """The file and the line of a place in it."""
    line = line_of(text, place)
    return f"{path}:{line}" if line else str(path)


def flows_of(paths: tuple[Path, ...]) -> list[FlowFile]:
    """The flows that are named: files, tests files, or all of a folder; each once."""
    named = [file for path in paths for file in (flow_files(path) if path.is_dir() else [path])]
    flows = [
        path.with_name(path.name.removesuffix(TESTS) + ".yaml")
        if path.name.endswith(TESTS)
        else path
        for path in named
    ]
    return [FlowFile(path) for path in dict.fromkeys(flows)]


def words_beside(flow: FlowFile, folder: Path | None) -> Words | None:
    """The texts of `folder`, or of the folder `texts` beside that of the flow."""
    beside = flow.path.resolve().parent.parent / "texts"
    found = folder or (beside if beside.is_dir() else None)
    return Words.of(found) if found else None


def findings(flow: FlowFile, words: Words | None, written: set[str]) -> Iterator[Finding]:
    """Everything that is wrong with a flow, or doubtful, in the order of the file."""
    yield from flow.read.findings
    if flow.read.source is None:
        return
    yield from lint(flow.read.source, words, written)
    if flow.read.definition is None:
        return
    if flow.tests.exists():
        for edge in flow.uncovered():
            yield Finding(code="W107", place=edge.place, message=f"no test goes to `{edge.target}`")
    else:
        yield Finding(code="W107", place="flow", message=f"there is no {flow.tests.name}")


def written_by(flows: list[FlowFile]) -> set[str]:
    """The actions that any of these flows writes."""
    sources = [flow.read.source for flow in flows if flow.read.source]
    return {name for one in sources for name in writes(one)}


def _called(path: Path, text: str, within: frozenset[str]) -> dict[str, Definition]:
    """The flows of the same folder that a flow calls; not those that are calling it."""
    found: dict[str, Definition] = {}
    for name in called_by(text) - within:
        for beside in flow_files(path.parent):
            other = beside.read_text("utf-8")
            if _name(other) == name:
                called = read(other, _called(beside, other, within | {name})).definition
                found |= {name: called} if called else {}
    return found


def _name(text: str) -> str:
    """What the flow in a file is called; nothing where it is no flow."""
    try:
        raw = yaml.parse(text)
    except FlowError:
        return ""
    return str(raw.get("flow", "")) if isinstance(raw, dict) else ""
