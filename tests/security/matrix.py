"""Does everybody get at what is theirs, and nobody at anything else?

    python -m tests.security.matrix [--json]

Every route and every frame of the running server is asked for by every kind of caller, with the
things of one customer. What the table of permissions allows must not be refused, the rest must be
refused as documented, and no answer to a stranger holds what was planted in that customer's data.
"""

import asyncio
import logging
import sys

import click
from msgspec import Struct

from benchmarks.report import Goal, report
from tests.api.alone import company_alone
from tests.api.company import Company
from tests.security.findings import Findings
from tests.security.http_matrix import HttpMatrix
from tests.security.live_matrix import LiveMatrix
from tests.security.people import everybody
from tests.security.planted import WITH_FLOW, plant

GOALS = [Goal(figure=name, op="<=", gate=0) for name in ("uncovered", "leaks", "wrong", "unseen")]


class Walked(Struct, frozen=True, kw_only=True):
    findings: Findings
    routes: int
    roles: int
    repeated: int

    @property
    def figures(self) -> dict[str, float]:
        found = self.findings
        return {
            "routes": self.routes,
            "roles": self.roles,
            "uncovered": len(found.uncovered),
            "leaks": len(found.leaks),
            "wrong": len(found.wrong),
            "unseen": len(found.unseen),
            "repeated": self.repeated,
            "answers": sum(found.asked.values()),
        }


async def walk(company: Company) -> Walked:
    """The whole matrix; the company must be new."""
    planted = await plant(company)
    people = await everybody(company, planted)
    findings = Findings(planted)
    live = LiveMatrix(planted, people, findings)
    http = HttpMatrix(company, planted, people, findings)
    await live.walk()
    await http.walk()
    routes = len(http.operations) + len(live.operations)
    return Walked(findings=findings, routes=routes, roles=len(people), repeated=len(http.repeated))


async def _alone() -> Walked:
    async with company_alone(WITH_FLOW) as company:
        return await walk(company)


@click.command()
@click.option("--json", "only_json", is_flag=True, help="Print the JSON line alone.")
def main(*, only_json: bool) -> None:
    """Print what was found, then the JSON line."""
    logging.disable(logging.INFO)
    walked = asyncio.run(_alone())
    if not only_json:
        for operation, times in sorted(walked.findings.asked.items()):
            click.echo(f"{operation:<48}{times:4} answers")
    for line in walked.findings.lines():
        click.echo(line)
    sys.exit(report("security.matrix", walked.figures, GOALS))


if __name__ == "__main__":
    main()
