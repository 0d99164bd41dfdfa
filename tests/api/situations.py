"""How things stand between a customer, an agent and a colleague when somebody does something."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct
from msgspec.structs import replace

from app.conversation.callback import TRIES
from app.ids import new_id
from push.notification import Notification, NotificationClass
from tests.api import passkeys, test_admin
from tests.api.company import DIGITS, Company, Person, SignedInAgent, SignedInCustomer
from tests.api.test_admin import described, lead, made
from tests.api.test_callbacks import ring_out, seen
from tests.api.test_calls import AN_ANSWER, AN_OFFER, connected, describe
from tests.api.test_idempotency import a_minute_later
from tests.api.test_participants import ask, joined
from tests.api.test_resting import read_long_ago
from tests.fixtures.authenticator import Authenticator
from tests.security.planted import TOMORROW


class Scene(Struct, kw_only=True):
    """Maya asks and Ines answers; Lou is of another queue and supervises."""

    company: Company
    maya: SignedInCustomer
    ines: SignedInAgent
    lou: SignedInAgent
    ids: dict[str, str]  # the path's word for it -> the id
    name: str = ""  # of an entry of the set-up, where it is not the one of ENTRIES
    admin: SignedInAgent | None = None
    seq: int = 0  # the message that it is about
    body: Any = None  # what fits only here

    @property
    def people(self) -> list[Person]:
        return [self.maya, self.ines, self.lou]

    @property
    def nobody(self) -> Person:
        return self.company.nobody

    @property
    def interaction(self) -> Any:
        return {"id": self.ids["interactions"]}


Situation = Callable[[Scene], Awaitable[object]]


async def scene_of(company: Company) -> Scene:
    maya = await company.customer()
    return Scene(
        company=company,
        maya=maya,
        ines=await company.agent(),
        lou=await company.agent("lou", ("loans",), roles=("agent", "supervisor")),
        ids={"conversations": maya.conversation},
    )


# --- before anybody is asked ---


async def at_rest(scene: Scene) -> None:
    """Nothing is open."""


async def in_a_flow(scene: Scene) -> None:
    screen = await scene.maya.start()
    scene.ids["runs"] = screen["run_id"]
    scene.body = {"rev": screen["rev"], "step": screen["step"], "values": DIGITS}


async def in_a_flow_to_leave(scene: Scene) -> None:
    scene.ids["runs"] = (await scene.maya.start())["run_id"]


async def at_the_code(scene: Scene) -> None:
    scene.ids["runs"] = (await scene.maya.with_code_asked())["run_id"]
    await a_minute_later(scene.company, UUID(scene.ids["runs"]))


async def at_the_code_to_go_back(scene: Scene) -> None:
    screen = await scene.maya.with_code_asked()
    scene.ids["runs"] = screen["run_id"]
    scene.body = {"rev": screen["rev"], "step": None}


async def at_a_form_in_words(scene: Scene) -> None:
    screen = await scene.maya.start()
    scene.ids["runs"] = screen["run_id"]
    scene.body = {"rev": screen["rev"], "text": "4417\n11/30"}


async def in_a_flow_read_long_ago(scene: Scene) -> None:
    scene.ids["runs"] = (await scene.maya.start())["run_id"]
    await read_long_ago(scene.company, UUID(scene.ids["runs"]))


async def proved_just_now(scene: Scene) -> None:
    await passkeys.proved(scene.company, scene.maya)


async def with_a_passkey_made(scene: Scene) -> None:
    """On the phone, which the server has not heard of yet."""
    await proved_just_now(scene)
    options = (await scene.maya.do(f"{passkeys.MINE}/options"))["public_key"]
    scene.body = {"name": "Phone", "credential": Authenticator().made(options)}


async def with_a_passkey(scene: Scene) -> None:
    await passkeys.with_passkey(scene.company, scene.maya)
    (one,) = (await scene.maya.read(passkeys.MINE))["items"]
    scene.ids["me"] = one["id"]


async def asked_for_a_passkey(scene: Scene) -> None:
    await passkeys.with_passkey(scene.company, scene.maya)
    scene.ids["runs"] = (await passkeys.asked(scene.maya))["run_id"]


async def with_a_passkey_signed(scene: Scene) -> None:
    phone = await passkeys.with_passkey(scene.company, scene.maya)
    screen = await passkeys.asked(scene.maya)
    said = phone.signed(await passkeys.options_of(scene.maya, screen))
    scene.ids["runs"] = screen["run_id"]
    scene.body = {"rev": screen["rev"], "step": screen["step"], "values": {"passkey": said}}


async def notified(scene: Scene) -> None:
    notification = Notification(
        id=new_id(),
        customer_id=UUID(scene.maya.id),
        class_=NotificationClass.FOLLOWUP,
        title="Is your card working?",
        body="Tell us.",
        link="#/",
        created_at=await scene.company.long_ago(),
    )
    async with scene.company.store.write() as work:
        await work.notifications.add(notification)
    scene.ids["notifications"] = str(notification.id)


async def planned(scene: Scene) -> None:
    """A callback for tomorrow."""
    scene.ids["callbacks"] = (await scene.maya.do("/v1/callbacks", TOMORROW))["id"]


async def missed(scene: Scene) -> None:
    """A callback that nobody answered, not even the last time."""
    callback = await scene.maya.do("/v1/callbacks", {"zone": "UTC"})
    scene.ids["callbacks"] = callback["id"]
    await scene.ines.accepted({"id": callback["interaction_id"]})
    async with scene.company.store.write() as work:
        last = await work.callbacks.get(UUID(callback["id"]))
        await work.callbacks.save(replace(last, tries=TRIES))
    await ring_out(scene.company, scene.maya)
    await seen(scene.maya, "callback", state="missed")


async def on_a_new_device(scene: Scene) -> None:
    """Where the customer asked for help without signing in."""
    await scene.company.for_anybody()
    guest = await scene.company.guest()
    await guest.ask()
    scene.body = {"token": scene.company.host_token(), "device_secret": guest.secret}


# --- the set-up ---


ENTRIES = test_admin.ENTRIES | {"queues": ("fraud", {"name": "fraud"}, {})}
"""Kind -> the name of one that is not there yet, it, and what else changes it."""


async def set_up(scene: Scene) -> SignedInAgent:
    """The queues are described, and somebody may change them."""
    scene.admin = admin = await lead(scene.company)
    await described(scene.company, "cards", "general", "loans")
    return admin


async def entered(scene: Scene) -> None:
    """One entry of each kind."""
    admin = await set_up(scene)
    for kind, (name, body, _) in ENTRIES.items():
        await made(admin, f"/v1/admin/{kind}/{name}", body)


async def in_the_set_up_and_live(scene: Scene) -> None:
    await live(scene)
    await set_up(scene)
    scene.name = "ines@bank.example"


async def in_the_set_up_with_a_colleague(scene: Scene) -> None:
    await colleague_there(scene)
    await set_up(scene)
    scene.name = "ines@bank.example"


# --- in the queue ---


async def waiting(scene: Scene) -> None:
    """Nobody is there."""
    await scene.ines.send("PUT", "/v1/me/presence", {"intent": "break"})
    scene.ids["interactions"] = (await scene.maya.ask("text", await scene.maya.start()))["id"]


async def offered(scene: Scene, channel: str = "text") -> None:
    asked = await scene.maya.ask(channel, await scene.maya.start())
    scene.ids["interactions"] = asked["id"]
    assert asked["id"] in await scene.ines.offers()


async def offered_by_voice(scene: Scene) -> None:
    await offered(scene, "voice")


async def offered_to_whoever_left(scene: Scene) -> None:
    await offered(scene)
    await scene.maya.did(scene.interaction, "notify")


# --- live ---


async def live(scene: Scene) -> None:
    """In a run, with a message and a note; `seq` is the customer's message."""
    await offered(scene)
    await scene.ines.did(scene.interaction, "accept")
    here = f"/v1/conversations/{scene.maya.conversation}/messages"
    said = await scene.maya.do(here, {"cmid": str(uuid4()), "text": "it says no"})
    scene.seq = said["seq"]
    await scene.ines.did(scene.interaction, "notes", {"text": "wrong digits"})


async def edited_once(scene: Scene) -> None:
    await live(scene)
    path = f"/v1/conversations/{scene.maya.conversation}/messages/{scene.seq}"
    body = {"cmid": str(uuid4()), "text": "it said no"}
    assert (await scene.maya.send("PUT", path, body)).is_success


async def questioned(scene: Scene) -> None:
    await live(scene)
    question = {"cmid": str(uuid4()), "prompt": "Really?", "kind": "yes_no"}
    here = f"/v1/conversations/{scene.maya.conversation}/asks"
    scene.seq = (await scene.ines.do(here, question))["seq"]


async def approval_asked(scene: Scene) -> None:
    await live(scene)
    asked = await scene.ines.did(scene.interaction, "approvals", {"what": "Change the address"})
    scene.ids["approvals"] = asked["id"]


async def approval_signed(scene: Scene) -> None:
    """By a passkey; the server has not heard of it yet."""
    phone = await passkeys.with_passkey(scene.company, scene.maya)
    await approval_asked(scene)
    options = await scene.maya.do(f"/v1/approvals/{scene.ids['approvals']}/passkey")
    scene.body = {"passkey": phone.signed(options["public_key"])}


async def approval_to_sign(scene: Scene) -> None:
    await passkeys.with_passkey(scene.company, scene.maya)
    await approval_asked(scene)


async def approval_with_a_code(scene: Scene) -> None:
    await approval_asked(scene)
    await scene.maya.do(f"/v1/approvals/{scene.ids['approvals']}/code")
    scene.body = {"code": scene.company.code()}


async def ringing(scene: Scene) -> None:
    """The customer's side has not offered yet."""
    await offered_by_voice(scene)
    await scene.ines.did(scene.interaction, "accept")
    call = (await scene.maya.me())["call"]
    scene.ids["calls"] = call["id"]
    scene.body = {"gen": call["wanted_gen"], "rev": call["wanted_rev"], "sdp": AN_OFFER}


async def call_offered(scene: Scene) -> None:
    await ringing(scene)
    call = (await scene.maya.me())["call"]
    assert (await describe(scene.maya, call, "offer")).status_code == 204
    scene.body |= {"sdp": AN_ANSWER}


async def in_call(scene: Scene) -> None:
    call = await connected(scene.company, scene.maya, scene.ines)
    scene.ids |= {"calls": call["id"], "interactions": call["interaction_id"]}


async def closing(scene: Scene) -> None:
    """Its end is announced."""
    await live(scene)
    await scene.ines.did(scene.interaction, "close")


# --- with a colleague ---


async def colleague_asked(scene: Scene, role: str = "consult") -> None:
    await live(scene)
    asked = await ask(scene.ines, scene.interaction, role, scene.lou)
    scene.ids["participants"] = asked["id"]


async def specialist_asked(scene: Scene) -> None:
    await colleague_asked(scene, "specialist")


async def colleague_there(scene: Scene) -> None:
    await live(scene)
    there = await joined(scene.ines, scene.lou, scene.interaction, "consult")
    scene.ids["participants"] = there["id"]


async def specialist_there(scene: Scene) -> None:
    await live(scene)
    there = await joined(scene.ines, scene.lou, scene.interaction, "specialist")
    scene.ids["participants"] = there["id"]


async def colleague_there_in_call(scene: Scene) -> None:
    await in_call(scene)
    there = await joined(scene.ines, scene.lou, scene.interaction, "consult")
    scene.ids["participants"] = there["id"]


# --- afterwards ---


async def paused(scene: Scene) -> None:
    await live(scene)
    await scene.maya.did(scene.interaction, "pause")


async def ended(scene: Scene) -> None:
    await live(scene)
    await scene.ines.did(scene.interaction, "end")


async def wrapped_up(scene: Scene) -> None:
    await ended(scene)
    await scene.ines.did(scene.interaction, "wrap-up", {"disposition": "not_solved"})
