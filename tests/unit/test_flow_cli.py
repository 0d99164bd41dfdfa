"""Do the flow author's commands say what is wrong, where, and end as they should?"""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from migrations.run import upgrade
from tests.unit.selfservice.driver import BANK

FLOW = """\
flow: order_card
title: Order a card
start: which
on: {help: {queue: cards, reason: order}, cancel: {goto: stopped}}
steps:
  which:
    choice: Which card?
    options: [debit, credit]
    next:
      - if: answers.which == "debit"
        goto: order
      - else: person
  order:
    action: cards.order
    effect: write
    with: {kind: answers.which}
    next: done
    on_error: {then: person}
    on_unknown: {check: cards.get, if: result.ordered, goto: done, else: person}
  done: {end: solved}
  stopped: {end: abandoned}
  person: {handoff: {queue: cards, reason: order}, resume_at: which}
"""
TESTS = """\
given:
  stubs: {cards.order: {code: OK}}
tests:
  - name: a debit card is ordered
    answers: [which: debit]
    expect: {end: solved, called: [{action: cards.order, with: {kind: debit}}]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "order_card.yaml").write_text(FLOW)
    return tmp_path / "flows"


def run(command: str, *paths: Path, options: str = "") -> Result:
    return CliRunner().invoke(main, ["flow", command, *options.split(), *map(str, paths)], env={})


def write_tests(folder: Path, more: str = "") -> Path:
    path = folder / "order_card.tests.yaml"
    path.write_text(TESTS + more)
    return path


# --- lint ---------------------------------------------------------------------------------------


def test_every_finding_has_its_line_and_a_hint(folder: Path) -> None:
    path = folder / "order_card.yaml"
    path.write_text(FLOW.replace('"debit"', '"debt"').replace("{then: person}", "{then: nobody}"))
    found = run("lint", folder)
    assert found.exit_code == 1
    lines = found.output.splitlines()
    assert lines[0].startswith(f"{path}:18: E001 steps.order.on_error.then: there is no step")
    assert lines[1] == "    Correct the name, or write the step."
    path.write_text(FLOW.replace('"debit"', '"debt"'))
    lines = run("lint", folder).output.splitlines()
    assert lines[2].startswith(f"{path}:10: E011 steps.which.next[0].if: `answers.which` is never")
    assert "its options are debit, credit" in lines[2]


def test_warnings_alone_do_not_fail_unless_strict(folder: Path) -> None:
    found = run("lint", folder)
    assert found.exit_code == 0
    assert "order_card.yaml:1: W107 flow: there is no order_card.tests.yaml" in found.output
    assert found.output.endswith("1 flows, 0 errors, 1 warnings\n")
    assert run("lint", folder, options="--strict").exit_code == 1


def test_ways_that_no_test_takes(folder: Path) -> None:
    write_tests(folder)
    found = json.loads(run("lint", folder, options="--json").output)
    assert {one["code"] for one in found} == {"W107"}
    assert [(one["line"], one["place"]) for one in found] == [
        (4, "on.cancel.goto"),
        (12, "steps.which.next[1].else"),
        (18, "steps.order.on_error.then"),
        (19, "steps.order.on_unknown.goto"),
        (19, "steps.order.on_unknown.else"),
        (22, "steps.person.resume_at"),
    ]


def test_a_write_of_another_flow_is_no_check(folder: Path) -> None:
    other = FLOW.replace("flow: order_card", "flow: other").replace("cards.order", "cards.get")
    (folder / "other.yaml").write_text(other.replace("check: cards.get", "check: cards.see"))
    found = json.loads(run("lint", folder, options="--json").output)
    assert [(Path(one["path"]).name, one["place"]) for one in found if one["code"] == "E019"] == [
        ("order_card.yaml", "steps.order.on_unknown.check")
    ]
    alone = run("lint", folder / "order_card.yaml")
    assert "E019" not in alone.output


def test_texts_beside_the_flows_are_looked_into(folder: Path) -> None:
    (folder.parent / "texts").mkdir()
    (folder.parent / "texts" / "en.ftl").write_text("order-which = Which?\n")
    (folder / "order_card.yaml").write_text(FLOW.replace("Which card?", "t:order.witch"))
    found = run("lint", folder)
    assert "order_card.yaml:7: E013 steps.which.choice: no words for `order-witch` in en" in (
        found.output
    )


def test_a_file_that_is_no_yaml_has_a_line_too(folder: Path) -> None:
    path = folder / "order_card.yaml"
    path.write_text("flow: [\n  {")
    assert run("lint", folder).output.startswith(f"{path}:2: E020 ")


@pytest.mark.parametrize("command", ["lint", "test", "coverage", "draw", "diff"])
def test_files_that_cannot_be_read_are_one_line(folder: Path, command: str) -> None:
    alone, binary = folder / "alone.tests.yaml", folder / "binary.yaml"
    alone.write_text(TESTS)
    binary.write_bytes(b"\xff\xfe")
    for path in (alone, binary) if command in {"lint", "test", "coverage"} else (binary,):
        found = run(command, *[path] * (2 if command == "diff" else 1))
        assert (found.exit_code, type(found.exception)) == (1, SystemExit)
        assert found.output.startswith("Error: ")
        assert found.output.count("\n") == 1


# --- test ---------------------------------------------------------------------------------------


def test_tests_that_pass(folder: Path) -> None:
    path = write_tests(folder)
    found = run("test", folder)
    assert found.output == f"ok    {path}:4 a debit card is ordered\n1 passed, 0 failed\n"
    assert found.exit_code == 0
    assert run("test", path).output == found.output
    assert run("test", folder / "order_card.yaml").output == found.output


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("answers: [which: debit], expect: {step: person}", "is at `done`, not at `person`"),
        ("answers: [which: debit], expect: {end: refused}", "is solved, at `done`, not refused"),
        ("expect: {end: solved}", "outcome is open, at `which`"),
        ("answers: [which: gold], expect: {end: solved}", "refused: which (t:err.choose)"),
        ("answers: [which: gold], expect: {invalid: {which: t:err.x}}", "t:err.choose, not t:err"),
        ("answers: [which: debit], expect: {invalid: {which: }}", "`which` is not refused"),
        ("answers: [which: {a: 1}], expect: {invalid: {a: }}", "`which` is refused, too"),
        ("answers: [what: debit], expect: {}", "is at `which`, not at `what`"),
        ("answers: [which: debit, which: debit], expect: {}", "stands twice"),
        ("answers: [sing], expect: {}", "`sing` is none of cancel, help, hand_back"),
        ("answers: [hand_back], expect: {}", "HandedBack at step 'which' (active)"),
        (
            "answers: [which: credit], expect: {handoff: {queue: x}}",
            "queue of the handoff is cards",
        ),
        ("expect: {handoff: {}}", "no human was asked for"),
        ("expect: {screen_has: [Hello]}", "the screen does not say 'Hello'"),
        ("expect: {called: [{action: a.b}]}", "`a.b` was not called"),
        (
            "answers: [which: debit], expect: {called: [{action: cards.order, with: {kind: x}}]}",
            'not called with {"kind":"x"}; last with {"kind":"debit"}',
        ),
        ("answers: [which: debit], expect: {not_called: [cards.order]}", "order` was called"),
        (
            "given: {stubs: {cards.order: unknown}}, answers: [which: debit], expect: {}",
            "`cards.get` is called, and `stubs` does not say",
        ),
        (
            "given: {stubs: {cards.order: []}}, answers: [which: debit], expect: {}",
            "called more than 0 times",
        ),
        ("given: {inputs: {a: 1}}, expect: {}", "inputs that do not fit: a"),
    ],
)
def test_tests_that_fail_say_why(folder: Path, case: str, why: str) -> None:
    path = write_tests(folder, f"  - {{name: other, {case}}}\n")
    if why == "stands twice":
        path.write_text(
            path.read_text().replace("[which: debit, which: debit]", "[{which: a, which: b}]")
        )
    found = run("test", folder)
    assert found.exit_code == 1
    assert why in found.output
    if why != "stands twice":
        assert f"FAIL  {path}:7 other\n" in found.output
        assert found.output.endswith("1 passed, 1 failed\n")


def test_a_broken_tests_file_is_one_line_with_its_place(folder: Path) -> None:
    path = write_tests(folder, "  - {name: other, expct: {}}\n")
    found = run("test", folder)
    assert found.exit_code == 1
    assert f"{path}:7: tests[1]: " in found.output
    assert "expct" in found.output


def test_a_folder_without_tests_has_not_passed(folder: Path) -> None:
    assert run("test", folder).exit_code == 1


def test_time_passes_and_a_human_hands_back(folder: Path) -> None:
    write_tests(
        folder,
        "  - {name: other, answers: [{which: credit}, 10m later, hand_back, {which: debit}],"
        " expect: {end: solved}}\n"
        "  - {name: helped, answers: [help, {which: debit}, hand_back], expect: {end: solved}}\n",
    )
    lines = run("test", folder).output
    assert "ok" in lines.splitlines()[1]
    assert "HandedBack" in lines, "a run that has ended is handed back by nobody"


# --- coverage -----------------------------------------------------------------------------------


def test_ways_are_counted(folder: Path) -> None:
    write_tests(folder)
    path = folder / "order_card.yaml"
    found = run("coverage", folder)
    assert found.output.splitlines()[:2] == [
        f"{path}: 2 of 8 ways, 25.0 %",
        f"    {path}:4: on.cancel.goto -> stopped",
    ]
    assert found.exit_code == 0
    assert run("coverage", folder, options="--min 25").exit_code == 0
    assert run("coverage", folder, options="--min 26").exit_code == 1


def test_ways_to_the_same_step_are_told_apart(folder: Path) -> None:
    write_tests(
        folder,
        "  - {name: a, given: {stubs: {cards.order: error}}, answers: [which: debit], expect: {}}\n"
        "  - {name: b, given: {stubs: {cards.order: unknown, cards.get: {ordered: false}}},"
        " answers: [which: debit], expect: {}}\n"
        "  - {name: c, answers: [cancel], expect: {}}\n"
        "  - {name: d, answers: [which: credit, hand_back], expect: {}}\n",
    )
    found = run("coverage", folder).output
    assert found.splitlines()[0].endswith("7 of 8 ways, 87.5 %")
    assert "on_unknown.goto -> done" in found


def test_the_banks_flows_are_clean_tested_and_covered(tmp_path: Path) -> None:
    shutil.copytree(BANK / "flows", tmp_path / "flows")
    shutil.copytree(BANK / "texts", tmp_path / "texts")
    assert run("lint", tmp_path / "flows", options="--strict").exit_code == 0
    assert run("test", tmp_path / "flows").exit_code == 0
    assert run("coverage", tmp_path / "flows", options="--min 100").exit_code == 0


# --- draw, diff, schema -------------------------------------------------------------------------


def test_a_flow_is_drawn(folder: Path) -> None:
    found = run("draw", folder / "order_card.yaml")
    assert found.exit_code == 0
    assert found.output.startswith("flowchart TD\n")
    assert '    which -->|"answers.which == #quot;debit#quot;"| order\n' in found.output
    broken = folder / "order_card.yaml"
    broken.write_text(FLOW.replace("start: which", "start: witch"))
    refused = run("draw", broken)
    assert refused.exit_code == 1
    assert f"{broken}:3: start: there is no step `witch`" in refused.output


@pytest.mark.parametrize("url", ["mysql://h/x", "sqlite:////no/such/x.db"])
def test_a_database_that_cannot_be_read_is_one_line(folder: Path, url: str) -> None:
    found = run("draw", folder / "order_card.yaml", options=f"--counts {url}")
    assert (found.exit_code, type(found.exception)) == (1, SystemExit)
    assert found.output.count("\n") == 1


def test_counts_come_from_the_database(folder: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    asyncio.run(upgrade(url))
    found = run("draw", folder / "order_card.yaml", options=f"--counts {url}")
    assert found.exit_code == 0, found.output
    assert " here" not in found.output, "nobody has begun"


def test_versions_are_compared(folder: Path) -> None:
    old, new = folder / "order_card.yaml", folder / "new.yaml"
    new.write_text(FLOW.replace("[debit, credit]", "[debit, prepaid]"))
    found = run("diff", old, new)
    assert found.exit_code == 0
    assert found.output.splitlines() == [
        "breaks steps.which: the answer `which` can be credit no more",
        "shows  steps.which.options: debit, credit -> debit, prepaid",
        "2 changes, 1 that keep runs from being taken along",
    ]
    changes = json.loads(run("diff", old, new, options="--json").output)
    assert [one["effect"] for one in changes] == ["breaks", "shows"]


def test_schemas_are_json(folder: Path) -> None:
    for options, key in (("", "steps"), ("--tests", "tests")):
        command = ["flow", "schema", *options.split()]
        shape = json.loads(CliRunner().invoke(main, command).output)
        assert key in shape["required"]


# --- flows that call, rest, repeat and go back ----------------------------------------------------

OUTER = """\
flow: outer
title: Outer
start: which
on: {help: {queue: q, reason: r}}
steps:
  which:
    choice: c
    options: [now, later]
    next: [{if: answers.which == "now", goto: part}, {else: rest}]
  rest:
    wait: {for: 72h, or_event: parcel.late}
    next: [{if: results.rest.event == "parcel.late", goto: part}, {else: several}]
  part:
    call: {flow: inner, with: {n: "3"}}
    next: [{if: results.part.yes, goto: several}, {else: done}]
  several: {repeat: r, fields: {n: {type: number, label: x}}, next: check}
  check: {review: [which, several], next: done}
  done: {end: solved}
"""
INNER = """\
flow: inner
title: Inner
start: sure
inputs: {n: {type: number, from: caller}}
on: {help: {queue: q, reason: r}}
steps:
  sure:
    choice: c
    options: [yes, no]
    next: [{if: answers.sure == "yes", goto: good}, {else: bad}]
  good: {end: solved, returns: {yes: true}}
  bad: {end: refused, returns: {yes: false}}
"""
OUTER_TESTS = """\
tests:
  - name: through the other flow and round the list
    answers: [which: now, part/sure: "yes", several: {several: [{n: 1}, {n: 2}]}, {check: }]
    expect: {end: solved, step: done}
  - name: an answer is changed on the way
    answers: [which: now, back to which, which: later, 71h later]
    expect: {step: rest}
  - name: the time is over
    answers: [which: later, 72h later]
    expect: {step: several}
  - name: the company has news before
    answers: [which: later, {rest: {parcel.late: {days: 3}}}, {part/sure: "no"}]
    expect: {end: solved}
"""


def test_a_flow_that_calls_another(folder: Path) -> None:
    (folder / "order_card.yaml").unlink()
    for name, text in (("outer", OUTER), ("inner", INNER), ("outer.tests", OUTER_TESTS)):
        (folder / f"{name}.yaml").write_text(text)
    assert run("test", folder).output.endswith("4 passed, 0 failed\n")
    found = run("coverage", folder).output.splitlines()
    assert found[0] == f"{folder / 'inner.yaml'}: 0 of 2 ways, 0.0 %"
    assert found[3] == f"{folder / 'outer.yaml'}: 8 of 8 ways, 100.0 %"
    assert "0 errors" in run("lint", folder).output
    (folder / "inner.yaml").write_text(INNER.replace("n: {type", "m: {type"))
    missing = run("lint", folder / "outer.yaml")
    assert "E012 steps.part.call.with.n: `inner` has no such input" in missing.output


def test_flows_that_call_each_other_are_refused(folder: Path) -> None:
    (folder / "order_card.yaml").unlink()
    (folder / "outer.yaml").write_text(OUTER)
    (folder / "inner.yaml").write_text(
        INNER.replace("good: {", "good: {call: {flow: outer}, next: best}\n  best: {")
    )
    found = run("lint", folder)
    assert found.exit_code == 1
    assert "E012 steps.good.call.flow: there is no flow `outer`" in found.output
