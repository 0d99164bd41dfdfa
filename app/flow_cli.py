"""The flow author's commands: `warmline flow lint`, `test`, `coverage` and so on."""

import asyncio
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from app.flow_file import FlowFile, findings, flows_of, place_in, words_beside, written_by
from selfservice.difference import Effect, changes
from selfservice.drawing import drawn
from selfservice.errors import SelfServiceError
from selfservice.finding import Finding
from selfservice.flow_schema import flow_schema, tests_schema
from selfservice.testing.coverage import edges
from selfservice.testing.expecting import why_not
from selfservice.texts import Catalogues

_PATHS = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
_TEXTS = click.option(
    "--texts",
    envvar="WARMLINE_TEXTS_DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the texts; `texts` beside the flows' folder where it is not given.",
)


@contextmanager
def _one_line(*also: type[Exception]) -> Iterator[None]:
    """What a person can mend is said in one line, without a traceback."""
    mended: tuple[type[Exception], ...] = (SelfServiceError, OSError, ValueError, *also)
    try:
        yield
    except mended as error:
        raise click.ClickException(str(error).partition("\n")[0]) from None


@click.command()
@_PATHS
@_TEXTS
@click.option("--strict", is_flag=True, help="End with 1 for warnings, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON array.")
def lint(paths: tuple[Path, ...], texts: Path | None, strict: bool, as_json: bool) -> None:
    """Say everything that is wrong with flows, or doubtful, with its line and how to mend it."""
    with _one_line():
        flows = flows_of(paths)
        written = written_by(flows)
        found = [
            (one, finding)
            for one in flows
            for finding in _in_order(one, findings(one, words_beside(one, texts), written))
        ]
    if as_json:
        click.echo(msgspec.json.encode([_as_json(*one) for one in found]).decode())
    else:
        _print(found, len(flows))
    sys.exit(1 if any(one.is_error or strict for _, one in found) else 0)


def _in_order(file: FlowFile, found: Iterable[Finding]) -> list[Finding]:
    return sorted(found, key=lambda one: (file.line(one.place) or 0, one.code))


def _as_json(file: FlowFile, one: Finding) -> dict[str, Any]:
    return {
        "path": str(file.path),
        "line": file.line(one.place),
        "code": one.code,
        "place": one.place,
        "message": one.message,
        "hint": one.hint,
    }


def _print(found: list[tuple[FlowFile, Finding]], flows: int) -> None:
    for file, one in found:
        place = f"{one.place}: " if one.place and not one.place.startswith("line ") else ""
        click.echo(f"{file.where(one.place)}: {one.code} {place}{one.message}")
        click.echo(f"    {one.hint}")
    errors = sum(one.is_error for _, one in found)
    click.echo(f"{flows} flows, {errors} errors, {len(found) - errors} warnings")


@click.command()
@_PATHS
@_TEXTS
def test(paths: tuple[Path, ...], texts: Path | None) -> None:
    """Run the tests beside flows (<flow>.tests.yaml) and say which fail, and why."""
    passed = failed = 0
    with _one_line():
        for file in flows_of(paths):
            for line, why in _tested(file, texts):
                click.echo(f"{'FAIL' if why else 'ok  '}  {line}")
                if why:
                    click.echo(f"      {why}")
                passed, failed = passed + (not why), failed + bool(why)
    click.echo(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


def _tested(file: FlowFile, folder: Path | None) -> list[tuple[str, str | None]]:
    """Each test with its line, and why it fails."""
    cases = file.cases()
    if cases is None:
        return []
    words = words_beside(file, folder)
    catalogues = words.catalogues if words else Catalogues(file.path.parent)
    texts = catalogues.texts(words.default if words else "en")
    source = file.tests.read_text("utf-8")
    return [
        (
            f"{place_in(file.tests, source, f'tests[{at}]')} {case.name}",
            why_not(file.definition, cases.given, case, texts),
        )
        for at, case in enumerate(cases.tests)
    ]


@click.command()
@_PATHS
@click.option(
    "--min",
    "least",
    type=click.FloatRange(0, 100),
    default=0,
    show_default=True,
    help="End with 1 where a flow has less (percent).",
)
def coverage(paths: tuple[Path, ...], least: float) -> None:
    """Say which ways from step to step the tests of flows take, and which they do not."""
    enough = True
    with _one_line():
        for file in flows_of(paths):
            every, left = edges(file.definition), file.uncovered()
            percent = 100 * (1 - len(left) / len(every)) if every else 100.0
            enough = enough and percent >= least
            shown = f"{len(every) - len(left)} of {len(every)} ways, {percent:.1f} %"
            click.echo(f"{file.path}: {shown}")
            for edge in left:
                click.echo(f"    {file.where(edge.place)}: {edge.place} -> {edge.target}")
    sys.exit(0 if enough else 1)


_FLOW = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("flow", type=_FLOW)
@click.option("--counts", metavar="URL", help="Database whose open runs are counted at each step.")
def draw(flow: Path, counts: str | None) -> None:
    """Print a flow as a Mermaid flowchart."""
    from sqlalchemy.exc import SQLAlchemyError

    from app.flow_counts import counted
    from app.store.away import DatabaseAway

    with _one_line(SQLAlchemyError, DatabaseAway):
        source = FlowFile(flow).source
        here = asyncio.run(counted(counts, source.head.flow)) if counts else {}
    click.echo(drawn(source, here))


@click.command()
@click.argument("old", type=_FLOW)
@click.argument("new", type=_FLOW)
@click.option("--json", "as_json", is_flag=True, help="Print the changes as one JSON array.")
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Say what is different in another version, and what it does to runs of the old one."""
    with _one_line():
        found = list(changes(FlowFile(old).source, FlowFile(new).source))
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for one in found:
        click.echo(f"{one.effect:6} {one.place}: {one.message}")
    breaking = sum(one.effect is Effect.BREAKS for one in found)
    click.echo(f"{len(found)} changes, {breaking} that keep runs from being taken along")


@click.command()
@click.option("--tests", is_flag=True, help="Of the tests beside a flow.")
def schema(tests: bool) -> None:
    """Print the JSON Schema of flows, for editors that complete and check as one types."""
    shape = tests_schema() if tests else flow_schema()
    click.echo(msgspec.json.format(msgspec.json.encode(shape)).decode())


@click.command()
@_PATHS
@_TEXTS
@click.option(
    "--policy",
    type=click.Choice(["pin", "migrate", "force"]),
    default="pin",
    show_default=True,
    help="Those in flight stay (pin), follow where they would not notice, or all follow (force).",
)
@click.option("--rename", "renames", multiple=True, help="OLD=NEW: a step or answer, for force.")
@click.option("--dry-run", is_flag=True, help="Only say what would become of whom.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def publish(
    paths: tuple[Path, ...],
    texts: Path | None,
    policy: str,
    renames: tuple[str, ...],
    dry_run: bool,
    yes: bool,
) -> None:
    """Say who is in the middle of flows and where they would land, then make the flows live."""
    from app.company.terminal import NotMigrated
    from app.config import ConfigError, load
    from app.publishing import Policy
    from app.publishing_terminal import run

    with _one_line(ConfigError, NotMigrated):
        flows = flows_of(paths)
        written = written_by(flows)
        found = [
            (one, finding)
            for one in flows
            for finding in findings(one, words_beside(one, texts), written)
            if finding.is_error
        ]
        if found:
            _print(found, len(flows))
            sys.exit(1)
        config = load()
        files = [(one.definition, one.text) for one in flows]
        folder = texts or Path(config.texts_dir)
        named = dict(_renamed(one) for one in renames)
        asyncio.run(
            run(
                config.resolved_database_url,
                folder,
                files,
                Policy(policy),
                named,
                dry_run=dry_run,
                yes=yes,
            )
        )


def _renamed(given: str) -> tuple[str, str]:
    old, found, new = given.partition("=")
    if not (old and found and new):
        raise click.BadParameter(f"{given!r} is not OLD=NEW", param_hint="--rename")
    return old, new


COMMANDS = {
    one.name: one for one in (lint, test, coverage, draw, diff, schema, publish) if one.name
}
