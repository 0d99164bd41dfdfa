"""What the app shows, as a whole and as changes."""

import time
from typing import Any

import pytest

from app.conversation.capsule import BadChange, Capsule, Change, capsule, change, changed, merge
from app.conversation.context import MAX_ACTIONS, Action, AppState
from app.conversation.redaction import LARGEST, TooLarge
from tests.contract.people import NOON


def did(name: str) -> Action:
    return Action(at=NOON, name=name)


@pytest.mark.parametrize(
    ("target", "patch", "merged"),
    [  # the examples of RFC 7396, appendix A
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge(target: Any, patch: Any, merged: Any) -> None:
    assert merge(target, patch) == merged


def test_a_change_holds_no_secret_either() -> None:
    new = change({"fields": {"pin": "9173", "note": "4111 1111 1111 1111"}}, (), whole=False)
    assert new.patch == {"fields": {"note": "•••• 1111"}}


def test_changes_lead_where_the_app_is() -> None:
    before = capsule(AppState(screen="card", fields={"step": "a", "note": "x"}), (did("one"),))
    new = change({"screen": "done", "fields": {"note": None}}, (did("two"),), whole=False)
    after = changed(before, new)
    assert after.app_state == AppState(screen="done", fields={"step": "a"})
    assert [one.name for one in after.actions] == ["one", "two"]
    whole = changed(after, change({"screen": "home"}, (), whole=True))
    assert (whole.app_state, whole.actions) == (AppState(screen="home"), ())


def test_the_newest_actions_are_kept() -> None:
    here = Capsule()
    for number in range(MAX_ACTIONS + 5):
        here = changed(here, change({}, (did(str(number)),), whole=False))
    assert len(here.actions) == MAX_ACTIONS
    assert here.actions[-1].name == str(MAX_ACTIONS + 4)


def test_a_change_after_which_it_is_no_app_state_is_refused() -> None:
    with pytest.raises(BadChange):
        changed(Capsule(), change({"screen": 5}, (), whole=False))
    with pytest.raises(BadChange):
        changed(Capsule(), change({"page": {}}, (), whole=False))


def test_it_is_too_large_as_a_whole() -> None:
    half = "x " * (LARGEST // 3)
    action = Action(at=NOON, name="tap", detail={"text": half})
    capsule(AppState(), (action,))
    with pytest.raises(TooLarge, match="256 KiB"):
        capsule(AppState(fields={"note": half}), (action,))


def test_small_changes_do_not_make_it_too_large() -> None:
    here = Capsule()
    for number in range(LARGEST // 8_000):
        here = changed(here, _note(number))
    with pytest.raises(TooLarge, match="/app_state"):
        changed(here, _note(-1))


def _note(number: int) -> Change:
    text = {"note": {f"n{number}": {"text": "x " * 4_000}}}
    return change({"fields": text}, (), whole=False)


def test_too_deep_is_refused_with_its_place() -> None:
    deep: Any = "x"
    for _ in range(10):
        deep = {"note": deep}
    with pytest.raises(TooLarge, match="deeper than 8 levels") as refused:
        capsule(AppState(fields=deep), ())
    assert refused.value.place.startswith("/app_state/fields/note/note")


@pytest.mark.parametrize("text", ["4 ", "4242-", "4.", "DE89 ", "7  ", "pin "])
def test_the_work_grows_with_the_size_alone(text: str) -> None:
    """Four times the text takes about four times as long, not sixteen."""
    small, large = (_seconds(text * (size // len(text))) for size in (60_000, 240_000))
    assert large < 9 * small + 0.05


def _seconds(text: str) -> float:
    began = time.process_time()
    capsule(AppState(fields={"note": text}), ())
    return time.process_time() - began
