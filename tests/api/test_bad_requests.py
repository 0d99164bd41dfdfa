"""What cannot be read, does not fit or is too much: a typed problem with its place, no more."""

from typing import Any

import pytest

from tests.api.company import Company, SignedInCustomer

JSON = {"Content-Type": "application/json"}


async def refused(person: SignedInCustomer, body: bytes, path: str = "/v1/help") -> Any:
    """The problem of a request that is refused, after which nothing is there."""
    answer = await person.post(path, content=body, headers=JSON)
    assert answer.status_code >= 400
    assert (await person.me())["interaction"] is None
    assert (await person.read("/v1/runs"))["items"] == []
    return answer.json()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"channel": "text\xff"}',
        b'{"channel": NaN}',
        b'{"channel": Infinity}',
        b'{"channel": "\\ud800"}',
        b'{"channel": "text"} {}',
        b'{"app_state": {"fields": {"value": "\\ud800"}}, "channel": "text"}',
        b"[" * 100_000,
        b'{"channel": "text", "app_state": {"fields": {"a":' + b"[" * 50_000,
    ],
)
async def test_what_is_not_json(maya: SignedInCustomer, body: bytes) -> None:
    problem = await refused(maya, body)
    assert (problem["status"], problem["type"]) == (400, "/problems/malformed")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"null", ""),
        (b"[]", ""),
        (b'"text"', ""),
        (b"{}", ""),
        (b'{"channel": "pigeon"}', "/channel"),
        (b'{"channel": 1}', "/channel"),
        (b'{"channel": null}', "/channel"),
        (b'{"channel": "text", "extra": 1}', "/extra"),
        (b'{"channel": "text", "run_id": "not a uuid"}', "/run_id"),
        (b'{"channel": "text", "share": "yes"}', "/share"),
        (b'{"channel": "text", "actions": [{"name": "tap"}]}', "/actions/0"),
        (b'{"channel": "text", "actions": [{"at": "now", "name": "tap"}]}', "/actions/0/at"),
        (b'{"channel": "text", "app_state": {"fields": []}}', "/app_state/fields"),
        (b'{"channel": "text", "app_state": {"hidden": 1}}', "/app_state/hidden"),
    ],
)
async def test_what_does_not_fit_is_named(
    maya: SignedInCustomer, body: bytes, pointer: str
) -> None:
    problem = await refused(maya, body)
    assert (problem["status"], problem["type"]) == (400, "/problems/invalid-request")
    assert [one["pointer"] for one in problem["errors"]] == [pointer]
    assert all(one["message"] for one in problem["errors"])


@pytest.mark.parametrize("text", [b"nul \\u0000", b"nul \x00", b"\\\\\\u0000"])
async def test_nul_is_refused(maya: SignedInCustomer, text: bytes) -> None:
    problem = await refused(maya, b'{"channel": "text", "reason": "' + text + b'"}')
    assert problem["status"] == 400


async def test_the_text_that_only_looks_like_nul_is_kept(maya: SignedInCustomer) -> None:
    await maya.ask()
    body = {"cmid": "01932f4a-0000-7000-8000-000000000001", "text": r"not \u0000 at all 🐱 é"}
    await maya.do(f"/v1/conversations/{maya.conversation}/messages", body)
    assert (await maya.events(maya.conversation))[-1]["body"]["text"] == body["text"]


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_beyond_the_limit(maya: SignedInCustomer, chunked: bool) -> None:
    async def pieces() -> Any:
        for _ in range(500):
            yield b"x" * 1024

    body: Any = pieces() if chunked else b"x" * 500 * 1024
    answer = await maya.post("/v1/help", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", "application/xml", ""])
async def test_a_body_of_another_kind_changes_nothing(maya: SignedInCustomer, kind: str) -> None:
    answer = await maya.post("/v1/help", content=b"channel=text", headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert (await maya.me())["interaction"] is None


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("limit=0", "/limit"), ("limit=501", "/limit"), ("after=-1", "/after"), ("after=x", "/after")],
)
async def test_a_query_that_does_not_fit(maya: SignedInCustomer, query: str, pointer: str) -> None:
    answer = await maya.get(f"/v1/conversations/{maya.conversation}/events?{query}")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_an_idempotency_key_has_a_length(maya: SignedInCustomer) -> None:
    for key in ("", "k" * 256):
        answer = await maya.post("/v1/help", {"channel": "text"}, headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
    assert (await maya.me())["interaction"] is None


async def test_unknown_paths_and_methods_are_problems(company: Company) -> None:
    nowhere = await company.nobody.get("/v1/nowhere")
    assert (nowhere.status_code, nowhere.json()["type"]) == (404, "/problems/not-found")
    no_uuid = await company.nobody.get("/v1/runs/not-a-uuid")
    assert no_uuid.status_code == 404
    deleted = await company.nobody.send("DELETE", "/v1/me")
    assert (deleted.status_code, deleted.json()["type"]) == (405, "/problems/method-not-allowed")


async def test_a_request_is_named_by_its_own_id(company: Company) -> None:
    answer = await company.nobody.send("GET", "/v1/me", headers={"X-Request-Id": "from-the-app"})
    assert answer.json()["request_id"] == "from-the-app"
    assert (await company.nobody.get("/v1/me")).json()["request_id"]
