"""Which words does the company still have to write? Counted by language, and logged once each."""

from collections import Counter

import structlog

AT_MOST = 1000
"""So many keys are told apart; a flow has some dozens."""

log = structlog.get_logger()


class MissingTexts:
    """Told by selfservice.texts of each key that somebody needed in vain in their language."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        """(locale, key) -> how often since this process began."""

    def __call__(self, locale: str, key: str) -> None:
        one = (locale, key)
        if one not in self.counts:
            if len(self.counts) >= AT_MOST:
                return
            log.warning("text.missing", locale=locale, key=key)
        self.counts[one] += 1
