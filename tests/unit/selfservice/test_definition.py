"""Is a flow that cannot work refused when it is loaded, with the place of what is wrong?"""

from __future__ import annotations

import pytest

from app.catalogue import flow_files
from selfservice.definition import load
from selfservice.errors import FlowError
from selfservice.language import Action, Choice, Form, Seconds
from selfservice.loading import load_all
from tests.unit.selfservice.driver import BANK, bank_flow

HEAD = "flow: f\ntitle: t:f.title\nstart: ask\n"
ASK = "steps:\n  ask: {say: Hello, next: done}\n"
DONE = "  done: {end: solved}\n"
READ = "{action: a.get, effect: read, next: done, on_error: {then: done}"
WRITE = "{action: a.put, effect: write, next: done, on_error: {then: done}"
UNKNOWN = "on_unknown: {check: a.get, if: result.ok, goto: done, else: done}"


def _steps(ask: str, rest: str = "") -> str:
    return f"{HEAD}steps:\n  ask: {ask}\n{DONE}{rest}"


def _choice(rules: str) -> str:
    return _steps("{choice: c, options: [yes, no], next: " + rules + "}")


def _field(field: str) -> str:
    return _steps("{form: f, fields: {x: {" + field + "}}, next: done}")


def test_the_activation_loads() -> None:
    flow = bank_flow()
    assert flow.key("done") == "t:activate.done"
    assert flow.sensitive == {"last4"}
    assert flow.head.expires == Seconds(14 * 86_400)
    assert isinstance(flow.steps["load_card"], Action)
    assert flow.steps["load_card"].fresh_for == 600
    form = flow.steps["ask_digits"]
    assert isinstance(form, Form)
    assert list(form.fields) == ["last4", "expiry"]
    numbers = {name: flow.progress(name) for name in flow.steps}
    shown = {name: (one.at, one.of) for name, one in numbers.items() if one}
    assert shown == {
        "load_card": (1, 4),
        "ask_digits": (2, 4),
        "prove_identity": (3, 4),
        "activate": (4, 4),
    }


def test_the_version_is_that_of_the_values() -> None:
    path = BANK / "flows" / "activate_debit_card.yaml"
    text = path.read_text()
    version = load(text, "a").version
    assert len(version) == 64
    assert load("# a comment\n" + text, "b").version == version
    assert load(text.replace("retry: 2", "retry: 3"), "a").version != version


def test_yes_and_no_stay_words() -> None:
    flow = load(_choice("[{if: 'answers.ask == \"no\"', goto: done}, {else: done}]"), "f")
    ask = flow.steps["ask"]
    assert isinstance(ask, Choice)
    assert ask.options == ("yes", "no")


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("[1]", "", "a flow is a mapping"),
        ("", "", "a flow is a mapping"),
        ("flow: f\ntitle: x\n" + ASK + DONE, "", "the key `start` is missing"),
        (HEAD, "steps", "at least one step"),
        (HEAD + "colour: red\n" + ASK + DONE, "", "unknown key `colour`"),
        (HEAD + "on: {hlep: 1}\n" + ASK + DONE, "on", "unknown key `hlep`"),
        (HEAD + "on: {cancel: {goto: away}}\n" + ASK + DONE, "on.cancel.goto", "no step `away`"),
        (HEAD.replace("ask", "nope") + ASK + DONE, "start", "no step `nope`"),
        (HEAD + "expires: soon\n" + ASK + DONE, "expires", "a duration is written like"),
        (_steps("{next: done}"), "steps.ask", "exactly one of .* found: none"),
        (_steps("{say: a, form: b, next: done}"), "steps.ask", "found: form, say"),
        (_steps("{wait: {}, next: done}"), "steps.ask.wait", "write `for`, `or_event` or both"),
        (_steps("{call: {flow: x}, next: done}"), "steps.ask.call.flow", "there is no flow `x`"),
        (_steps("{review: [a], next: done}"), r"steps.ask.review\[0\]", "nobody is asked for `a`"),
        (_steps("{set: {}, next: done}"), "steps.ask.set", "length >= 1"),
        (_steps("{set: {a: answers.b}, next: done}"), "steps.ask.set.a", "cannot exist"),
        (_steps("{set: {a: 'f('}, next: done}"), "steps.ask.set.a", "not a rule"),
        (_steps("{set: {a: lists.b}, next: done}"), "steps.ask.set.a", "cannot exist"),
        (_steps("{set: {a: 1}, next: gone}"), "steps.ask.next", "no step `gone`"),
        (HEAD + "lists: {eu: []}\n" + ASK + DONE, "lists.eu", "length >= 1"),
        (HEAD + "lists: {eu: [1]}\n" + ASK + DONE, r"eu\[0\]", "Expected `str`"),
        (_steps("{repeat: {}, next: done}"), "steps.ask.repeat", "Expected `str`"),
        (
            _steps("{repeat: a, fields: {b: {type: text, label: c, fact: d}}, next: done}"),
            "steps.ask.fields.b.fact",
            "not where a step is repeated",
        ),
        (_steps("{choice: a, next: done}"), "steps.ask", "either `options` or `options_from`"),
        (_steps("just words"), "steps.ask", "a step is a mapping"),
        (_steps("{say: a}"), "steps.ask", "the key `next` is missing"),
        (_steps("{say: a, next: done, size: 3}"), "steps.ask", "unknown key `size`"),
        (_steps("{say: a, next: gone}"), "steps.ask.next", "no step `gone`"),
        (_steps("{say: a, next: done}", "  lost: {say: x, next: done}\n"), "steps.lost", "no step"),
        (_steps("{say: a, next: done}", "  Bad: {end: solved}\n"), "steps.Bad", "lower-case"),
        (_choice("[]"), "steps.ask.next", "`else` is missing"),
        (_choice("[{if: now, goto: done}]"), "steps.ask.next", "`else` is missing"),
        (_choice("[{else: done}, {else: done}]"), r"steps.ask.next\[0\]", "only the last"),
        (_choice("[{if: now}, {else: done}]"), r"steps.ask.next\[0\]", "either `if` and `goto`"),
        (_choice("[{if: now, goto: no}, {else: done}]"), r"steps.ask.next\[0\].goto", "no step"),
        (_choice("[{else: no}]"), r"steps.ask.next\[0\].else", "no step `no`"),
        (_choice("[{if: 'f(1)', goto: done}, {else: done}]"), r"ask.next\[0\].if", "unknown funct"),
        (_choice("[{if: [1], goto: done}, {else: done}]"), r"ask.next\[0\].if", "a rule is a text"),
        (_choice("[{if: answers.a, goto: done}, {else: done}]"), r"next\[0\].if", "cannot exist"),
        (_choice("[{if: results.ask, goto: done}, {else: done}]"), r"next\[0\].if", "cannot exist"),
        (_choice("[{if: inputs.x, goto: done}, {else: done}]"), r"next\[0\].if", "cannot exist"),
        (_choice("[{if: answers, goto: done}, {else: done}]"), r"next\[0\].if", "needs a name"),
        (_choice("[{if: result.x, goto: done}, {else: done}]"), r"next\[0\].if", "not exist here"),
        (_choice("[{if: value, goto: done}, {else: done}]"), r"next\[0\].if", "not exist here"),
        (
            _choice('[{if: visits("gone") > 1, goto: done}, {else: done}]'),
            r"steps.ask.next\[0\].if",
            "no step `gone` to count",
        ),
        (_steps("{choice: c, options: [], next: done}"), "steps.ask.options", "length >= 1"),
        (_field("type: colour, label: x"), r"steps.ask.fields.x.type", "colour"),
        (_field("type: digits, label: x"), "steps.ask.fields.x", "`length` is missing"),
        (_field("type: text, label: x, shape: now"), "steps.ask.fields.x", "unknown key"),
        (_field("type: text, label: x, show_if: 'now +'"), "steps.ask.fields.x.show_if", "a rule"),
        (_field("type: text, label: x, show_if: value"), "steps.ask.fields.x.show_if", "not exist"),
        (_field("type: text, label: x, show_if: answers.x"), "x.show_if", "on the same screen"),
        (_field("type: money, label: x, currency: EUX"), "x.currency", "no currency `EUX`"),
        (_field("type: money, label: x, sensitive: true"), "x.sensitive", "can be sealed"),
        (_field("type: country, label: x, only: [PT, ZZ]"), "x.only", "no country `ZZ`"),
        (_field("type: country, label: x, without: [EU]"), "x.without", "no country `EU`"),
        (_field("type: country, label: x, only: [pt]"), r"x.only\[0\]", "matching regex"),
        (_field("type: multi, label: x"), "steps.ask.fields.x", "`options` is missing"),
        (_field("type: multi, label: x, options: [a], none: b"), "x.none", "not one of the opt"),
        (_field("type: multi, label: x, options: [a], fact: y"), "x.fact", "no fact"),
        (_steps("{choice: c, options: [a], none: a, next: done}"), "steps.ask.none", "only where"),
        (
            _steps("{choice: c, options: [a], many: true, none: b, next: done}"),
            "steps.ask.none",
            "not one of the options",
        ),
        (
            _steps("{choice: c, options: [a], many: true, fact: b, next: done}"),
            "steps.ask.fact",
            "no fact",
        ),
        (
            _field("type: choice, options: [a], label: x, sensitive: true"),
            "steps.ask.fields.x.sensitive",
            "can be sealed",
        ),
        (_field("type: text, label: x, check: 'now +'"), "steps.ask.fields.x.check", "not a rule"),
        (_field("type: text, label: x, check: result.a"), "steps.ask.fields.x.check", "not exist"),
        (_steps(WRITE + "}"), "steps.ask", "a write needs `on_unknown`"),
        (_steps(READ + ", done_if: result.a}"), "steps.ask.done_if", "only a write"),
        (_steps(READ + ", " + UNKNOWN + "}"), "steps.ask.on_unknown", "only a write"),
        (_steps(READ.replace(", on_error: {then: done}", "}")), "steps.ask", "`on_error` is miss"),
        (_steps(READ + ", with: {a: 'x('}}"), "steps.ask.with.a", "not a rule"),
        (_steps(READ + ", with: {a: 1, b: answers.q}}"), "steps.ask.with.b", "cannot exist"),
        (_steps(READ + ", timeout: 8}"), "steps.ask.timeout", "a duration"),
        (
            _steps(WRITE + ", " + UNKNOWN[:-1] + ", with: {b: 1, a: [1]}}}"),
            "steps.ask.on_unknown.with.a",
            "a rule is a text",
        ),
        (
            _steps("{call: {flow: f, with: {a: 'x('}}, next: done}"),
            "steps.ask.call.with.a",
            "not a rule",
        ),
        (
            HEAD + "on: {help: {queue: q, reason: r, skills: {a: 9}}}\n" + ASK + DONE,
            "skills.a",
            "5",
        ),
        (_steps(READ + ", fresh_for: 8y}"), "steps.ask.fresh_for", "a duration"),
        (
            _steps(
                "{stepup: {level: 2, methods: [passkey], max_age: 5m}, next: done,"
                " on_denied: {goto: done}}"
            ),
            "steps.ask.stepup.methods",
            "not everybody has a passkey",
        ),
        (
            _steps("{handoff: {queue: q, reason: r}, resume_at: done}"),
            "steps.ask.resume_at",
            "cannot be resumed at its end",
        ),
        (
            _steps(
                "{say: x, next: human}",
                "  human: {handoff: {queue: q, reason: r, priority: [{if: now, is: 1}]},"
                " resume_at: ask}\n",
            ).replace(DONE, ""),
            "steps.human.handoff.priority",
            "`else` is missing",
        ),
    ],
)
def test_what_cannot_work_is_refused(text: str, place: str, message: str) -> None:
    with pytest.raises(FlowError, match=message) as refused:
        load(text, "f.yaml")
    assert refused.value.source == "f.yaml"
    assert refused.match("f.yaml")
    plain = place.replace("\\", "")
    assert refused.value.place == plain or (plain and refused.value.place.endswith(plain))


SECRET = (
    "{form: f, fields: {pin: {type: digits, length: 4, label: x, sensitive: true}}, next: RULES}"
)


@pytest.mark.parametrize(
    "rule", ["answers.pin == '1234'", "len(answers.pin) > 1", "has(answers.pin)"]
)
def test_a_sensitive_answer_feeds_no_rule(rule: str) -> None:
    rules = f'[{{if: "{rule}", goto: done}}, {{else: done}}]'
    with pytest.raises(FlowError, match="is sensitive"):
        load(_steps(SECRET.replace("RULES", rules)), "f")


def test_a_sensitive_answer_is_passed_on_only_whole() -> None:
    put = "  put: " + WRITE + ", " + UNKNOWN + ", with: {pin: RULE}}\n"
    ask = SECRET.replace("RULES", "put")
    assert load(_steps(ask, put.replace("RULE", "answers.pin")), "f").sensitive == {"pin"}
    with pytest.raises(FlowError, match="is sensitive"):
        load(_steps(ask, put.replace("RULE", "min(answers.pin)")), "f")


def test_one_answer_is_not_sealed_in_one_step_and_open_in_another() -> None:
    other = "  more: {form: f, fields: {pin: {type: text, label: x}}, next: done}\n"
    with pytest.raises(FlowError, match="sensitive in one step only"):
        load(_steps(SECRET.replace("RULES", "more"), other), "f")


def test_too_many_steps() -> None:
    many = "".join(f"  s{n}: {{end: solved}}\n" for n in range(301))
    with pytest.raises(FlowError, match="more than 300"):
        load(_steps("{say: a, next: done}", many), "f")


def test_a_flow_of_many_ways_loads_in_time() -> None:
    """Two ways at each of 100 steps: 2^100 paths, of which a bounded number is looked at."""
    steps = "".join(
        f"  {kind}{n}: {{choice: c, name: n{kind}{n}, options: [x], "
        f"next: [{{if: now, goto: a{n + 1}}}, {{else: b{n + 1}}}]}}\n"
        for n in range(100)
        for kind in "ab"
    )
    ends = "  a100: {end: solved}\n  b100: {end: solved}\n"
    lines = [line for line in steps.splitlines(keepends=True) if not line.startswith("  b0:")]
    flow = load(HEAD.replace("ask", "a0") + "steps:\n" + "".join(lines) + ends, "f")
    progress = flow.progress("a50")
    assert progress is not None
    assert (progress.at, progress.of) == (51, 100)


def test_all_flows_of_the_bank_load() -> None:
    paths = flow_files(BANK / "flows")
    loaded = load_all((path.name, path.read_text()) for path in paths)
    assert [one.flow for one, _ in loaded] == [path.stem for path in paths]
