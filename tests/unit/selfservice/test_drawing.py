"""Is every way in the picture, with its rule, and can Mermaid read it?"""

from __future__ import annotations

import re

from selfservice.checks import placed_targets
from selfservice.definition import Source, read
from selfservice.drawing import drawn
from tests.unit.selfservice.driver import BANK

NODE = r"[a-z][a-z0-9_]*"
LINE = re.compile(
    rf'    (?:{NODE}(?:\[\[".*"\]\]|\[/".*"/\]|\(\[.*\]\)|\(".*"\)|\{{\{{".*"\}}\}}|\[".*"\]|)'
    rf'(?: (?:-->|-\.->)(?:\|"[^"|<>]*"\|)? {NODE})?)'
)


def bank() -> Source:
    source = read((BANK / "flows" / "activate_debit_card.yaml").read_text()).source
    assert source is not None
    return source


def test_every_way_is_drawn_with_its_rule() -> None:
    lines = drawn(bank()).splitlines()
    assert lines[0] == "flowchart TD"
    assert all(LINE.fullmatch(line) for line in lines[1:])
    assert '    load_card -->|"result.status == #quot;active#quot;"| already_active' in lines
    assert '    load_card -->|"else"| ask_digits' in lines
    assert '    activate -.->|"on_unknown.else"| human' in lines
    assert "    ask_digits --> prove_identity" in lines
    ways = sum(len(list(placed_targets(step))) for step in bank().steps.values())
    assert sum("->" in line for line in lines) == ways + 2, "and from the start, and to stop"


def test_how_many_are_here() -> None:
    text = drawn(bank(), {"ask_digits": 12, "elsewhere": 3})
    assert '    ask_digits["ask_digits<br/>12 here"]' in text
    assert text.count("here") == 1


def test_names_and_rules_do_no_harm() -> None:
    text = (
        "flow: f\ntitle: x\nstart: graph\nsteps:\n"
        "  graph: {choice: c, options: [a], next: [{if: 'answers.graph == \"]|<b>#\"', goto: end},"
        " {else: end}]}\n  end: {end: solved}\n"
    )
    source = read(text).source
    assert source is not None
    lines = drawn(source).splitlines()
    assert all(LINE.fullmatch(line) for line in lines[1:])
    assert '    graph_ -->|"answers.graph == #quot;]#124;#lt;b#gt;#35;#quot;"| end_' in lines


def test_a_long_rule_is_cut() -> None:
    rule = " or ".join(f'answers.ask == "{n}"' for n in range(12))
    text = (
        "flow: f\ntitle: x\nstart: ask\nsteps:\n  ask: {choice: c, options: [a], next: "
        f"[{{if: '{rule}', goto: end}}, {{else: end}}]}}\n  end: {{end: solved}}\n"
    )
    source = read(text).source
    assert source is not None
    assert "..." in drawn(source)
