"""The last line of a benchmark, and when it fails the command."""

import json

import pytest

from benchmarks.report import Goal, quantile, report

FIGURES = {"wait_ms": 120.0, "kept_pct": 99.5}


def said(capsys: pytest.CaptureFixture[str], *goals: Goal) -> tuple[int, list[dict[str, object]]]:
    code = report("wait", FIGURES, goals)
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["figures"] == FIGURES
    assert set(line) == {"name", "figures", "goals", "machine", "commit"}
    return code, line["goals"]


def test_a_goal_that_is_missed_is_told_and_fails_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, goals = said(capsys, Goal(figure="wait_ms", op="<=", goal=100))
    assert code == 0
    assert goals == [{"figure": "wait_ms", "op": "<=", "gate": None, "goal": 100, "met": False}]


@pytest.mark.parametrize(
    ("goal", "code", "met"),
    [
        (Goal(figure="wait_ms", op="<=", gate=119.9), 1, False),
        (Goal(figure="wait_ms", op="<=", gate=120), 0, True),
        (Goal(figure="wait_ms", op="<=", gate=150, goal=100), 0, False),
        (Goal(figure="kept_pct", op=">=", gate=99.9, goal=100), 1, False),
        (Goal(figure="kept_pct", op=">=", gate=99, goal=99.5), 0, True),
    ],
)
def test_a_missed_gate_fails_the_command(
    goal: Goal, code: int, met: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    returned, goals = said(capsys, goal)
    assert returned == code
    assert goals[0]["met"] is met


def test_quantiles_are_samples() -> None:
    samples = [float(number) for number in range(200, 0, -1)]
    assert quantile(samples, 0.5) == 100
    assert quantile(samples, 0.99) == 198
    assert quantile([7.0], 0.99) == 7
