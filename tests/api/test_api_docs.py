from pathlib import Path

import pytest

from invited.api.problems import KINDS

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_docs_name_every_route(client):
    for path in client.get("/api/v1/openapi.json").json()["paths"]:
        first = path.split("{")[0]
        last = path.rpartition("}")[2]
        assert any(first in line and last in line for line in DOCS.splitlines()), path


@pytest.mark.parametrize("name", KINDS)
def test_the_docs_name_every_problem(name):
    assert f"| `/problems/{name}` | {KINDS[name].status} |" in DOCS
