"""What holds for every route, whoever calls? Who may call it: tests/security/test_matrix.py."""

from uuid import uuid4

from app.api.permissions import MAY, Role
from tests.api.company import Company, SignedInCustomer
from tests.security.http_matrix import bodies


async def test_a_body_holds_nothing_that_is_not_asked_for(
    company: Company, maya: SignedInCustomer
) -> None:
    roles = ("agent", "supervisor", "admin")
    staff = await company.agent("abe", roles=roles)
    for route, body in bodies(company).items():
        method, path = route.split(" ")
        person = maya if Role.CUSTOMER in MAY[route] else staff
        path = path.replace("{id}", str(uuid4())).replace("{seq}", "1")
        answer = await person.send(method, path, {**body, "surprise": 1})
        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (400, "/problems/invalid-request"), route
        assert [one["pointer"] for one in problem["errors"]] == ["/surprise"], route


async def test_pages_and_answers_carry_the_headers_that_protect_them(company: Company) -> None:
    for path in ("/health/live", "/openapi.json", "/v1/me", "/nowhere", "/phone", "/desk"):
        headers = (await company.http.get(path, follow_redirects=True)).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        policy = dict(
            one.strip().partition(" ")[::2] for one in headers["content-security-policy"].split(";")
        )
        assert policy["script-src"] == "'self'"
        assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert "server" not in headers
