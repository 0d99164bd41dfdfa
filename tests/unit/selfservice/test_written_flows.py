"""Flows that use what the language has, written before it could load all of it."""

from __future__ import annotations

from pathlib import Path

from selfservice.language import Enter, Form, Return, TextField, UploadField
from selfservice.loading import load_all
from tests.unit.selfservice.driver import BANK

WRITTEN = Path(__file__).parents[2] / "data" / "written_flows"


def test_they_load_as_they_were_written() -> None:
    files = [BANK / "flows" / "activate_debit_card.yaml", *sorted(WRITTEN.glob("*.yaml"))]
    loaded = {one.flow: one for one, _ in load_all((path.name, path.read_text()) for path in files)}
    assert set(loaded) == {
        "activate_debit_card", "dispute_a_charge", "freeze_card", "where_is_my_order",
    }  # fmt: skip
    dispute = loaded["dispute_a_charge"]
    assert dispute.links == {"freeze_card": loaded["freeze_card"].version}
    assert isinstance(dispute.steps["freeze"], Enter)
    assert isinstance(dispute.steps["freeze/frozen"], Return)
    evidence = dispute.steps["evidence"]
    assert isinstance(evidence, Form)
    files_field, story = evidence.fields["files"], evidence.fields["story"]
    assert isinstance(files_field, UploadField)
    assert (files_field.max, files_field.max_mb) == (5, 10)
    assert files_field.fallback is not None
    assert story.retain == 90 * 86_400
    number = loaded["where_is_my_order"].steps["ask_number"]
    assert isinstance(number, Form)
    field = number.fields["number"]
    assert isinstance(field, TextField)
    assert field.pattern is not None
    assert field.pattern.matches("AB12345678")
