import re
from pathlib import Path

import pytest

from invited.api.problems import KINDS

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_docs_name_every_route(client):
    for path in client.get("/api/v1/openapi.json").json()["paths"]:
        first = path.split("{")[0]
        last = path.rpartition("}")[2]
        assert any(first in line and last in line for line in DOCS.splitlines()), path


@pytest.mark.parametrize("name", KINDS)
def test_the_docs_name_every_problem(name):
    assert f"| `/problems/{name}` | {KINDS[name].status} |" in DOCS


def test_the_nine_calls_of_the_docs_are_answered(client, admin, event):
    block = DOCS.partition("## The nine APIs")[2].split("```")[1]
    calls = re.findall(r"""ask (?:-X (\w+) )?"\$URL([^"]+)"(?:.* -d '([^']+)')?.*# (\d)""", block)
    assert [number for *_, number in calls] == list("1234556789")
    for method, path, body, _ in calls:
        headers = admin | ({"Content-Type": "application/json"} if body else {})
        called, url = method or ("POST" if body else "GET"), path.replace("$EVENT", event.id)
        answer = client.request(called, url, content=body or None, headers=headers)
        assert 200 <= answer.status_code < 300, path


def test_the_tests_that_prove_security_are_there():
    files = {file.stem: file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py")}
    named = re.findall(r"\btest_\w+", (ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
    assert named
    for name in named:
        assert name in files or any(f"def {name}" in text for text in files.values()), name


def test_every_shape_has_a_name_of_its_own(client):
    """Two of one name would be told by the modules that they are in."""
    shapes = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert [name for name in shapes if "__" in name] == []
