"""Did a test come out as it expects? If not, in one sentence: why?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from selfservice.definition import Definition
from selfservice.effects import Escalate
from selfservice.screen import screen
from selfservice.testing.cases import Called, Case, Expected, Given, HandedOff, together
from selfservice.testing.playing import NotPlayed, Play, sent
from selfservice.texts import Texts


def why_not(definition: Definition, file: Given, case: Case, texts: Texts) -> str | None:
    """Why the test fails; None where it does not."""
    try:
        play = played(definition, file, case)
    except NotPlayed as error:
        return str(error)
    return next(_differences(play, case.expect, texts), None)


def played(definition: Definition, file: Given, case: Case) -> Play:
    """The run after everything that the test does. Raises NotPlayed."""
    play = Play(definition, together(file, case.given))
    for what in case.answers:
        play.act(what)
    return play


def _differences(play: Play, expect: Expected, texts: Texts) -> Iterator[str]:
    state = play.state
    if play.refused and expect.invalid is None:
        yield f"the last answer is refused: {_shown_refusals(play)}"
    if expect.invalid is not None:
        yield from _refusals(play, expect.invalid)
    if expect.step is not None and state.step != expect.step:
        yield f"the run is at `{state.step}`, not at `{expect.step}`"
    if expect.end is not None and state.outcome != expect.end:
        yield f"the outcome is {state.outcome or 'open'}, at `{state.step}`, not {expect.end}"
    if expect.handoff is not None:
        yield from _handoff(play, expect.handoff)
    shown = list(_words(msgspec.to_builtins(screen(play.definition, state, texts, play.now))))
    for text in expect.screen_has:
        if not any(text in one for one in shown):
            yield f"the screen does not say {text!r}"
    yield from _calls(play, expect.called)
    for name in expect.not_called:
        if any(call.name == name for call in play.performed):
            yield f"`{name}` was called"


def _refusals(play: Play, expected: dict[str, str | None]) -> Iterator[str]:
    for field, key in expected.items():
        found = play.refused.get(field)
        if found is None:
            yield f"`{field}` is not refused"
        elif key is not None and key != found.key:
            yield f"`{field}` is refused with {found.key}, not {key}"
    for field in sorted(play.refused.keys() - expected.keys()):
        yield f"`{field}` is refused, too: {play.refused[field].key}"


def _shown_refusals(play: Play) -> str:
    return ", ".join(f"{name} ({one.key})" for name, one in sorted(play.refused.items()))


def _handoff(play: Play, expected: HandedOff) -> Iterator[str]:
    asked = [effect for effect in play.effects if isinstance(effect, Escalate)]
    if not asked:
        yield "no human was asked for"
        return
    for name in HandedOff.__struct_fields__:
        wanted, found = getattr(expected, name), getattr(asked[-1], name)
        if wanted is not None and wanted != found:
            yield f"the {name} of the handoff is {found}, not {wanted}"


def _calls(play: Play, expected: tuple[Called, ...]) -> Iterator[str]:
    waiting = [(call.name, sent(call)) for call in play.performed]
    for wanted in expected:
        of_name = [given for name, given in waiting if name == wanted.action]
        while waiting and not _is_call(waiting[0], wanted):
            waiting.pop(0)
        if not waiting:
            last = f"; last with {_json(of_name[-1])}" if of_name else ""
            asked = f" with {_json(wanted.with_)}" if wanted.with_ else ""
            yield f"`{wanted.action}` was not called{asked}{last}"
            return
        waiting.pop(0)


def _is_call(found: tuple[str, dict[str, Any]], wanted: Called) -> bool:
    name, given = found
    return name == wanted.action and wanted.with_.items() <= given.items()


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _words(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _words(one)
        case list() | tuple():
            for one in value:
                yield from _words(one)
