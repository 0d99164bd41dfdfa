"""Are the right words found, and is nobody ever shown a key?"""

from __future__ import annotations

from pathlib import Path

import pytest

from selfservice.texts import BadCatalogue, Catalogues
from tests.unit.selfservice.driver import BANK, bank_flow, english


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en.ftl").write_text(
        "pay-title = Pay { $amount }\n    .plain = Pay\n"
        "pay-when = On { DAY($on) }\n"
        "only-english = English\n"
        "action-continue = Go on\n"
    )
    (tmp_path / "es.ftl").write_text("pay-when = El { DAY($on, pattern: \"d 'de' MMMM\") }\n")
    (tmp_path / "ar.ftl").write_text("pay-title = ادفع { $amount }\n")
    return tmp_path


def test_keys_values_and_plain_words(folder: Path) -> None:
    texts = Catalogues(folder).texts("en")
    assert texts.get("t:pay.title", {"amount": 3}) == "Pay 3"
    assert texts.get("t:pay.title", {"amount": 4}) == "Pay 4"
    assert texts.get("t:pay.title") == "Pay"
    assert texts.get("Just words") == "Just words"


def test_days_are_in_the_language(folder: Path) -> None:
    catalogues = Catalogues(folder)
    on = {"on": "2026-11-17T08:00:00Z"}
    assert catalogues.texts("en").get("t:pay.when", on) == "On 17 November"
    assert catalogues.texts("es-MX").get("t:pay.when", on) == "El 17 de noviembre"


def test_days_amounts_and_countries_are_in_the_language(folder: Path) -> None:
    (folder / "es-MX.ftl").write_text("")
    (folder / "tlh.ftl").write_text("pay-when = { DAY($on) }\n")  # Babel does not know Klingon
    catalogues = Catalogues(folder)
    found = {
        locale: (texts.day("2026-11-17"), texts.amount(1250.5, "EUR"), texts.countries()["DE"])
        for locale in ("en", "es", "es-MX", "tlh")
        for texts in [catalogues.texts(locale)]
    }
    english = ("Nov 17, 2026", "€1,250.50", "Germany")
    assert found == {
        "en": english,
        "es": ("17 nov 2026", "1.250,50\xa0€", "Alemania"),
        "es-MX": ("17 nov 2026", "EUR1,250.50", "Alemania"),
        "tlh": english,
    }
    assert catalogues.texts("tlh").get("t:pay.when", {"on": "2026-11-17"}) == "17 November"


def test_fall_back_to_default_then_own_words(folder: Path) -> None:
    texts = Catalogues(folder).texts("es")
    assert texts.get("t:only.english") == "English"
    assert texts.get("t:action.continue") == "Continuar"
    assert texts.get("t:action.done") == "Listo"
    assert Catalogues(folder).texts("fr").locale == "en"


def test_what_is_missing_is_readable_and_reported(folder: Path) -> None:
    missing: list[tuple[str, str]] = []
    texts = Catalogues(folder, missing=lambda *told: missing.append(told)).texts("en")
    assert texts.get("t:pay.where_to.title") == "Where to"
    assert texts.get("t:alone") == "Alone"
    assert missing == [("en", "t:pay.where_to.title"), ("en", "t:alone")]
    assert texts.find("t:pay.where_to.title") is None
    assert texts.find("t:pay.title", attribute="why") is None


def test_what_is_there_in_another_language_only_is_reported_each_time(folder: Path) -> None:
    (folder / "es-MX.ftl").write_text("")
    missing: list[tuple[str, str]] = []
    catalogues = Catalogues(folder, missing=lambda *told: missing.append(told))
    mexico = catalogues.texts("es-MX")
    assert mexico.get("t:pay.when", {"on": "2026-11-17"}) == "El 17 de noviembre"
    assert missing == [], "Spanish is Mexico's language, too"
    assert [mexico.get("t:only.english") for _ in range(2)] == ["English", "English"]
    assert mexico.get("t:action.done") == "Listo", "Warmline's own words are Spanish, too"
    assert missing == [("es-MX", "t:only.english")] * 2
    assert mexico.find("t:nowhere", attribute="hint") is None
    assert catalogues.texts("en").get("t:only.english") == "English"
    assert len(missing) == 2, "English has its words, and a hint is not needed"


def test_right_to_left_isolates_what_is_inserted(folder: Path) -> None:
    found = Catalogues(folder).texts("ar").get("t:pay.title", {"amount": "EUR"})
    assert found == "ادفع \u2068EUR\u2069"


def test_a_catalogue_that_cannot_be_read_names_its_line(folder: Path) -> None:
    (folder / "en.ftl").write_text("a = b\nthis is no message\n")
    with pytest.raises(BadCatalogue, match=r"en\.ftl, line 2") as refused:
        Catalogues(folder)
    assert refused.value.line == 2


def test_a_hostile_key_finds_nothing(folder: Path) -> None:
    texts = Catalogues(folder).texts("en")
    for key in ("only-english", "t:", "t:-term", "t:pay.title.x{", "t:a b", "t:__class__"):
        assert texts.find(key) is None


def test_the_bank_has_words_for_everything_its_flow_names() -> None:
    texts = english()
    source = (BANK / "flows" / "activate_debit_card.yaml").read_text()
    keys = {word.strip(",}\"'") for word in source.split() if word.startswith("t:")}
    own_text = {"ask_digits", "already_active"}
    keys |= {f"t:activate.{name}" for name in bank_flow().steps.keys() - own_text}
    assert len(keys) > 10
    assert [key for key in sorted(keys) if texts.find(key) is None] == []
