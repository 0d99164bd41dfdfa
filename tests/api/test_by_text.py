"""The same run goes on in words."""

from typing import Any

from tests.api.company import Company, SignedInCustomer


async def say(who: SignedInCustomer, at: Any, text: str, **more: Any) -> Any:
    body = {"rev": at["rev"], "text": text}
    return await who.do(f"/v1/runs/{at['run_id']}/text", body, **more)


async def test_a_card_is_activated_in_words(company: Company, maya: SignedInCustomer) -> None:
    first = await maya.start()
    asked = await maya.read(f"/v1/runs/{first['run_id']}/text")
    assert (asked["rev"], asked["outcome"]) == (first["rev"], "shown")
    assert "Answer in 2 lines" in asked["text"]
    code = await say(maya, asked, "4417\n11/30")
    assert (code["outcome"], code["step"]) == ("answered", "prove_identity")
    done = await say(maya, code, company.code())
    assert "active" in done["text"].lower()
    cards = {card.id: card.state for card in company.bank.bank.books.cards_of("maya")}
    assert cards["maya-debit"] == "active"


async def test_refused_and_unclear_words_are_told_and_ask_again(maya: SignedInCustomer) -> None:
    asked = await maya.start()
    unclear = await say(maya, asked, "what do you mean?")
    assert (unclear["outcome"], unclear["rev"]) == ("unclear", asked["rev"])
    refused = await say(maya, asked, "44\n11/30")
    assert (refused["outcome"], refused["rev"]) == ("refused", asked["rev"])
    assert refused["text"].startswith("It needs 4 digits.")
    assert "Answer in 2 lines" in refused["text"]


async def test_back_help_and_cancel(maya: SignedInCustomer) -> None:
    asked = await maya.start()
    code = await say(maya, asked, "4417\n11/30")
    back = await say(maya, code, "back")
    assert (back["outcome"], back["step"]) == ("back", "ask_digits")
    helped = await say(maya, back, "help")
    assert (helped["outcome"], helped["rev"]) == ("help", back["rev"])
    gone = await say(maya, back, "cancel")
    assert gone["outcome"] == "cancelled"
    assert (await maya.read(f"/v1/runs/{asked['run_id']}"))["status"] == "abandoned"


async def test_words_for_an_old_screen_and_words_said_twice(maya: SignedInCustomer) -> None:
    asked = await maya.start()
    key = {"Idempotency-Key": "said once"}
    code = await say(maya, asked, "4417\n11/30", headers=key)
    assert await say(maya, asked, "4417\n11/30", headers=key) == code
    path = f"/v1/runs/{asked['run_id']}/text"
    stale = await maya.post(path, {"rev": asked["rev"], "text": "4417\n11/30"})
    assert (stale.status_code, stale.json()["type"]) == (409, "/problems/run-moved-on")
    assert stale.json()["screen"]["rev"] == code["rev"]
    jonas = await maya.company.customer("jonas")
    assert (await jonas.get(path)).status_code == 404
    assert (await jonas.post(path, {"rev": 1, "text": "ok"})).status_code == 404
