"""The journey of the demo, scene by scene: from the bank's app to a person and back.

Every scene does something and looks whether it really happened; a scene that does not come true
raises. Names: Maya is the customer, Tom and Ines are agents.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from app.api.conversations import Events
from app.api.wire import CallView, InteractionView
from app.conversation.interaction import Channel, State
from app.conversation.people import Intent
from app.demo.agent import Agent
from app.demo.agents import PASSWORD
from app.demo.client import PATIENCE_S
from app.demo.customer import Customer
from app.demo.leaks import places_of
from app.demo.transcript import Transcript
from rtc.call import CallState
from rtc.peer import PeerStats
from selfservice.state import Status

FLOW, CARD = "activate_debit_card", "maya-debit"
WRONG_DIGITS = ("4471", "4477")
CARD_NUMBER = "4111 1111 1111 1111"
"""Passes for a card number everywhere (its check digit fits) and belongs to nobody."""

FRAMES = 30
MEDIA_WITHIN_S = 15.0


class Untrue(Exception):
    """A scene went through, but not as it should."""

    def __init__(self, what: str, seen: object) -> None:
        super().__init__(f"expected {what}; seen: {seen}")


class Cast:
    """Everybody in the journey, and what they have come to know."""

    def __init__(
        self,
        maya: Customer,
        tom: Agent,
        ines: Agent,
        tasks: asyncio.TaskGroup,
        transcript: Transcript,
        database_url: str,
        folder: Path,
    ) -> None:
        self.maya, self.tom, self.ines = maya, tom, ines
        self.tasks = tasks
        self.tell = transcript.tell
        self.database_url = database_url
        self.folder = folder
        self.said: list[str] = []
        self.interaction_id = UUID(int=0)

    async def say(self, who: Customer | Agent, text: str) -> None:
        """Returns once it is stored."""
        async with asyncio.timeout(PATIENCE_S * 2):
            await who.client.say(self.maya.conversation_id, text)
        self.said.append(text)


Scene = Callable[[Cast], Awaitable[None]]


def expect(holds: object, what: str, seen: object) -> None:
    if not holds:
        raise Untrue(what, seen)


# --- alone ------------------------------------------------------------------------------------


async def maya_signs_in(cast: Cast) -> None:
    await cast.maya.sign_in(cast.tasks)
    await cast.maya.register_handset()
    cast.tell("Maya", f"signs in with a token of the bank, as {cast.maya.me.customer.name}")


async def maya_starts_alone(cast: Cast) -> None:
    screen = await cast.maya.start(FLOW, {"card_id": CARD})
    expect(screen.step == "ask_digits", "to be asked for the digits", screen)
    cast.tell("Maya", f"starts “{screen.flow_title}”: {screen.title}")


async def the_digits_are_refused_twice(cast: Cast) -> None:
    for last4 in WRONG_DIGITS:
        await _enter_digits(cast, last4)
        notice = cast.maya.run.notice
        expect(notice and notice.code == "DIGITS_MISMATCH", "refused digits", cast.maya.run)
        cast.tell("Bank", f"refuses the digits {last4}: {notice.text if notice else ''}")
    expect(cast.maya.run.nudge, "a nudge to do it together", cast.maya.run)


async def _enter_digits(cast: Cast, last4: str) -> None:
    """The date is right; a code is asked for unless one was entered a moment ago."""
    expiry = cast.maya.bank.card_in_hand(CARD).expiry
    screen = await cast.maya.answer({"last4": last4, "expiry": expiry})
    if screen.kind == "code":
        code = await cast.maya.bank.newest_code()
        expect(code, "a text message with a code", "none")
        cast.tell("Bank", f"sends the code {code} by text message")
        await cast.maya.answer({"code": code})


# --- asking for a human -----------------------------------------------------------------------


async def tom_takes_up_work(cast: Cast) -> None:
    await cast.tom.sign_in(PASSWORD, cast.tasks)
    await cast.tom.be(Intent.AVAILABLE)
    cast.tell("Tom", "signs in at the desk and is available")


async def maya_asks_for_help(cast: Cast) -> None:
    run = cast.maya.run
    options = await cast.maya.help_options(run.run_id)
    expect(options.open, "somebody to be there", options)
    shared = "; ".join(share.text for share in options.shares)
    cast.tell("Maya", f"opens help: text {options.channels[0].label.lower()}; shares {shared}")
    asked = await cast.maya.ask_for_help(
        Channel.TEXT, run_id=run.run_id, app_state=_app_state(run.title), actions=_actions()
    )
    cast.interaction_id = asked.id
    expect(asked.place == 1 and asked.wait, "the first place in the queue, and a wait", asked)
    cast.tell("Maya", f"asks for a person by text: place {asked.place}")
    status = (await cast.maya.open_run()).status
    expect(status is Status.WITH_HUMAN, "the run to be marked as with a human", status)


def _app_state(screen: str) -> dict[str, object]:
    """Somebody in trouble types the card number wherever it fits."""
    typed = {"card_id": CARD, "card_number": CARD_NUMBER, "note": f"it says {CARD_NUMBER}"}
    return {
        "screen": screen,
        "fields": typed,
        "errors": [f"{CARD_NUMBER.replace(' ', '')} is not four digits"],
        "device": {"os": "Android", "os_version": "16"},
        "network": {"effective_type": "4g"},
    }


def _actions() -> list[dict[str, object]]:
    return [{"at": datetime.now(UTC), "name": "typed", "detail": {"text": CARD_NUMBER}}]


async def tom_declines(cast: Cast) -> None:
    offer = await cast.tom.offered(cast.interaction_id)
    cast.tell("Tom", f"is offered “{offer.interaction.why_now}”")
    expect("digits refused twice" in offer.interaction.why_now, "the reason in one line", offer)
    await cast.ines.sign_in(PASSWORD, cast.tasks)
    await cast.ines.be(Intent.AVAILABLE)
    await cast.tom.decline(cast.interaction_id, "on the way to lunch")
    again = await cast.ines.offered(cast.interaction_id)
    waits = cast.maya.me.interaction
    expect(
        again.interaction.enqueued_at == offer.interaction.enqueued_at
        and waits is not None
        and waits.place == 1,
        "the same place in the queue",
        waits,
    )
    cast.tell("Tom", "declines; Maya keeps her place and Ines is offered her")


async def ines_accepts(cast: Cast) -> None:
    await cast.ines.offered(cast.interaction_id)
    accepted = await cast.ines.accept(cast.interaction_id)
    expect(accepted.state is State.LIVE, "a live interaction", accepted)
    agent = await cast.maya.client.until("Ines at Maya's phone", lambda: _agent_of(cast.maya))
    cast.tell("Ines", f"accepts; Maya reads “{agent} is here”")


def _agent_of(maya: Customer) -> str | None:
    shown = maya.me.interaction
    return shown.agent.name if shown and shown.agent and shown.state is State.LIVE else None


async def ines_sees_what_failed(cast: Cast) -> None:
    context = await cast.ines.context(cast.interaction_id)
    run = await cast.ines.run(cast.interaction_id)
    failed = [step for step in run.path if step.state == "failed"]
    expect(failed and len(run.failures) == 2, "the failed step with its two failures", run)
    cast.tell("Ines", f"sees that “{failed[0].title}” failed {len(run.failures)} times")
    seen = msgspec.json.encode([context, run]).decode()
    secrets = [CARD_NUMBER, CARD_NUMBER.replace(" ", ""), *WRONG_DIGITS]
    expect(not any(one in seen for one in secrets), "no card number and no digits", seen)
    expect(context.app_state.device.get("os") == "Android", "the device", context.app_state)


# --- together ---------------------------------------------------------------------------------


async def they_write(cast: Cast) -> None:
    await _writes(cast, cast.ines, "Hello Maya, I see where you are. Is it the new card?")
    await _writes(cast, cast.maya, "I think so. It came last week.")
    await cast.maya.client.say(cast.maya.conversation_id, f"The long number is {CARD_NUMBER}.")
    read = await cast.ines.client.until("a third message", lambda: _texts_of(cast, cast.ines)[2:])
    expect(CARD_NUMBER not in read[0], "a message without the card number", read)
    cast.tell("Ines", f"reads of the number she typed: {read[0]}")


async def _writes(cast: Cast, who: Customer | Agent, text: str) -> None:
    await cast.say(who, text)
    reader = cast.ines if who is cast.maya else cast.maya
    await reader.client.until(f"“{text}”", lambda: text in _texts_of(cast, reader))
    cast.tell(who.name, f"writes: {text}")


def _texts_of(cast: Cast, who: Customer | Agent) -> list[str]:
    events = who.events() if isinstance(who, Customer) else who.events(cast.maya.conversation_id)
    return [event.body["text"] for event in events if event.kind == "message"]


async def they_talk(cast: Cast) -> None:
    await cast.maya.change_channel(cast.interaction_id, Channel.VOICE)
    await connected(cast, video=False)
    maya, ines = await both_hear(cast, frames=0)
    cast.tell("Maya", f"calls; both hear each other ({_sound(maya, ines)})")


async def they_see_each_other(cast: Cast) -> None:
    await cast.ines.change_channel(cast.interaction_id, Channel.VIDEO)
    await connected(cast, video=True)
    maya, ines = await both_hear(cast, frames=FRAMES)
    cast.tell("Ines", f"adds video; {_pictures(maya, ines)}")


def _sound(maya: PeerStats, ines: PeerStats) -> str:
    return f"energy {maya.audio_energy:.0f} and {ines.audio_energy:.0f}"


def _pictures(maya: PeerStats, ines: PeerStats) -> str:
    return f"pictures decoded: {maya.frames} on the phone, {ines.frames} at the desk"


async def connected(cast: Cast, *, video: bool, after_gen: int = 0) -> None:
    """Until both sides are told so."""

    def up(call: CallView | None) -> bool:
        wanted = call and call.video is video and call.gen > after_gen
        return bool(wanted and call and call.state is CallState.CONNECTED)

    async def told(who: Customer | Agent) -> None:
        await who.client.until("a connected call", lambda: up(who.call()), MEDIA_WITHIN_S)

    await asyncio.gather(told(cast.maya), told(cast.ines))


async def both_hear(cast: Cast, *, frames: int) -> tuple[PeerStats, PeerStats]:
    return await asyncio.gather(
        cast.maya.talk.hears(frames=frames, within_s=MEDIA_WITHIN_S),
        cast.ines.talk.hears(frames=frames, within_s=MEDIA_WITHIN_S),
    )


async def ines_notes(cast: Cast) -> None:
    note = "Read the digits off the old card."
    await cast.ines.note(cast.interaction_id, note)
    await cast.ines.client.until("the note", lambda: note in _notes(cast))
    await _writes(cast, cast.ines, "Those are the old card's digits. The new one ends otherwise.")
    kinds = {event.kind for event in cast.maya.events()}
    expect("note" not in kinds and cast.maya.client.syncs == 0, "no trace of the note", kinds)
    cast.tell("Ines", f"notes, for agents only: {note}")


def _notes(cast: Cast) -> list[str]:
    events = cast.ines.events(cast.maya.conversation_id)
    return [event.body["text"] for event in events if event.kind == "note"]


# --- alone again ------------------------------------------------------------------------------


async def ines_hands_back(cast: Cast) -> None:
    await cast.ines.hand_back(cast.interaction_id)
    screen = await cast.maya.open_run()
    expect(screen.status is Status.ACTIVE and screen.step == "ask_digits", "the run back", screen)
    await cast.ines.end(cast.interaction_id)
    await cast.maya.client.until("the end of the call", lambda: cast.maya.call() is None)
    cast.tell("Ines", f"hands back at “{screen.title}” and ends the conversation")


async def maya_finishes_alone(cast: Cast) -> None:
    await cast.maya.open_run()
    await _enter_digits(cast, cast.maya.bank.card_in_hand(CARD).last4)
    screen = cast.maya.run
    expect(screen.outcome == "solved", "the flow to be solved", screen)
    status = await cast.maya.bank.status_of(CARD)
    expect(status == "active", "the bank to have activated the card", status)
    cast.tell("Maya", f"enters the right digits: {screen.title}; the bank says {status}")


async def ines_wraps_up(cast: Cast) -> None:
    await nothing_is_lost(cast, cast.ines)
    await cast.ines.wrap_up(cast.interaction_id, "customer_goes_on", "Done by herself.")
    closed = await _interaction(cast, cast.ines)
    expect(closed.state is State.CLOSED, "a closed interaction", closed)
    cast.tell("Ines", f"wraps up: {closed.disposition}")


async def maya_rates(cast: Cast) -> None:
    await cast.maya.rate(cast.interaction_id, 5, "Nobody asked me twice.")
    rated = await _interaction(cast)
    expect(rated.rating == 5, "five stars", rated)
    await nothing_is_lost(cast, cast.maya)
    cast.tell("Maya", "rates it 5 of 5")


async def _interaction(cast: Cast, seen_by: Customer | Agent | None = None) -> InteractionView:
    path = f"/v1/interactions/{cast.interaction_id}"
    return await (seen_by or cast.maya).http.get(path, InteractionView)


async def nothing_is_lost(cast: Cast, who: Customer | Agent) -> None:
    """What was read live is what is stored, and each message is in it once."""
    path = f"/v1/conversations/{cast.maya.conversation_id}/events?limit=500"
    stored = await who.http.get(path, Events)
    log = who.client.logs[cast.maya.conversation_id]
    await who.client.until("the end of the log", lambda: log.cursor >= stored.upto)
    live, kept = [one.seq for one in log.events], [one.seq for one in stored.items]
    expect(live[: len(kept)] == kept, f"the stored log at {who.name}'s", (live, kept))
    texts = _texts_of(cast, who)
    expect(all(texts.count(one) == 1 for one in cast.said), "each message once", texts)


# --- afterwards -------------------------------------------------------------------------------


async def the_follow_up_arrives(cast: Cast) -> None:
    pushed = await cast.maya.handset.receives()
    expect("Ines" not in str(pushed.data), "ids and no text on the way", pushed)
    notification = await cast.maya.fetch_notification(pushed.data["notification_id"])
    await cast.maya.confirm_notification(pushed.data["notification_id"])
    expect("Ines" in notification.body, "the agent's name in the text", notification)
    cast.tell("Phone", f"shows “{notification.title}: {notification.body}”")


async def the_card_number_is_nowhere(cast: Cast) -> None:
    control = await places_of(cast.said[0], cast.database_url, cast.folder)
    expect("event" in control, "the search to find what was said", control)
    places = await places_of(CARD_NUMBER, cast.database_url, cast.folder)
    expect(not places, "the card number nowhere", places)
    cast.tell("Bank", "finds the card number in no table, no file and no log")


async def the_server_complained_of_nothing(cast: Cast) -> None:
    lines = (cast.folder / "server.log").read_text().splitlines()
    bad = [line for line in lines if '"level": "error"' in line or "Traceback" in line]
    expect(lines and not bad, "a log without errors", bad[:3])
    cast.tell("Server", "logged no error")


JOURNEY: tuple[Scene, ...] = (
    maya_signs_in,
    maya_starts_alone,
    the_digits_are_refused_twice,
    tom_takes_up_work,
    maya_asks_for_help,
    tom_declines,
    ines_accepts,
    ines_sees_what_failed,
    they_write,
    they_talk,
    they_see_each_other,
    ines_notes,
    ines_hands_back,
    maya_finishes_alone,
    ines_wraps_up,
    maya_rates,
    the_follow_up_arrives,
    the_card_number_is_nowhere,
    the_server_complained_of_nothing,
)
