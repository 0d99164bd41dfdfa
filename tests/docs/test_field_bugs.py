"""Is there a test for every bug in docs/field-bugs.md, and does it name the bug?"""

import ast

import pytest

from tests.docs.pages import ROOT, page, rows

LISTED = [
    (bug, *row[2].strip("`").split("::"))
    for row in rows(page("field-bugs.md"))
    for bug in row[0].split(", ")
]


def test_there_are_as_many_as_were_found() -> None:
    assert len(LISTED) >= 30


@pytest.mark.parametrize(("bug", "path", "name"), LISTED)
def test_the_test_is_there_and_names_its_bug(bug: str, path: str, name: str) -> None:
    text = (ROOT / path).read_text()
    if path.endswith(".py"):
        assert bug in docstrings(text)[name]
    else:
        before, found, _ = text.partition(f'test("{name}"')
        assert found
        assert bug in before.rpartition("/*")[2]


def docstrings(text: str) -> dict[str, str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = ast.walk(ast.parse(text))
    return {one.name: ast.get_docstring(one) or "" for one in nodes if isinstance(one, functions)}
