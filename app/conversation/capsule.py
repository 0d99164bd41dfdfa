"""What of the app may be attached: redacted, at most 256 KiB and 8 levels deep as a whole.

A change is a JSON Merge Patch (RFC 7396) of the app state, and what the customer did meanwhile.
"""

from typing import Any

from msgspec import Struct, ValidationError, convert, json, to_builtins

from app.conversation.context import MAX_ACTIONS, Action, AppState
from app.conversation.redaction import check_size, redact


class BadChange(Exception):
    """With this change the app state would not be one."""


class Capsule(Struct, frozen=True, kw_only=True):
    """Holds no secret."""

    app_state: AppState = AppState()
    actions: tuple[Action, ...] = ()
    removed: tuple[str, ...] = ()
    """JSON pointers to what the redactor cleared."""


class Change(Struct, frozen=True, kw_only=True):
    """What is different since the last one; redacted."""

    whole: bool
    """It is no difference: what was there before is gone."""
    patch: dict[str, Any]
    actions: tuple[Action, ...]


def capsule(app_state: AppState, actions: tuple[Action, ...]) -> Capsule:
    """Raises TooLarge with the place. Of 256 KiB it takes a good part of a second."""
    found = redact(json.decode(json.encode({"app_state": app_state, "actions": actions})))
    return Capsule(
        app_state=convert(found.value["app_state"], AppState),
        actions=convert(found.value["actions"], tuple[Action, ...]),
        removed=found.removed,
    )


def change(patch: dict[str, Any], actions: tuple[Action, ...], *, whole: bool) -> Change:
    """Raises TooLarge with the place."""
    found = redact(json.decode(json.encode({"app_state": patch, "actions": actions}))).value
    return Change(
        whole=whole,
        patch=found["app_state"],
        actions=convert(found["actions"], tuple[Action, ...]),
    )


def changed(before: Capsule, change: Change) -> Capsule:
    """The capsule with the change; raises BadChange, TooLarge for what it would become."""
    state = {} if change.whole else to_builtins(before.app_state)
    merged = merge(state, change.patch)
    actions = change.actions if change.whole else (*before.actions, *change.actions)
    kept = actions[-MAX_ACTIONS:]
    check_size({"app_state": merged, "actions": to_builtins(kept)})
    try:
        return Capsule(app_state=convert(merged, AppState), actions=kept)
    except ValidationError as error:
        raise BadChange(str(error)) from None


def merge(target: Any, patch: Any) -> Any:
    """RFC 7396: null takes a member away, objects are merged, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged
