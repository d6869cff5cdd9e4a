"""SAM and cfn-lint find nothing wrong, and what is built is for Lambda and small."""

import shutil
from pathlib import Path

import pytest

from tests.aws.deployed import sam

pytestmark = pytest.mark.timeout(600)

ELF_MACHINE = slice(18, 20)
AARCH64 = b"\xb7\x00"

PACKED = 25_000_000
UNPACKED = 100_000_000
"""Octets. Lambda takes 250 MB unpacked, and reads them at each cold start."""


@pytest.fixture(scope="session")
def for_lambda(tmp_path_factory):
    """The layer as it is deployed."""
    folder = tmp_path_factory.mktemp("lambda") / "build"
    sam.build(folder)
    return folder / "Layer"


def files(folder):
    return [file for file in folder.rglob("*") if file.is_file()]


def test_nothing_is_wrong_with_the_templates():
    sam.run(sam.BIN / "cfn-lint", *(str(file) for file in sorted(sam.TEMPLATES.glob("*.yaml"))))
    sam.run(sam.BIN / "sam", "validate", "--lint")


def test_what_is_built_is_for_lambda(for_lambda):
    binaries = [file for file in files(for_lambda) if file.suffix == ".so"]
    assert binaries
    assert {file.read_bytes()[ELF_MACHINE] for file in binaries} == {AARCH64}
    assert {file.name.split(".")[1] for file in binaries if ".cpython-" in file.name} == {
        "cpython-313-aarch64-linux-gnu"
    }


def test_what_is_built_is_small_and_whole(for_lambda, tmp_path):
    assert sum(file.stat().st_size for file in files(for_lambda)) < UNPACKED
    packed = Path(shutil.make_archive(str(tmp_path / "layer"), "zip", for_lambda))
    assert packed.stat().st_size < PACKED
    ours = for_lambda / "python" / "invited"
    for needed in (
        "entrypoints/lambdas.py",
        "entrypoints/stack.py",
        "templates/mail/words.toml",
        "web/button/button.js",
    ):
        assert (ours / needed).is_file(), needed


def test_the_nested_templates_go_along(for_lambda):
    assert {file.parent.name for file in for_lambda.parent.glob("*/template.yaml")} == {
        "Mail",
        "Pipelines",
        "Watch",
        "Web",
    }
