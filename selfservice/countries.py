"""Which countries are there, and what is each called in the customer's language?"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from babel import Locale

# Unicode's data also names unions, outlying islands and test codes. Kosovo (XK) has no code of
# ISO's own and stays.
_NO_COUNTRY = "AC|CP|CQ|DG|EA|EU|EZ|IC|QO|TA|UN|XA|XB|ZZ"
_CODE = re.compile(f"(?!{_NO_COUNTRY})[A-Z]{{2}}")


@cache
def countries(locale: str) -> dict[str, str]:
    """Code -> name, in the order of the names."""
    names = Locale.parse(locale).territories
    known = ((code, name) for code, name in names.items() if _CODE.fullmatch(code))
    return dict(sorted(known, key=lambda one: _order(one[1])))


def _order(name: str) -> str:
    """Accents do not count: Åland stands beside Albania."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    return "".join(one for one in bare if not unicodedata.combining(one))
