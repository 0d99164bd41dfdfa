"""How often may somebody do it?"""

import pytest

from app.auth import allowance
from app.auth.allowance import Allowance, TooOften
from app.auth.doorkeeper import (
    PASSWORDS_FROM_ANYWHERE,
    PASSWORDS_PER_ADDRESS,
    PASSWORDS_PER_EMAIL,
    Doorkeeper,
    _neighbourhood,
)


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_so_many_at_once_then_one_every_so_often() -> None:
    clock = Clock()
    some = Allowance(3, 10.0, clock)
    for _ in range(3):
        some.take("a")
    with pytest.raises(TooOften) as refused:
        some.take("a")
    assert refused.value.retry_after_s == 10
    some.take("b")
    clock.now += 10
    some.take("a")
    with pytest.raises(TooOften):
        some.take("a")
    clock.now += 30
    for _ in range(3):
        some.take("a")


def test_whoever_knocks_in_vain_does_not_wait_longer() -> None:
    clock = Clock()
    some = Allowance(1, 10.0, clock)
    some.take("a")
    for _ in range(100):
        with pytest.raises(TooOften):
            some.take("a")
    clock.now += 10
    some.take("a")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "MOST_KEYS", 5)
    some = Allowance(1, 10.0, Clock())
    for number in range(20):
        some.take(str(number))
    assert len(some._whole_at) == 5


def test_a_household_has_one_network() -> None:
    assert _neighbourhood("2001:db8::1") == _neighbourhood("2001:db8::ffff")
    assert _neighbourhood("2001:db8::1") != _neighbourhood("2001:db8:0:1::1")
    assert _neighbourhood("::ffff:192.0.2.1") == "192.0.2.1"
    assert _neighbourhood("192.0.2.1") != _neighbourhood("192.0.2.2")
    assert _neighbourhood("") == ""


def test_passwords_are_tried_so_often_from_one_address_whoever_they_are_of() -> None:
    doorkeeper = Doorkeeper()
    for number in range(PASSWORDS_PER_ADDRESS[0]):
        doorkeeper.password("192.0.2.1", f"{number}@bank.example")
    with pytest.raises(TooOften):
        doorkeeper.password("192.0.2.1", "ines@bank.example")
    doorkeeper.password("192.0.2.2", "ines@bank.example")


def test_somebody_elsewhere_keeps_nobody_out_with_a_few_passwords() -> None:
    doorkeeper = Doorkeeper()
    for _ in range(PASSWORDS_PER_EMAIL[0]):
        doorkeeper.password("192.0.2.1", "ines@bank.example")
    with pytest.raises(TooOften):
        doorkeeper.password("192.0.2.1", "ines@bank.example")
    for number in range(PASSWORDS_FROM_ANYWHERE[0] - PASSWORDS_PER_EMAIL[0]):
        doorkeeper.password(f"198.51.{number}.1", "ines@bank.example")
    with pytest.raises(TooOften):
        doorkeeper.password("192.0.2.2", "ines@bank.example")
