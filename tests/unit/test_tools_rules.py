"""Does each house rule catch its breach, and nothing else?"""

import pytest

from tools.places import HERE
from tools.rules import breaches, check

COMMIT = "async def f(db):\n    await db.commit()\n"
CLOCK = "import datetime\nnow = datetime.datetime.now(datetime.UTC)\n"
TIME = "import time\nstart = time.monotonic()\n"


@pytest.mark.parametrize(
    ("source", "file", "found"),
    [
        (COMMIT, "app/api/help.py", ["app/api/help.py:2: only app/store commits"]),
        (COMMIT, "app/store/work.py", []),
        (COMMIT, "app/storehouse.py", ["app/storehouse.py:2: only app/store commits"]),
        (CLOCK, "app/conversation/offer.py", [":2: the domain is told the time"]),
        (TIME, "selfservice/run.py", [":2: the domain is told the time"]),
        ("from datetime import date\ndate.today()\n", "selfservice/a.py", [":2: the domain"]),
        (CLOCK, "app/main.py", []),
        ("def f(clock):\n    clock.now()\n", "selfservice/run.py", []),
        ("# db.commit()\n", "app/api/help.py", []),
    ],
)
def test_each_rule(source: str, file: str, found: list[str]) -> None:
    said = [str(breach) for breach in breaches(source, file)]
    assert len(said) == len(found)
    assert all(part in line for part, line in zip(found, said, strict=True))


def test_this_project_keeps_them() -> None:
    assert check(HERE.root) == []
