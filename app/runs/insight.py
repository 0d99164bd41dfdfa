"""How do flows do? The counts of their runs, put together by version and by step."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from msgspec import Struct

from app.runs.log import RunLog
from app.store.records import Total
from app.store.work import Work
from selfservice.definition import Definition
from selfservice.insight import What, quantile
from selfservice.language import Action, Blocking
from selfservice.wording import flow_title, step_key

T = TypeVar("T")


class HowItGoes(Struct, frozen=True, kw_only=True):
    """The runs of one version that began in that time."""

    flow: str
    title: str
    version: str
    label: str | None
    """What its author calls the version."""
    published_at: datetime
    live: bool
    """New runs follow this version."""
    started: int
    solved: int
    solved_alone: int
    """Of `solved`: no human had a part in it."""
    came_back: int
    """Of `solved_alone`: the customer asked for a human within seven days. It was not solved."""
    abandoned: int
    refused: int
    """The flow said no."""
    expired: int
    lying: int
    """Open, and nobody touched it for seven days."""
    helped: int
    """The customer pressed help."""
    escalated: int
    """The flow itself gave up to a human."""
    median_s: float | None
    """How long half of the solved ones took at most, within a fifth."""


class Often(Struct, frozen=True, kw_only=True):
    """How often a field was refused, or an action failed, with a code."""

    field: str | None = None
    code: str
    count: int


class StepGoes(Struct, frozen=True, kw_only=True):
    """One step of a version. A run counts once for each of the first six."""

    step: str
    title: str
    kind: str
    """`ask`: the customer's turn; `action`: the back end's; `other`: a wait, a human, an end."""
    entered: int
    answered: int
    left: int
    """The customer's last step in a run that expired, was cancelled, or lies."""
    escalated: int
    """The last step at which the customer stood before the flow gave up."""
    helped: int
    """How often help was pressed here."""
    p50_s: float | None
    p90_s: float | None
    """Seconds from coming here to going on, without a human; within a fifth."""
    invalid: list[Often]
    failed: list[Often]


class FlowGoes(Struct, frozen=True, kw_only=True):
    run: HowItGoes
    steps: list[StepGoes]
    """In the order of the flow; those that nobody came to are left out."""


Counts = Mapping[tuple[str, str], Counter[str]]
"""(step, what) -> name -> count."""


async def all_flows(work: Work, runs: RunLog, since: date) -> list[HowItGoes]:
    """Every version that somebody began with since then; by flow, the newest version first."""
    found = [
        await _version(work, runs, hash, counts)
        for hash, counts in _by_version(await work.insight.totals(since)).items()
    ]
    newest = sorted(found, key=lambda one: one.published_at, reverse=True)
    return sorted(newest, key=lambda one: one.flow)


async def one_flow(work: Work, runs: RunLog, flow: str, since: date) -> dict[str, FlowGoes]:
    """Version -> how it goes, step by step."""
    found = {}
    for hash, counts in _by_version(await work.insight.totals(since, flow)).items():
        definition = await runs.catalogue.pinned(work, hash)
        steps = [
            _step(runs, definition, name, counts)
            for name in definition.steps
            if counts.get((name, What.ENTERED))
        ]
        found[hash] = FlowGoes(run=await _version(work, runs, hash, counts), steps=steps)
    return found


def _by_version(totals: Iterable[Total]) -> dict[str, Counts]:
    found: dict[str, dict[tuple[str, str], Counter[str]]] = {}
    for one in totals:
        counts = found.setdefault(one.hash, defaultdict(Counter))
        counts[one.step, one.what][one.name] += one.count
    return {hash: dict(counts) for hash, counts in found.items()}


async def _version(work: Work, runs: RunLog, hash: str, counts: Counts) -> HowItGoes:
    stored = await work.flow_versions.get(hash)
    definition = await runs.catalogue.pinned(work, hash)
    live = runs.catalogue.live(stored.flow)

    def of(what: What) -> int:
        return _count(counts, "", what)

    return HowItGoes(
        flow=stored.flow,
        title=flow_title(definition, runs.texts),
        version=hash,
        label=definition.head.label,
        published_at=stored.published_at,
        live=live is not None and live.version == hash,
        started=of(What.STARTED),
        solved=of(What.SOLVED),
        solved_alone=of(What.SOLVED_ALONE),
        came_back=of(What.CAME_BACK),
        abandoned=of(What.ABANDONED),
        refused=of(What.REFUSED),
        expired=of(What.EXPIRED),
        lying=of(What.LYING),
        helped=of(What.HELPED),
        escalated=of(What.ESCALATED),
        median_s=quantile(counts.get(("", What.LASTED), {}), 0.5),
    )


def _step(runs: RunLog, definition: Definition, name: str, counts: Counts) -> StepGoes:
    stayed = counts.get((name, What.STAYED), Counter())
    failed = counts.get((name, What.FAILED), Counter())
    invalid = [
        Often(field=field, code=code or "unknown", count=count)
        for (field, _, code), count in _most(
            (said.partition(":"), n)
            for said, n in counts.get((name, What.INVALID), Counter()).items()
        )
    ]
    return StepGoes(
        step=name,
        title=runs.texts.get(step_key(definition, name, runs.texts)),
        kind=_kind(definition, name),
        entered=_count(counts, name, What.ENTERED),
        answered=_count(counts, name, What.ANSWERED),
        left=_count(counts, name, What.LEFT),
        escalated=_count(counts, name, What.ESCALATED),
        helped=_count(counts, name, What.HELP),
        p50_s=quantile(stayed, 0.5),
        p90_s=quantile(stayed, 0.9),
        invalid=invalid,
        failed=[Often(code=code, count=count) for code, count in _most(failed.items())],
    )


def _most(counted: Iterable[tuple[T, int]]) -> Sequence[tuple[T, int]]:
    return sorted(counted, key=lambda one: one[1], reverse=True)


def _count(counts: Counts, step: str, what: What) -> int:
    return counts.get((step, what), Counter())[""]


def _kind(definition: Definition, name: str) -> str:
    step = definition.steps[name]
    if isinstance(step, Action):
        return "action"
    return "ask" if isinstance(step, Blocking) else "other"
