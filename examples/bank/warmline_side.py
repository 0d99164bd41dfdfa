"""What does the bank do when Warmline asks, signed?"""

from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from examples.acting import Do, answered, performed, signed
from examples.answer_book import Answer
from examples.bank.actions import READS, WRITES, Act
from examples.bank.bank import Bank
from examples.bank.case_files import fetch_all
from examples.bank.faults import Fault

HttpRequest = Request[Any, Any, Any]


class CodeMessage(msgspec.Struct, frozen=True, kw_only=True):
    """The body of POST /codes; `purpose` is what the customer is about to do, in few words."""

    customer: str
    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4,10}$")]
    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


@post("/actions/{name:str}")
async def act(
    request: HttpRequest, name: FromPath[str], bank: NamedDependency[Bank]
) -> Response[bytes]:
    answer = await performed(
        request, name, bank, bank.books, _with_books(READS, bank), _with_books(WRITES, bank)
    )
    if name == "disputes.open":
        answer.background = BackgroundTask(fetch_all, bank.books)
    return answer


@post("/codes")
async def send_code(request: HttpRequest, bank: NamedDependency[Bank]) -> Response[bytes]:
    webhook_id, body = await signed(request, bank)
    message = msgspec.json.decode(body, type=CodeMessage)
    person = bank.customer(message.customer)

    def send() -> Answer:
        text = (
            f"{message.code} is your Harbour Bank code for “{message.purpose}”. "
            "Nobody from the bank will ever ask you for it."
        )
        bank.books.send_message(webhook_id, person.id, text, message.code, bank.now())
        return Answer(202, msgspec.json.encode({"result": {"channel": person.codes}}))

    return await answered(request, bank.faults.next("codes"), send)


@post("/faults", status_code=204)
async def plan_fault(data: JSONBody[Fault], bank: NamedDependency[Bank]) -> None:
    bank.faults.plan(data)


WARMLINE_SIDE: list[ControllerRouterHandler] = [act, send_code]


def _with_books(acts: dict[str, Act], bank: Bank) -> dict[str, Do]:
    return {name: partial(act, bank.books, bank.today()) for name, act in acts.items()}
