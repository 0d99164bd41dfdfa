"""Is the documentation true? What is in the code stands in it, and the other way round."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import get_args

import click
import msgspec
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from app import cli
from app.api import errors, frames, permissions, reference
from app.api.live_socket import close_codes
from app.company.change import merged
from app.company.checks import checked, unserved
from app.company.file import Company, sections
from app.company.file import load as load_company
from app.config import PREFIX, Config
from app.main import create_app
from rtc.call import TRANSITIONS, CallEvent
from selfservice import reference as flow_reference
from selfservice.definition import KINDS, load
from selfservice.described import keys, meaning
from selfservice.downgrade import NEEDS
from selfservice.expression import ROOTS, compile_expression
from selfservice.language import Head, Rule, WrittenField
from selfservice.testing.cases import Cases, read_cases
from selfservice.testing.expecting import why_not
from selfservice.texts import Catalogues
from tests.docs.pages import PAGES, ROOT, anchors, blocks, links, names, page, rows, section

OF_THE_EDGE = {"invalid-request": "400", "malformed": "400", "internal": "500"}
"""Problems that no domain error causes."""

CLOSED_BY_UVICORN, CLOSED_BY_SILENCE = {1007, 1009, 1012}, {1001}
TOLD_OF_CALLS = (CallEvent.UP, CallEvent.REPLACED, CallEvent.END)
WHOSE = {
    permissions.ANYONE: "anyone",
    permissions.CUSTOMER: "customer",
    permissions.AGENT: "agent",
    permissions.SUPERVISOR: "supervisor",
    permissions.LEAD: "lead",
    permissions.ADMIN: "admin",
    permissions.BOTH: "both",
    permissions.ANY_CUSTOMER: "any customer",
    permissions.EVERYBODY: "everybody",
}

EVENT_KIND = re.compile(
    r"(message(\.(edited|deleted))?|note|rating|ask"
    r"|(ask|flow|help|interaction|consult|participant|call|callback|notification|identity"
    r"|question|context|passkey|approval)\.[a-z_]+)"
)


@cache
def application() -> Litestar:
    secret = "whsec_" + "A" * 32
    return create_app(
        Config(secret="x" * 32, actions_url="https://bank.example", actions_secret=secret)
    )


def operations() -> dict[str, HTTPRouteHandler]:
    """Every handler that the API reference shows."""
    every = [
        one for paths in application().route_handler_method_map.values() for one in paths.values()
    ]
    return {
        one.operation_id: one
        for one in every
        if isinstance(one, HTTPRouteHandler) and isinstance(one.operation_id, str)
    }


# --- settings, routes, problems --------------------------------------------------------------


def test_settings() -> None:
    documented = {
        row[0].strip("`"): row[1].strip("`") for row in rows(page("reference/settings.md"))
    }
    fields = msgspec.structs.fields(Config)
    assert documented == {
        PREFIX + one.name.upper(): "required" if one.required else str(one.default) or "empty"
        for one in fields
    }


def test_settings_that_are_named_exist() -> None:
    known = {PREFIX + name.upper() for name in Config.__struct_fields__}
    known.add("WARMLINE_TEST_POSTGRES_URL")
    for file in PAGES:
        named = set(re.findall(r"\bWARMLINE_[A-Z_]+\b", file.read_text()))
        assert named <= known, file


def test_operations() -> None:
    described = reference.description(application())
    real = {
        operation["operationId"]: (
            f"{method.upper()} {path}",
            WHOSE[permissions.MAY[f"{method.upper()} {path}"]],
            operation["description"].partition("\n")[0],
        )
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    table = rows(page("reference/http.md"))
    documented = {row[0].strip("`"): (row[1].strip("`"), row[2], row[3]) for row in table}
    assert documented == real
    assert set(operations()) == set(real)


def test_operations_stand_under_their_tag() -> None:
    text = page("reference/http.md")
    for name, handler in operations().items():
        [tag] = handler.tags or [""]
        assert f"`{name}`" in section(text, f"## {tag}")


def test_tags() -> None:
    used = {tag for one in operations().values() for tag in one.tags or ()}
    assert set(reference.TAGS) == used


@pytest.mark.parametrize("name", reference.EXAMPLES)
def test_examples_are_bodies_that_are_taken(name: str) -> None:
    wanted = operations()[name].parsed_fn_signature.parameters["data"].annotation
    msgspec.convert(reference.EXAMPLES[name], wanted)


def test_problems() -> None:
    real = {slug: str(status) for status, slug in errors.HTTP_KINDS.items()} | OF_THE_EDGE
    real |= {slug: str(status) for slug, status in errors.KINDS.values()}
    documented = {row[0].strip("`"): row[1] for row in rows(page("reference/problems.md"))}
    assert documented == real
    assert set(errors.TITLES) == set(real)


# --- live, events -----------------------------------------------------------------------------


def _frames(kinds: tuple[type[msgspec.Struct], ...]) -> dict[str, set[str]]:
    return {str(one.__struct_config__.tag): set(one.__struct_fields__) for one in kinds}


def _documented_frames(heading: str) -> dict[str, set[str]]:
    table = rows(section(page("reference/live.md"), heading))
    return {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[1])) for row in table}


def test_frames_from_the_client() -> None:
    real = _frames(get_args(frames.ClientFrame))
    assert _documented_frames("## From the client") == real


def test_frames_from_the_server() -> None:
    every = {*frames.Outgoing.__subclasses__(), frames.EventFrame, frames.TeamFrame}
    assert set(get_args(frames.ServerFrame)) == every
    real = _frames(get_args(frames.ServerFrame))
    assert _documented_frames("## From the server") == real


def test_close_codes() -> None:
    own = {
        close_codes.LATER,
        close_codes.SIGN_IN,
        close_codes.ORIGIN,
        close_codes.HELLO_LATE,
        close_codes.BAD_FRAME,
        close_codes.SLOW,
    }
    documented = {int(row[0]) for row in rows(section(page("reference/live.md"), "## Close codes"))}
    assert documented == own | CLOSED_BY_UVICORN | CLOSED_BY_SILENCE


def _texts_of(file: Path) -> set[str]:
    nodes = ast.walk(ast.parse(file.read_text()))
    return {
        one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def _kinds_written() -> set[str]:
    store = ROOT / "app/store"  # its columns' names look alike
    files = [one for one in (ROOT / "app").rglob("*.py") if not one.is_relative_to(store)]
    plain = {one for file in files for one in _texts_of(file) if EVENT_KIND.fullmatch(one)}
    calls = {
        f"call.{state}"
        for before, moves in TRANSITIONS.items()
        for event, state in moves.items()
        if event in TOLD_OF_CALLS and state is not before
    }
    return plain | calls


def test_event_kinds() -> None:
    documented = names(page("reference/events.md"))
    assert sorted(documented) == sorted(_kinds_written())


# --- commands ---------------------------------------------------------------------------------


def _commands() -> dict[str, click.Command]:
    """Every command by its words, `flow lint` for one of a group."""
    found: dict[str, click.Command] = {}
    for name, command in cli.main.commands.items():
        if isinstance(command, click.Group):
            with click.Context(command) as context:
                for inner in command.list_commands(context):
                    found[f"{name} {inner}"] = command.get_command(context, inner) or command
        else:
            found[name] = command
    return found


def _command_of(words: list[str]) -> str:
    """`flow lint` of `flow lint PATHS`: the words that are no argument."""
    return " ".join(word for word in words if word.islower() and "/" not in word)


def test_commands() -> None:
    text = section(page("reference/commands.md"), "## warmline")
    documented = [
        _command_of(one.split()[1:]) for one in names(text) if one.startswith("warmline ")
    ]
    assert sorted(documented) == sorted(_commands())


def test_options_of_the_commands() -> None:
    text = page("reference/commands.md")
    for name, command in _commands().items():
        options = {one.opts[0] for one in command.params if isinstance(one, click.Option)}
        if options:
            table = rows(section(text, f"### Options of `warmline {name}`"))
            assert {row[0].strip("`") for row in table} == options, name


def test_make_targets() -> None:
    makefile = (ROOT / "Makefile").read_text()
    real = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    documented = {
        one.split()[1] for one in names(section(page("reference/commands.md"), "## make"))
    }
    assert documented == real


def test_commands_that_are_named_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    for file in PAGES:
        for line in _code(file):
            words = line.removeprefix(".venv/bin/").split()
            if words[0] == "make":
                assert {one for one in words[1:] if one.isalpha()} <= targets, f"{file}: {line}"
            if words[0] == "warmline" and len(words) > 1:
                assert words[1] in cli.main.commands, f"{file}: {line}"


def _code(file: Path) -> list[str]:
    """What a reader would type: code spans and the lines of code blocks."""
    text = file.read_text()
    spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    fenced = [line for one in blocks(text, "sh") for line in one.splitlines()]
    indented = re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    return [line for line in (*spans, *fenced, *indented) if line.strip()]


def test_the_readme_says_how_to_test() -> None:
    assert "Tests: `make test`" in (ROOT / "README.md").read_text()


# --- flows ------------------------------------------------------------------------------------


def test_the_tables_of_the_flow_language_are_current() -> None:
    """`python -m selfservice.reference docs/reference/flows.md` writes them."""
    text = page("reference/flows.md")
    assert flow_reference.current(text) == text
    marks = re.findall(r"^<!-- ([a-z-]+) -->$", text, re.MULTILINE)
    assert set(marks) - {"end"} == flow_reference.TABLES.keys()


def test_every_key_of_the_flow_language_stands_there_with_its_meaning() -> None:
    table = {row[0].strip("`"): row[-1] for row in rows(page("reference/flows.md"))}
    described = [one for kind in (Head, Rule, Cases, *KINDS.values()) for one in keys(kind)]
    assert {one.path for one in described} <= table.keys()
    silent = {one.path for one in described if not one.meaning}
    assert {one for one in silent if not one.endswith(".type")} == set()
    for kind in get_args(WrittenField):
        assert meaning(kind)
        for one in keys(kind):
            assert one.meaning or one.path.endswith(".type")
            assert f"`{one.path}`" in section(page("reference/flows.md"), "## Fields")


def test_what_apps_can_draw() -> None:
    table = rows(section(page("reference/screens.md"), "## What an app can draw"))
    documented = {name: row[0] for row in table for name in re.findall(r"`(\w+)`", row[1])}
    needed = {str(kind.__struct_config__.tag): need for kind, need in NEEDS.items()}
    assert documented == {
        tag: f"{need.level} and `{need.cap}`" if need.cap else str(need.level)
        for tag, need in needed.items()
    }


def test_rules() -> None:
    text = section(page("reference/flows.md"), "## Rules")
    tables = {row[0].strip("`"): row[1].strip("`") for row in rows(text)}
    functions = {name: example for name, example in tables.items() if f"{name}(" in example}
    for name, example in functions.items():
        assert name in compile_expression(example).text
    assert set(tables) - set(functions) == ROOTS


def test_no_function_is_left_out() -> None:
    tree = ast.parse((ROOT / "selfservice/expression.py").read_text())
    [table] = [
        one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.AnnAssign) and getattr(one.target, "id", "") == "_FUNCTIONS"
    ]
    assert isinstance(table, ast.Dict)
    known = {key.value for key in table.keys if isinstance(key, ast.Constant)}
    documented = names(section(page("reference/flows.md"), "## Rules"))
    assert known | {"visits", "today"} == set(documented) - ROOTS


def test_flows_that_are_shown_can_be_loaded() -> None:
    shown = blocks(page("reference/flows.md"), "yaml flow")
    assert [load(one, "flows.md").flow for one in shown] == ["change_limit"]


def test_tests_that_are_shown_pass() -> None:
    [flow] = blocks(page("reference/flows.md"), "yaml flow")
    [shown] = blocks(page("reference/flows.md"), "yaml tests")
    cases, words = read_cases(shown), Catalogues(ROOT / "docs").texts("en")
    why = [why_not(load(flow, "flows.md"), cases.given, one, words) for one in cases.tests]
    assert why == [None] * 3


# --- company file ---------------------------------------------------------------------------


def test_the_company_that_is_shown_makes_sense_and_names_everything() -> None:
    [shown] = blocks(page("how-to/set-up.md"), "yaml")
    given = sections(load_company(shown))
    assert set(given) == set(Company.__struct_fields__)
    company = checked(merged(Company(), given, prune=False)).company
    assert unserved(company) == []


# --- pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(file: Path) -> None:
    text = file.read_text()
    for link in links(text):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        found = (file.parent / target).resolve() if target else file
        assert found.exists(), link
        assert found.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(found.read_text()), link


def test_every_page_is_linked() -> None:
    linked = {
        (file.parent / link.partition("#")[0]).resolve()
        for file in PAGES
        for link in links(file.read_text())
    }
    left_out = {file for file in PAGES if file not in linked and file.parent not in linked} - {
        ROOT / "README.md"
    }
    assert left_out == set()


def test_files_that_are_named_exist() -> None:
    folders = "app|selfservice|rtc|push|migrations|web|examples|tests|tools|docs"
    for file in PAGES:
        for named in re.findall(rf"`((?:{folders})/[\w./-]*)`", file.read_text()):
            if named == "app/static/dist":  # made by the build
                continue
            assert (ROOT / named).exists(), f"{file.name}: {named}"


def test_decisions_are_numbered_and_complete() -> None:
    files = sorted((ROOT / "docs/decisions").glob("*.md"))
    for number, file in enumerate(files, 1):
        text = file.read_text()
        assert file.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
        assert headings == ["Context", "Choice", "Price", "Look again"], file.name


def test_no_word_of_the_glossary_has_two_meanings() -> None:
    words = Counter(row[0].lower() for row in rows(page("glossary.md")))
    assert [word for word, count in words.items() if count > 1] == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_page_tells_of_one_machine(file: Path) -> None:
    folders = "home|root|work|Users|tmp|mnt|opt"
    assert re.findall(rf"(?<![\w.-])/(?:{folders})/\S*", file.read_text()) == []
