"""Is each thing that can be wrong with a flow found, and is what only looks like it left alone?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec import Struct

from app.catalogue import flow_files
from selfservice.definition import Definition, read
from selfservice.finding import CODES
from selfservice.lint.actions import writes
from selfservice.lint.linter import lint
from selfservice.lint.ways import walk
from selfservice.lint.words import Words
from selfservice.loading import load_all
from tests.journeys.public_flows import DATA, convert
from tests.unit.selfservice.driver import BANK

HEAD = "flow: f\ntitle: t:f.title\nstart: ask\non: {help: {queue: q, reason: r}}\n"
DONE = "  done: {end: solved}\n"
ENGLISH = "f-title = Title\n"


class Pair(Struct, frozen=True, kw_only=True):
    """A flow in which a code is found at a place, and one nearly like it in which it is not."""

    code: str
    place: str
    found: str
    near: str


def flow(ask: str, rest: str = "", head: str = "") -> str:
    return f"{HEAD}{head}steps:\n  ask: {ask}\n{DONE}{rest}"


def choice(rules: str, rest: str = "", options: str = "[lost, found]") -> str:
    return flow(f"{{choice: c, options: {options}, next: {rules}}}", rest)


def form(field: str, rest: str = "", following: str = "done", head: str = "") -> str:
    return flow(f"{{form: f, fields: {{x: {{{field}}}}}, next: {following}}}", rest, head)


def fields(count: int) -> str:
    listed = ", ".join(f"f{at}: {{type: text, label: x}}" for at in range(count))
    return flow(f"{{form: f, fields: {{{listed}}}, next: done}}")


def rule(text: str) -> str:
    return f"[{{if: '{text}', goto: done}}, {{else: done}}]"


def put(following: str, more: str = "", human: str = "ask") -> str:
    """A write after the screen, and the human whom a question after it leads to."""
    return flow(
        "{say: x, next: put}",
        "  put: {action: a.put, effect: write, next: " + following + ", on_error: {then: done},"
        " on_unknown: {check: a.get, if: result.ok, goto: done, else: done}" + more + "}\n"
        "  more: {choice: c, options: [yes, no],"
        " next: [{if: 'answers.more == \"no\"', goto: human}, {else: done}]}\n"
        f"  human: {{handoff: {{queue: q, reason: r}}, resume_at: {human}}}\n",
    )


SAY = "{say: x, next: done}"
WRITE = "{action: a.put, effect: write, next: done, on_error: {then: done}"
UNKNOWN = ", on_unknown: {check: a.get, if: result.ok, goto: done, else: done}}"
READ = "{action: a.get, effect: read, next: done, on_error: {then: done}}"
SECRET = "type: digits, length: 4, label: x, sensitive: true"
LONELY = "  lost: {say: x, next: lost}\n"
COUNTED = "[{if: 'visits(\"again\") > 3', goto: done}, {else: again}]"
UNCOUNTED = "[{if: 'answers.n > 3', goto: done}, {else: again}]"
SOMETIMES = "[{if: 'answers.ask == \"lost\"', goto: when}, {else: then}]"
WHEN = "  when: {form: f, fields: {day: {type: date, label: x}}, next: then}\n"
ITEMS = (
    "  which: {choice: c, options_from: {list: results.ask.items, id: id, label: '{name}'},"
    " next: [{if: 'RULE', goto: done}, {else: done}]}\n"
)
FEW, MANY = "[a, b, c, d, e, f, g]", "[a, b, c, d, e, f, g, h]"

PAIRS = [
    Pair(code="E001", place="steps.ask.next", found=flow("{say: x, next: dome}"), near=flow(SAY)),
    Pair(
        code="E002",
        place="steps.ask",
        found=flow("{say: x, form: f, next: done}"),
        near=flow("{say: x, next: done, card: {type: facts, items: [{label: l, value: now}]}}"),
    ),
    Pair(code="E003", place="steps.lost", found=flow(SAY, LONELY), near=flow(SAY)),
    Pair(code="E004", place="steps.ask", found=flow("{say: x}"), near=flow(SAY)),
    Pair(
        code="E005",
        place="steps.ask.next",
        found=choice("[{if: now, goto: done}]"),
        near=choice("[{if: now, goto: done}, {else: done}]"),
    ),
    Pair(code="E006", place="steps.ask", found=flow(WRITE + "}"), near=flow(WRITE + UNKNOWN)),
    Pair(
        code="E007",
        place="steps.lost",
        found=choice("[{if: now, goto: lost}, {else: done}]", LONELY),
        near=choice(
            "[{if: now, goto: lost}, {else: done}]", LONELY.replace("next: lost", "next: ask")
        ),
    ),
    Pair(
        code="E008",
        place="steps.again",
        found=flow(
            "{set: {n: 1}, next: again}", f"  again: {{set: {{n: 2}}, next: {UNCOUNTED}}}\n"
        ),
        near=flow("{set: {n: 1}, next: again}", f"  again: {{set: {{n: 2}}, next: {COUNTED}}}\n"),
    ),
    Pair(
        code="E009",
        place="steps.then.next[0].if",
        found=choice(
            SOMETIMES, WHEN + "  then: {say: x, next: " + rule("answers.day > today()") + "}\n"
        ),
        near=choice(
            SOMETIMES,
            WHEN
            + "  then: {say: x, next: "
            + rule('answers.ask == "lost" and answers.day > today()')
            + "}\n",
        ),
    ),
    Pair(
        code="E010",
        place="steps.ask.next[0].if",
        found=choice(rule("open(1)")),
        near=choice(rule("len(answers.ask)")),
    ),
    Pair(
        code="E011",
        place="steps.ask.next[0].if",
        found=choice(rule('answers.ask == "losst"')),
        near=choice(rule('answers.ask == "lost"')),
    ),
    Pair(
        code="E011",
        place="steps.ask.next[0].if",
        found=form("type: number, label: x", following=rule('answers.x == "5"')),
        near=form("type: number, label: x", following=rule("answers.x == 5")),
    ),
    Pair(
        code="E011",
        place="steps.ask.next[0].if",
        found=form("type: boolean, label: x", following=rule('answers.x in ["yes"]')),
        near=form("type: boolean, label: x", following=rule("answers.x in [true]")),
    ),
    Pair(
        code="E011",
        place="steps.ask.next[0].if",
        found=form("type: multi, options: [a, b], label: x", following=rule('"c" in answers.x')),
        near=form("type: multi, options: [a, b], label: x", following=rule('"b" in answers.x')),
    ),
    Pair(
        code="E011",
        place="steps.ask.fields.x.check",
        found=form("type: money, label: x, check: 'value > \"5\"'"),
        near=form("type: money, label: x, check: 'value > 5'"),
    ),
    Pair(
        code="E011",
        place="steps.ask.next[0].if",
        found=form(
            "type: country, label: x",
            following=rule("answers.x in lists.l"),
            head="lists: {l: [Portugal]}\n",
        ),
        near=form(
            "type: country, label: x",
            following=rule("answers.x in lists.l"),
            head="lists: {l: [Portugal, PT]}\n",
        ),
    ),
    Pair(
        code="E011",
        place="steps.ask.next[0].if",
        found=form(
            "type: text, label: x",
            following=rule("inputs.n == true"),
            head="inputs: {n: {type: number}}\n",
        ),
        near=form(
            "type: text, label: x",
            following=rule("inputs.n == 1"),
            head="inputs: {n: {type: number}}\n",
        ),
    ),
    Pair(
        code="E011",
        place="steps.which.next[0].if",
        found=flow(
            READ.replace("next: done", "next: which"), ITEMS.replace("RULE", 'answers.which == "a"')
        ),
        near=flow(
            READ.replace("next: done", "next: which"),
            ITEMS.replace("RULE", 'answers.which.id == "a"'),
        ),
    ),
    Pair(
        code="E012",
        place="steps.ask.call.flow",
        found=flow("{call: {flow: other}, next: done}"),
        near=flow(SAY),
    ),
    Pair(
        code="E015",
        place="steps.ask.next[0].if",
        found=form(SECRET, following=rule("len(answers.x) > 1")),
        near=form(
            SECRET, "  put: " + WRITE + ", with: {x: answers.x}" + UNKNOWN + "\n", following="put"
        ),
    ),
    Pair(
        code="E016",
        place="steps.human.resume_at",
        found=put("more"),
        near=put("more", human="more"),
    ),
    Pair(
        code="E016",
        place="steps.human.resume_at",
        found=put("[{if: result.ok, goto: more}, {else: done}]", ", done_if: result.ok"),
        near=put("[{if: result.ok, goto: done}, {else: more}]", ", done_if: result.ok"),
    ),
    Pair(
        code="E019",
        place="steps.ask.on_unknown.check",
        found=flow(WRITE + UNKNOWN.replace("a.get", "a.put")),
        near=flow(WRITE + UNKNOWN),
    ),
    Pair(
        code="E020",
        place="steps.ask",
        found=flow("{say: x, next: done, colour: red}"),
        near=flow(SAY),
    ),
    Pair(
        code="E018",
        place="steps.ask.fields.x.max_mb",
        found=form("type: upload, accept: [image/*], label: x"),
        near=form("type: upload, accept: [image/*], max_mb: 5, label: x"),
    ),
    Pair(
        code="E026",
        place="steps.ask.fields.x.pattern",
        found=form('type: text, pattern: "(a+)+", label: x'),
        near=form('type: text, pattern: "(a+)b", label: x'),
    ),
    Pair(
        code="E021",
        place="steps.ask.done_if",
        found=flow(READ.replace("}}", "}, done_if: result.ok}")),
        near=flow(READ.replace("}}", "}, fresh_for: 8s}")),
    ),
    Pair(
        code="E022",
        place="steps.ask.fields.x.currency",
        found=form("type: money, currency: EUX, label: x"),
        near=form("type: money, currency: EUR, label: x"),
    ),
    Pair(
        code="E023",
        place="steps.human.resume_at",
        found=put("more", human="done"),
        near=put("more", human="more"),
    ),
    Pair(
        code="E024",
        place="steps.ask.next[0].if",
        found=choice(rule("answers.aks")),
        near=choice(rule("answers.ask")),
    ),
    Pair(
        code="E025",
        place="steps.ask.fields.x.sensitive",
        found=form("type: number, label: x, sensitive: true"),
        near=form("type: date, label: x, sensitive: true"),
    ),
    Pair(code="W101", place="steps.ask.fields", found=fields(6), near=fields(5)),
    Pair(
        code="W102",
        place="steps.ask.options",
        found=choice("done", options=MANY),
        near=choice("done", options=FEW),
    ),
    Pair(
        code="W103",
        place="steps.ask.fields.x",
        found=form("type: text, label: '...', hint: Your name"),
        near=form("type: text, label: 'A...', hint: Your name"),
    ),
    Pair(
        code="W104",
        place="on.idle.push",
        found=flow(SAY).replace("on: {", "on: {idle: {after: 1h, push: " + "x" * 201 + "}, "),
        near=flow(SAY).replace("on: {", "on: {idle: {after: 1h, push: " + "x" * 200 + "}, "),
    ),
    Pair(
        code="W105",
        place="steps.then.next[0].if",
        found=choice(
            "[{if: 'answers.ask == \"lost\"', goto: then}, {else: done}]",
            "  then: {say: x, next: " + rule('answers.ask == "found"') + "}\n",
        ),
        near=choice("then", "  then: {say: x, next: " + rule('answers.ask == "found"') + "}\n"),
    ),
    Pair(
        code="W106",
        place="on",
        found=flow(SAY).replace("on: {help: {queue: q, reason: r}}", "on: {}"),
        near=flow(SAY),
    ),
    Pair(
        code="W108",
        place="start",
        found=flow(
            "{say: x, next: s2}",
            "".join(f"  s{n}: {{say: x, next: s{n + 1}}}\n" for n in range(2, 13))
            + "  s13: {say: x, next: done}\n",
        ),
        near=flow(
            "{say: x, next: s2}",
            "".join(f"  s{n}: {{say: x, next: s{n + 1}}}\n" for n in range(2, 12))
            + "  s12: {say: x, next: done}\n",
        ),
    ),
    Pair(
        code="W109",
        place="steps.ask.fields.x.fact",
        found=form(
            "type: phone, label: x, fact: phone", head="inputs: {p: {type: text, fact: phone}}\n"
        ),
        near=form(
            "type: phone, label: x, fact: phone", head="inputs: {p: {type: text, fact: fax}}\n"
        ),
    ),
]
ELSEWHERE = {"E013", "W107"}
"""Codes with tests of their own: below, and in tests/unit/test_flow_cli.py."""


def findings(
    text: str, words: Words | None = None, others: Mapping[str, Definition] = {}
) -> list[tuple[str, str]]:
    found = read(text, others)
    written = writes(found.source) if found.source else set()
    linted = lint(found.source, words, written) if found.source else ()
    return [(one.code, one.place) for one in (*found.findings, *linted)]


def catalogues(folder: Path, **languages: str) -> Words:
    for name, text in languages.items():
        (folder / f"{name}.ftl").write_text(text)
    return Words.of(folder)


def test_every_code_has_a_test() -> None:
    assert {pair.code for pair in PAIRS} | ELSEWHERE == CODES.keys()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.code)
def test_found_and_nearly_found(pair: Pair, tmp_path: Path) -> None:
    words = catalogues(tmp_path, en=ENGLISH + "f-ask-yes = Yes\n")
    assert (pair.code, pair.place) in findings(pair.found, words)
    assert pair.code not in {code for code, _ in findings(pair.near, words)}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.code)
def test_what_can_never_work_is_not_loaded(pair: Pair) -> None:
    assert (read(pair.found).definition is None) == CODES[pair.code].refused
    assert not any(CODES[code].refused for code in ELSEWHERE)


# --- words --------------------------------------------------------------------------------------

LABELS = "f-ask-lost = Lost\nf-ask-found = Found\n"


def test_words_that_are_missing(tmp_path: Path) -> None:
    text = choice("done").replace("choice: c", "choice: t:f.which")
    assert findings(text, catalogues(tmp_path, en=ENGLISH + LABELS)) == [
        ("E013", "steps.ask.choice")
    ]
    words = catalogues(tmp_path, en=ENGLISH + "f-which = Which?\nf-ask-lost = Lost\n")
    assert findings(text, words) == [("E013", "steps.ask")]
    whole = ENGLISH + LABELS + "f-which = Which?\n"
    assert findings(text, catalogues(tmp_path, en=whole)) == []
    assert findings(text, catalogues(tmp_path, de="f-title = Titel\n" + LABELS)) == [
        ("E013", "steps.ask.choice")
    ]
    assert findings(text, catalogues(tmp_path, de=whole)) == []


def test_the_programs_own_options_need_words_in_other_languages_only(tmp_path: Path) -> None:
    text = choice("done", options="[yes, no]")
    assert findings(text, catalogues(tmp_path, en=ENGLISH)) == []
    assert findings(text, catalogues(tmp_path, de=ENGLISH)) == [("E013", "steps.ask")] * 2


def test_words_by_convention_are_translated_too(tmp_path: Path) -> None:
    text = flow(READ)
    english = ENGLISH + "f-ask-ERROR = Not read\n"
    words = catalogues(tmp_path, en=english, de=ENGLISH)
    assert findings(text, words) == [("E013", "title")]
    assert findings(text, catalogues(tmp_path, de=english)) == []


@pytest.mark.parametrize(
    ("german", "count"),
    [("Am { $ask-day }", 0), ("Am { $card }", 1), ("Bald", 1), ("Am { DAY($ask-day) }", 0)],
)
def test_variables_are_those_of_the_default_language(
    german: str, count: int, tmp_path: Path
) -> None:
    english = ENGLISH + "f-done = On { $ask-day }\n"
    words = catalogues(tmp_path, en=english, de=ENGLISH + f"f-done = {german}\n")
    assert findings(flow(READ), words) == [("E013", "title")] * count


@pytest.mark.parametrize(("variable", "count"), [("card", 0), ("ask-day", 0), ("cart", 1)])
def test_variables_are_given_by_something(variable: str, count: int, tmp_path: Path) -> None:
    words = catalogues(tmp_path, en=ENGLISH + f"f-done = {{ ${variable} }}\n")
    text = flow(READ, head="inputs: {card: {type: id}}\n")
    assert findings(text, words) == [("E013", "title")] * count


# --- ways ---------------------------------------------------------------------------------------


def test_a_rule_that_an_earlier_one_shadows() -> None:
    both = '[{if: \'answers.ask in ["lost", "found"]\', goto: done}, RULE, {else: done}]'
    text = choice(both.replace("RULE", "{if: 'answers.ask == \"found\"', goto: done}"))
    assert findings(text) == [("W105", "steps.ask.next[1].if")]


@pytest.mark.parametrize(
    ("rule_text", "found"),
    [
        ("has(answers.day) and answers.day > today()", False),
        ("answers.day == null or answers.day > today()", False),
        ("has(answers.ask) and answers.day > today()", True),
        ('answers.ask == "found" or answers.day > today()', False),
        ('answers.ask == "lost" or answers.day > today()', True),
        ("not answers.day", True),
    ],
)
def test_a_name_may_be_asked_for(rule_text: str, found: bool) -> None:
    rules = f"[{{if: '{rule_text}', goto: done}}, {{else: done}}]"
    text = choice(SOMETIMES, WHEN + f"  then: {{say: x, next: {rules}}}\n")
    assert (("E009", "steps.then.next[0].if") in findings(text)) == found


def test_a_result_is_not_there_where_the_action_failed() -> None:
    after = "  then: {say: x, next: " + rule("results.ask.day > today()") + "}\n"
    failing = "{action: a.get, effect: read, next: then, on_error: {then: then}}"
    assert findings(flow(failing, after)) == [("E009", "steps.then.next[0].if")]
    assert findings(flow(failing.replace("{then: then}", "{then: done}"), after)) == []


def test_a_field_that_is_not_always_asked_is_null_and_not_missing() -> None:
    text = flow(
        "{form: f, fields: {a: {type: boolean, label: x}}, next: more}",
        "  more: {form: f, fields: {b: {type: text, label: x, show_if: answers.a}},"
        f" next: {rule('answers.b == null')}}}\n",
    )
    assert findings(text) == []


def test_what_is_computed_is_followed() -> None:
    text = flow("{set: {kind: '\"a\"'}, next: then}", "  then: {say: x, next: RULES}\n")
    assert findings(text.replace("RULES", rule('answers.kind == "b"'))) == [
        ("W105", "steps.then.next[0].if")
    ]
    assert findings(text.replace("RULES", rule('answers.kind == "a"'))) == []


def test_nothing_is_concluded_from_a_walk_that_was_not_finished() -> None:
    text = choice(
        "[{if: 'answers.ask == \"lost\"', goto: then}, {else: done}]",
        "  then: {say: x, next: " + rule('answers.ask == "found"') + "}\n",
    )
    source = read(text).source
    assert source is not None
    walked = walk(source, budget=1)
    assert not walked.is_whole


# --- whole flows --------------------------------------------------------------------------------


def test_everything_is_found_and_not_only_the_first() -> None:
    text = flow("{say: x}", "  Bad: {end: solved}\n  two: {say: x, next: 5}\n")
    assert findings(text) == [
        ("E004", "steps.ask"),
        ("E020", "steps.Bad"),
        ("E020", "steps.two.next"),
    ]
    both = flow("{say: x, next: a}", "  two: {say: x, next: b}\n")
    assert findings(both) == [
        ("E001", "steps.ask.next"),
        ("E001", "steps.two.next"),
        ("E003", "steps.done"),
        ("E003", "steps.two"),
    ]


def test_the_flows_of_the_bank_have_nothing_wrong() -> None:
    words = Words.of(BANK / "texts")
    files = [(path.name, path.read_text()) for path in flow_files(BANK / "flows")]
    others = {one.flow: one for one, _ in load_all(files)}
    for _, text in files:
        assert findings(text, words, others) == []


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yaml")), ids=lambda path: path.stem)
def test_public_flows_that_are_known_to_work_have_no_error(path: Path) -> None:
    assert {code for code, _ in findings(convert(path.read_text()))} <= {"W102", "W106"}
