"""How does a person read the report?"""

from collections.abc import Iterator

from app.simulator.report import Report

_COLUMNS = (
    "queue",
    "asked",
    "away",
    "answered",
    "left",
    "p50 s",
    "p90 s",
    "in time %",
    "in shown %",
)


def page(report: Report) -> str:
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.name}, seed {report.seed}: {report.customers} customers"
    yield ""
    yield _row(_COLUMNS)
    for one in report.queues:
        yield _row(
            (
                one.queue,
                str(one.asked),
                str(one.turned_away),
                str(one.answered),
                str(one.left),
                f"{one.wait_p50_s:.0f}",
                f"{one.wait_p90_s:.0f}",
                f"{one.in_time_pct:.1f}",
                f"{one.within_shown_pct:.1f}",
            )
        )
    yield ""
    yield f"in time: answered within {report.service_level_s} s, of all who did not find it closed"
    yield f"left before anybody answered: {report.abandoned_pct} %"
    yield f"agents had somebody in hand for {report.occupancy_pct} % of their time"
    yield ""
    for check in report.checks:
        yield f"{'ok  ' if check.holds else 'FAIL'}  {check.what}: {check.found}"


def _row(cells: tuple[str, ...]) -> str:
    first, *others = cells
    return f"{first:12}" + "".join(f"{cell:>11}" for cell in others)
