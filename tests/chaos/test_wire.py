"""Does a client that only talks know every frame that it may be sent?"""

from typing import get_args

from app.api import frames
from tests.chaos import wire


def tags(union: object) -> set[object]:
    return {kind.__struct_config__.tag for kind in get_args(union)}


def test_no_frame_is_unknown() -> None:
    assert tags(wire.Heard) == tags(frames.ServerFrame)
