"""A scenario that makes no sense is refused, with the place of what is wrong."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from app.cli import main
from app.simulator.scenario import load
from app.yaml_file import BadFile

FINE: dict[str, Any] = {
    "name": "A day",
    "day": "2026-05-04",
    "queues": [{"name": "cards", "hours": {"week": {"mon-fri": ["09:00-18:00"]}}}],
    "agents": [{"name": "ana", "queues": ["cards"], "shifts": ["09:00-17:00"]}],
    "arrivals": [
        {
            "queue": "cards",
            "per_hour": {"09:00": 10},
            "handle_s": {"p50": 60, "p90": 120},
            "patience_s": {"p50": 60, "p90": 120},
        }
    ],
}


def _with(path: str, value: Any) -> str:
    changed: Any = yaml.safe_load(yaml.safe_dump(FINE))
    *steps, last = [int(one) if one.isdigit() else one for one in path.split("/")]
    place = changed
    for step in steps:
        place = place[step]
    place[last] = value
    return yaml.safe_dump(changed)


def test_a_sensible_one_is_read() -> None:
    day = load(yaml.safe_dump(FINE), seed=7)
    assert (day.scenario.seed, list(day.queues)) == (7, ["cards"])


@pytest.mark.parametrize(
    ("path", "value", "place", "problem"),
    [
        ("zone", "Mars/Olympus", "zone", "there is no time zone 'Mars/Olympus'"),
        ("queues/0/typo", 1, "queues[0]", "unknown field `typo`"),
        ("queues/0/ageing", "fast", "queues[0].ageing", "Expected `float`, got `str`"),
        ("queues/0/hours/week", {"mon": ["9-18"]}, "queues[0].hours.week.mon[0]", "no time"),
        ("queues/0/hours/week", {"fri-mon": []}, "queues[0].hours.week.fri-mon", "backwards"),
        ("queues/0/hours/week", {"mo": []}, "queues[0].hours.week.mo", "neither a day"),
        ("queues/0/hours/week", {"mon": ["18:00-09:00"]}, "queues[0].hours.week.mon[0]", "two"),
        ("queues/0/hours/week", {"mon": [], "mon-tue": []}, "queues[0].hours.week.mon", "twice"),
        ("queues/0/overflow", {"queue": "x", "after_s": 1}, "queues[0].overflow.queue", "no queue"),
        ("queues/0/skills", {"fraud": 6}, "queues[0].skills[...]", "Expected `int` <= 5"),
        ("agents/0/queues", ["loans"], "agents[0].queues", "there is no queue loans"),
        ("agents/0/shifts", ["09:00"], "agents[0].shifts[0]", "no time of the day"),
        ("agents/0/declines", 2, "agents[0].declines", "Expected `float` <= 1"),
        ("arrivals/0/queue", "loans", "arrivals[0].queue", "there is no queue loans"),
        ("arrivals/0/per_hour", {"25:00": 1}, "arrivals[0].per_hour.25:00", "no time of the day"),
        ("arrivals/0/handle_s", {"p50": 9, "p90": 1}, "arrivals[0].handle_s", "p90 is below p50"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    path: str, value: Any, place: str, problem: str
) -> None:
    with pytest.raises(BadFile) as refused:
        load(_with(path, value))
    assert refused.value.place.startswith(place)
    assert problem in refused.value.problem


def test_booleans_are_those_of_yaml_1_2() -> None:
    day = load(yaml.safe_dump(FINE).replace("name: A day", "name: no"))
    assert day.scenario.name == "no"


def test_bad_syntax_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("name: a\nqueues: [\n")
    result = CliRunner().invoke(main, ["simulate", str(file)])
    assert result.exit_code == 1
    assert "broken.yaml: line 3" in result.output
