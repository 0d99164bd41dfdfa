"""Is it seen what another version of a flow does to the runs of the old one?"""

from __future__ import annotations

import pytest

from selfservice.definition import Source, read
from selfservice.difference import changes

FLOW = """
flow: f
title: x
start: ask
inputs: {a: {type: id}}
steps:
  ask:
    form: Two questions
    fields:
      kind: {type: choice, label: x, options: [lost, found]}
      more: {type: text, label: x, optional: true}
    next: [{if: answers.kind == "lost", goto: tell}, {else: done}]
  tell: {say: Sorry, next: done}
  done: {end: solved}
"""


def source(text: str) -> Source:
    found = read(text)
    assert found.source is not None, found.findings
    return found.source


def changed(*replacements: tuple[str, str]) -> list[str]:
    text = FLOW
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return [
        f"{one.effect} {one.place}: {one.message}" for one in changes(source(FLOW), source(text))
    ]


def test_layout_is_no_change() -> None:
    assert changed(("flow: f\n", "flow: f  # the same\n\n")) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("say: Sorry", "say: So sorry", "shows steps.tell.say: Sorry -> So sorry"),
        (
            "{say: Sorry, next: done}",
            "{say: Sorry, next: ask}",
            "leads steps.tell.next: done -> ask",
        ),
        ('== "lost"', '!= "lost"', 'leads steps.ask.next[0].if: answers.kind == "lost" -> '),
        ("title: x", "title: y", "shows title: x -> y"),
        ("start: ask", "start: ask\nexpires: 1d", "shows expires: nothing -> 1d"),
        ("found]", "stolen]", "breaks steps.ask: the answer `kind` can be found no more"),
        (
            "type: text",
            "type: number",
            "breaks steps.ask: the answer `more` was `text` and is `number`",
        ),
        (", optional: true", "", "breaks steps.ask: the answer `more` must be given"),
        (
            "type: text",
            "sensitive: true, type: text",
            "breaks steps.ask: the answer `more` is sealed",
        ),
        (
            "      more: {type",
            "      other: {type",
            "breaks steps.ask: the answer `more` is asked for no",
        ),
        ("{say: Sorry, next", "{set: {x: 1}, next", "breaks steps.tell: `say` became `set`"),
        ("{a: {type: id}}", "{a: {type: id}, b: {type: id}}", "breaks inputs.b: a required input"),
    ],
)
def test_one_change(old: str, new: str, expected: str) -> None:
    assert any(line.startswith(expected) for line in changed((old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("found]", "found, stolen]"),
        ("    next: [", "      third: {type: text, label: x, optional: true}\n    next: ["),
        ("{a: {type: id}}", "{a: {type: id}, b: {type: id, optional: true}}"),
        ("{say: Sorry, next: done}", "{say: Sorry, next: new}\n  new: {say: New, next: done}"),
    ],
)
def test_more_that_can_be_left_out_breaks_nothing(old: str, new: str) -> None:
    found = changed((old, new))
    assert found
    assert not [line for line in found if line.startswith("breaks")]


def test_a_required_answer_more_breaks() -> None:
    found = changed(("    next: [", "      third: {type: text, label: x}\n    next: ["))
    assert "breaks steps.ask: the answer `third` is new and required" in found


def test_a_step_that_was_renamed_is_guessed() -> None:
    found = changed(("goto: tell", "goto: say_it"), ("  tell:", "  say_it:"))
    assert "breaks steps.tell: removed; perhaps renamed to `say_it`" in found
    other = changed(
        ("goto: tell", "goto: say_it"), ("  tell: {say: Sorry", "  say_it: {say: Other")
    )
    assert "breaks steps.tell: removed" in other
