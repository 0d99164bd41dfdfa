"""The form of a text: a small part of regular expressions, linear whatever the text."""

from __future__ import annotations

import random
import re
import time
from typing import cast

import pytest

from selfservice.errors import FlowError
from selfservice.pattern import MAX_LENGTH, Pattern


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("[A-Z]{2}[0-9]{8}", ["AB12345678"], ["AB1234567", "ab12345678", "AB123456789", ""]),
        (r"\d{4}(-\d{4}){3}", ["4417-1234-5678-9113"], ["4417-1234-5678-911x"]),
        ("(?:PT|ES)?[0-9]+", ["PT1", "1", "ES99"], ["PT", "FR1", "PTES1"]),
        ("a{2,}", ["aa", "aaaaa"], ["a", "aab"]),
        ("a{0,2}b", ["b", "ab", "aab"], ["aaab", "aa"]),
        ("[^ ]+ .+", ["Maya Fernandes", "a  "], ["Maya", " b", "a "]),
        (r"[\w.-]+", ["a_1.b-C"], ["a b", "á"]),
        (r"\(\+\)", ["(+)"], ["+", "()"]),
        ("[a-]b|", ["ab", "-b", ""], ["bb", "a"]),
        ("[éü]+", ["éü"], ["eu"]),
        ("((a|b)(c|d)?){2}", ["ab", "acbd", "abd"], ["a", "ccd"]),
    ],
)
def test_what_fits(pattern: str, fits: list[str], does_not: list[str]) -> None:
    compiled = Pattern(pattern)
    assert [text for text in fits if not compiled.matches(text)] == []
    assert [text for text in does_not if compiled.matches(text)] == []


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("", "1 to 100 characters"),
        ("a" * (MAX_LENGTH + 1), "1 to 100 characters"),
        ("(a+)+", "endless repeat inside a repeat"),
        ("(a*|b)*", "endless repeat inside a repeat"),
        ("((a+)b){2}", "endless repeat inside a repeat"),
        ("(a{2,}){3}", "endless repeat inside a repeat"),
        ("a**", "a repeat of a repeat"),
        ("a+?", "a repeat of a repeat"),
        ("a{2}{3}", "a repeat of a repeat"),
        (r"(a)\1", "after a backslash"),
        ("(?=a)b", "nothing looks ahead"),
        ("(?<!a)b", "nothing looks ahead"),
        ("(?P<x>a)", "nothing looks ahead"),
        ("^a", "leave ^ and $ out"),
        ("a$", "leave ^ and $ out"),
        (r"\bword", "after a backslash"),
        (r"\p{L}", "after a backslash"),
        ("a\\", "after a backslash"),
        ("(a", "without its `)`"),
        ("a)", "without its `(`"),
        ("[a", "a class of characters"),
        ("[]", "a class of characters"),
        ("[z-a]", "from one character to a later one"),
        (r"[\d-z]", "from one character to a later one"),
        ("[[a]", "needs a backslash in a class"),
        ("*a", "needs a backslash here"),
        ("a{x}", "a count is written"),
        ("a{3,2}", "from few to many"),
        ("a{0}", "from few to many"),
        ("(a{100}){100}", "too long"),
        ("a{999}", "too long"),
        ("((((){99}){99}){99}){99}", "too long"),
    ],
)
def test_what_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(FlowError, match=re.escape(why)):
        Pattern(pattern)


SLOW_ELSEWHERE = {
    "(a|a)*b": "a",
    "(a|aa)+b": "a",
    "(a?){90}a{90}": "a",
    "a*a*a*a*a*a*a*a*b": "a",
    "(.*a){1}.*b": "a",
    r"(\w|\d)*-": "1",
    "[a-z]*[a-z0-9]*[a-z_]*x!": "x",
    "(a|b|ab)*c": "ab",
    "(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a).*b": "a",
}
"""Patterns that this part takes, and what makes a backtracking engine take ever longer."""


@pytest.mark.parametrize(("pattern", "bait"), SLOW_ELSEWHERE.items())
def test_no_text_makes_it_slow(pattern: str, bait: str) -> None:
    compiled = Pattern(pattern)
    text = bait * (10_000 // len(bait)) + "\x00"
    started = time.process_time()
    assert not compiled.matches(text)
    assert time.process_time() - started < 5  # 0.1 s; a backtracking engine needs years


def test_the_work_grows_with_the_text_and_not_faster() -> None:
    class Counted(str):
        """Counts how often a character is looked at."""

        __slots__ = ()
        looked = 0

        def __ge__(self, other: str) -> bool:
            Counted.looked += 1
            return super().__ge__(other)

    looks = []
    for length in (1000, 2000, 4000):
        Counted.looked = 0
        characters = [Counted("a") for _ in range(length)]
        Pattern("a*a*a*a*a*b").matches(cast("str", characters))
        looks.append(Counted.looked)
    assert looks[0] > 0
    assert looks[2] - looks[1] == 2 * (looks[1] - looks[0])


def test_it_agrees_with_another_engine() -> None:
    """Patterns and short texts at random; Python's `re` is safe on texts as short as these."""
    chance = random.Random(20261127)  # noqa: S311 - a repeatable test
    agreed = matched = 0
    for _ in range(3000):
        pattern = _random_pattern(chance, 3)
        try:
            compiled = Pattern(pattern)
        except FlowError:
            continue
        other = re.compile(pattern, re.ASCII | re.DOTALL)
        for _ in range(5):
            text = "".join(chance.choices("ab1 ", k=chance.randrange(8)))
            expected = other.fullmatch(text) is not None
            assert compiled.matches(text) == expected, (pattern, text)
            agreed, matched = agreed + 1, matched + expected
    assert agreed > 5000
    assert matched > 500


def _random_pattern(chance: random.Random, depth: int) -> str:
    parts = []
    for _ in range(chance.randrange(1, 4)):
        kinds = ["a", "b", ".", r"\d", r"\w", r"\s", "[^a]", "[a-b1]"]
        atom = chance.choice(kinds)
        if depth and chance.random() < 0.4:
            atom = f"({_random_pattern(chance, depth - 1)})"
        parts.append(atom + chance.choice(["", "", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"]))
    row = "".join(parts)
    return f"{row}|{_random_pattern(chance, 0)}" if depth and chance.random() < 0.3 else row
