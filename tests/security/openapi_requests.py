"""Does the server keep what its OpenAPI document says, whatever comes in?

Requests are made from the document by schemathesis: half of them as described, half of them not.
Where a path names an id, three of four are of something that is there; where it names an entry of
the set-up, it is the body's own name.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.company import Company

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MOSTLY = (True, True, True, False)
SIGN_OUT = "DELETE /v1/sign-in"


def _named_in(body: Any) -> str:
    """The name that an entry of the set-up gives itself; a path must name the same."""
    given = body if isinstance(body, dict) else {}
    names = (given.get(one) for one in ("name", "email", "code", "shortcut"))
    return next((one for one in names if isinstance(one, str) and one.isalnum()), "ana@b.example")


class Requests:
    """Made in a thread of their own; the server is on the test's loop."""

    def __init__(self, company: Company, token: str, ids: dict[str, str]) -> None:
        self._url = company.url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._ids = ids
        self._http = requests.Session()
        self._schema = schemathesis.openapi.from_dict(company.document)
        self.statuses: Counter[int] = Counter()

    def run(self, examples: Callable[[str], int]) -> Counter[int]:
        """So many requests of each operation; raises FailureGroup where an answer does not fit."""
        with self._http:
            for operation in self._operations():
                name = f"{operation.method.upper()} {operation.path}"
                if count := examples(name):
                    self._fuzz(operation, name, count)
        return self.statuses

    def _operations(self) -> Iterator[Any]:
        for found in self._schema.get_all_operations():
            assert isinstance(found, Ok), found.err()
            yield found.ok()

    def _fuzz(self, operation: Any, name: str, examples: int) -> None:
        modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=st.one_of(modes), own=st.sampled_from(MOSTLY))
        def one(case: Any, own: bool) -> None:
            self._ask(case, name, own=own)

        one()

    def _ask(self, case: Any, name: str, *, own: bool) -> None:
        kind = name.split("/")[2]
        if own and "{id}" in name and kind in self._ids:
            case.path_parameters = {**case.path_parameters, "id": self._ids[kind]}
        if own and "{name}" in name:
            case.path_parameters = {**case.path_parameters, "name": _named_in(case.body)}
        wait = (case.query or {}).get("wait")
        if isinstance(wait, int):
            case.query["wait"] = min(wait, 1)  # there is nobody to wait for
        headers = {} if name == SIGN_OUT else self._headers
        answer = case.call(base_url=self._url, session=self._http, headers=headers)
        self.statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
