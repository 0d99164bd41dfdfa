"""Does every language say what English says, with the same variables?"""

from __future__ import annotations

from pathlib import Path

import pytest

from selfservice.lint.words import Words
from selfservice.texts import WORDS, Catalogues

EXAMPLES = Path(__file__).parents[3] / "examples"
FOLDERS = [WORDS, *(path.parent for path in sorted(EXAMPLES.glob("*/texts/en.ftl")))]
OTHERS = [path for folder in FOLDERS for path in sorted(folder.glob("*.ftl")) if path.stem != "en"]
LANGUAGES = ("ar", "es")
PLURALS = {"ar": (1, 2, 3, 11, 100), "es": (1, 2)}
"""One number of each plural that a count from 1 can have (Unicode CLDR, cardinals)."""


def name(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.stem}"


def test_our_own_words_are_there_in_more_than_english() -> None:
    assert {path.stem for path in WORDS.glob("*.ftl")} == {"en", *LANGUAGES}


@pytest.mark.parametrize("path", OTHERS, ids=name)
def test_a_language_has_the_messages_of_english_with_their_variables(path: Path) -> None:
    languages = Words.of(path.parent).languages
    there = languages[path.stem]
    assert {one: there.get(one) for one in languages["en"]} == languages["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_counted_things_have_their_plurals(language: str) -> None:
    texts = Catalogues(WORDS).texts(language)
    for key, variable in (("err.digits_length", "length"), ("err.too_many_files", "max")):
        said = {texts.get(f"t:{key}", {variable: count}) for count in PLURALS[language]}
        assert len(said) == len(PLURALS[language]), key


def test_an_own_word_of_a_company_counts_in_its_language_only(tmp_path: Path) -> None:
    (tmp_path / "en.ftl").write_text("action-done = Finished\n")
    (tmp_path / "es.ftl").write_text("")
    catalogues = Catalogues(tmp_path)
    assert catalogues.texts("en").get("t:action.done") == "Finished"
    assert catalogues.texts("es-MX").get("t:action.done") == "Listo"


def test_a_flow_lacks_no_word_that_the_program_says_in_that_language(tmp_path: Path) -> None:
    for language in ("en", "es", "ar", "de"):
        (tmp_path / f"{language}.ftl").write_text("")
    words = Words.of(tmp_path)
    assert words.without("option-yes") == ["de"]
    assert words.without("nowhere") == ["ar", "de", "en", "es"]
