"""The ceiling of benchmarks.steps runs the statements that an answer over HTTP runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event

from app.catalogue import Catalogue
from app.egress import Egress
from app.kept import Once
from app.passkeys.relying_party import RelyingParty
from app.runs.back_end import BackEnd
from app.runs.client import Client
from app.runs.file_links import FileLinks
from app.runs.log import RunLog
from app.runs.self_service import SelfService
from app.store.engine import open_database
from app.store.sql import SqlStore
from app.vault import Vault
from benchmarks import step_ceiling
from benchmarks.step_flow import write_flow
from selfservice.texts import Catalogues

CLIENT = Client(sign_in=b"of nobody")


@contextmanager
def statements() -> Iterator[list[str]]:
    found: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        found.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_the_ceiling_runs_the_same_statements(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'w.db'}"
    if kind == "postgres":
        url = request.getfixturevalue("postgres_url")
    flows = tmp_path / "flows"
    write_flow(flows)
    await step_ceiling.prepare(url, 1, flows)
    ((seat, run_id),) = step_ceiling.places(url)
    database = open_database(url)
    store = SqlStore(database, lambda topics: None)
    words, catalogue = Catalogues(tmp_path), Catalogue()
    runs, vault = RunLog(catalogue, words), Vault("x" * 40)
    egress = Egress("http://127.0.0.1:9", "whsec_" + "A" * 32, ["127.0.0.0/8"])
    links = FileLinks(vault.link_key, "")
    back_end = BackEnd(store, runs, words, vault, egress, links)
    party = RelyingParty("localhost", [])
    service = SelfService(store, runs, words, vault, back_end, party)
    try:
        await catalogue.refresh(store)
        async with store.read() as work:
            run = await runs.get(work, run_id)
            customer = await work.customers.get(run.row.customer_id)
        once = Once(store, customer.id, str(uuid4()), b"x" * 32)
        step = run.state.step
        with statements() as ours:
            given = {step: "yes"}
            await service.answer(once, customer, CLIENT, run_id, run.state.rev, step, given)
        place = step_ceiling.Place(seat.token, run_id)
        with statements() as theirs:
            await step_ceiling.store_step(store, place)
    finally:
        await database.close()
    # Who calls is found out before: the time, the token and the customer.
    before, answering = theirs[: -len(ours)], theirs[-len(ours) :]
    assert answering == ours
    assert ["FROM sign_in" in before[-2], "FROM customer" in before[-1]] == [True, True]
