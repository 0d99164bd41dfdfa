"""The scenarios that ship keep every promise, and tell the same each time."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.simulator.report import Report

SCENARIOS = Path(__file__).parents[3] / "examples" / "scenarios"


def _simulated(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["simulate", str(path), *options])


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("name", "customers"), [("one_agent", 300), ("storm", 5_000), ("bank_monday", 10_000)]
)
def test_every_promise_holds(name: str, customers: int) -> None:
    result = _simulated(SCENARIOS / f"{name}.yaml", "--json")
    report = msgspec.json.decode(result.output, type=Report)
    assert [check for check in report.checks if not check.holds] == []
    assert len(report.checks) == 5
    assert result.exit_code == 0
    assert report.customers >= customers
    for one in report.queues:
        assert one.answered + one.left == one.asked


@pytest.mark.parametrize("seed", range(10, 16))
def test_the_wait_is_honest_on_other_days_too(seed: int) -> None:
    result = _simulated(SCENARIOS / "one_agent.yaml", "--seed", str(seed))
    assert result.exit_code == 0, result.output


def test_the_same_seed_tells_the_same() -> None:
    path = SCENARIOS / "one_agent.yaml"
    assert _simulated(path, "--json").output == _simulated(path, "--json").output
    assert _simulated(path).output != _simulated(path, "--seed", "99").output


def test_a_page_for_people() -> None:
    said = _simulated(SCENARIOS / "one_agent.yaml").output
    assert "One agent, seed 3" in said
    assert "ok    no agent is beyond capacity: never otherwise" in said
