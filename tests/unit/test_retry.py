"""A transaction that was overtaken is done again, a few times."""

import pytest

from app.conversation.errors import NotFound, Stale
from app.retry import TRIES, retried


def overtaken(times: int) -> list[Exception]:
    return [Stale("run") for _ in range(times)]


async def outcome(errors: list[Exception]) -> str:
    @retried
    async def act(word: str) -> str:
        if errors:
            raise errors.pop()
        return word

    return await act("done")


@pytest.mark.parametrize("times", range(TRIES))
async def test_it_is_done_again_until_nobody_is_faster(times: int) -> None:
    assert await outcome(overtaken(times)) == "done"


async def test_somebody_who_is_always_faster_wins() -> None:
    errors = overtaken(TRIES + 1)
    with pytest.raises(Stale):
        await outcome(errors)
    assert len(errors) == 1


async def test_another_error_is_not_tried_again() -> None:
    errors: list[Exception] = [Stale("run"), NotFound("run")]
    with pytest.raises(NotFound):
        await outcome(errors)
    assert len(errors) == 1
