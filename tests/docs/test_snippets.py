"""Does the code that the documentation shows do what it says?"""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.auth.customer_token import HostTokens
from tests.docs.pages import PAGES, ROOT, blocks
from tools import node
from tools.places import HERE

EMBED = ROOT / "docs/how-to/embed.md"
TYPESCRIPT = [
    (file, number, code)
    for file in PAGES
    for number, code in enumerate(blocks(file.read_text(), "ts run"), 1)
]
TSCONFIG = """{
  "extends": "%s",
  "compilerOptions": {"types": [], "skipLibCheck": true, "preserveSymlinks": false},
  "include": ["app.ts"]
}"""


def _defined(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the page's own code is what is tested
    return names


def test_the_token_of_the_page_signs_somebody_in() -> None:
    names: dict[str, Any] = {}
    for code in blocks(EMBED.read_text(), "python run"):
        names |= _defined(code)
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    tokens = HostTokens(names["jwks"](pem).encode(), "bank", "warmline")
    token = names["warmline_token"]("c-17", "Maya Okafor", pem.decode())
    claims = tokens.verify(token, datetime.now(UTC))
    assert (claims.subject, claims.name) == ("c-17", "Maya Okafor")


def test_the_token_endpoint_is_short() -> None:
    [code] = [one for one in blocks(EMBED.read_text(), "python run") if "warmline_token" in one]
    body = code[code.index("def ") :].strip().splitlines()
    assert len(body) <= 10


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    ("file", "number", "code"), TYPESCRIPT, ids=[f"{one[0].stem}-{one[1]}" for one in TYPESCRIPT]
)
def test_typescript_of_the_pages_fits_the_sdk(
    file: Path, number: int, code: str, tmp_path: Path
) -> None:
    (tmp_path / "app.ts").write_text(code)
    (tmp_path / "warmline").symlink_to(ROOT / "web/sdk")
    (tmp_path / "tsconfig.json").write_text(TSCONFIG % (ROOT / "web/tsconfig.json"))
    compiler = HERE.node_modules / "typescript/bin/tsc"
    assert compiler.exists(), "the npm packages are not here: `make test` installs them"
    said = subprocess.run(
        ["node", str(compiler), "--noEmit", "-p", str(tmp_path)],
        env=node.environment(HERE),
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout


def test_both_places_show_typescript() -> None:
    assert {file.name for file, _, _ in TYPESCRIPT} == {"README.md", "embed.md"}
