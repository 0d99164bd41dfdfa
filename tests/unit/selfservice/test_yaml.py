"""Is a flow's text read as its author wrote it, and can no text exhaust the reader?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfservice.errors import FlowError
from selfservice.yaml import MAX_BYTES, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[yes, no, on, off, y, n]", ["yes", "no", "on", "off", "y", "n"]),
        ("on: 1", {"on": 1}),
        ("[true, False, TRUE]", [True, False, True]),
        ("[~, null, '']", [None, None, ""]),
        ("a:", {"a": None}),
        ("[1, -2, +3, 1.5, .5, 2.]", [1, -2, 3, 1.5, 0.5, 2.0]),
        (
            "[12:30, 2026-11-20, 0x10, 1_000, .inf]",
            ["12:30", "2026-11-20", "0x10", "1_000", ".inf"],
        ),
        ("['1', \"true\"]", ["1", "true"]),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("<<: 1", {"<<": 1}),
        ("1: a", {"1": "a"}),
        ("", None),
    ],
)
def test_values(text: str, value: object) -> None:
    assert parse(text) == value


LAUGHS = "a0: &a0 [x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 4)}]\n" for n in range(1, 5)
)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: 1\na: 2", "a", "stands twice"),
        ("x: {a: 1, a: 2}", "x.a", "stands twice"),
        ("a: [1", "line 1", "expected"),
        ("a: b: c", "line 1", "not allowed here"),
        ("a: *gone", "line 1", "undefined alias"),
        ("a: 1\n---\nb: 2", "line 2", "another document"),
        ("a: !!python/object:os.system x", "a", "tag .* is not allowed"),
        ("a: !!binary aGk=", "a", "tag .* is not allowed"),
        ("[1]: 2", "", "a key must be a word"),
        ("a: " + "1" * 30, "a", "digits"),
        ("[" * 40 + "]" * 40, "", "nested deeper"),
        ("[" * 100_000, "", "nested deeper"),
        ("a: &a [*a]", "", "nested deeper"),
        (LAUGHS + "".join(f"b{n}: *a4\n" for n in range(9)), "", "aliases"),
        ("x" * (MAX_BYTES + 1), "", "larger than 256 KiB"),
        ("a: \x01", "", "character"),
    ],
)
def test_refused(text: str, place: str, message: str) -> None:
    with pytest.raises(FlowError, match=message) as refused:
        parse(text)
    assert refused.value.place.startswith(place)


def test_aliases_cannot_multiply() -> None:
    wide = "a: &a [" + ",".join("x" * 5_000) + "]\n"
    with pytest.raises(FlowError, match="more than 20000 values"):
        parse(wide + "b: [*a, *a, *a, *a]\n")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-[]{},&*!|>'\"#%@?~ \n\t0.\x00\ud800"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = parse(text)
    except FlowError:
        return
    assert value is None or isinstance(value, str | int | float | bool | list | dict)
