"""Logs: one line of JSON per event, or coloured text where a person looks on; and counts."""

import logging
import sys
from collections import Counter

import structlog

PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

COUNTED: Counter[tuple[str, frozenset[tuple[str, str]]]] = Counter()
"""How often each event happened in this process, by its labels."""

log = structlog.get_logger()


def count(event: str, **labels: str) -> None:
    """Count something that is good to know of and no error; `labels` have few values each."""
    COUNTED[event, frozenset(labels.items())] += 1
    log.info(event, **labels)


def configure_logs(level: int = logging.INFO) -> None:
    """Send our own and the libraries' logs to standard error, in one form."""
    person = sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if person else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*PROCESSORS, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=PROCESSORS, processor=renderer)
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
