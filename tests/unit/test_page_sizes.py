"""How much must a phone or a desk fetch before it can be used? Scripts and style, gzipped."""

import gzip
import re

import pytest

from app.api.pages import DIST

NEEDED = re.compile(r'(?:src|href)="/\w+/(assets/[^"]+\.(?:js|css))"')


@pytest.mark.parametrize(("page", "most_kb"), [("phone", 45), ("desk", 90)])
def test_a_page_stays_small(page: str, most_kb: int) -> None:
    index = (DIST / page / "index.html").read_text()
    needed = [(DIST / page / path).read_bytes() for path in NEEDED.findall(index)]
    assert len(needed) >= 2  # otherwise the page names them in another way
    assert sum(len(gzip.compress(part)) for part in needed) < most_kb * 1000


@pytest.mark.parametrize(
    ("page", "part"), [("phone", "talk"), ("phone", "run"), ("desk", "InsightPage")]
)
def test_what_is_not_needed_at_first_is_fetched_apart(page: str, part: str) -> None:
    index = (DIST / page / "index.html").read_text()
    apart = list((DIST / page / "assets").glob(f"{part}-*.js"))
    assert apart
    assert [one.name for one in apart if one.name in index] == []
