"""Fills the layer's folder: build.py UV ROOT TARGET PLATFORM PYTHON, see Makefile.

What only serves on one machine or at a terminal stays out, and of botocore's descriptions those of services that no
Lambda calls: both are read, unpacked and paid for at each cold start.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

UNNEEDED = ("aiosmtpd", "pygments", "rich", "typer", "uvicorn", "markdown-it-py", "mdurl", "shellingham")
"""Packages: the door of SMTP, the web server, the command line."""

FROM_SOURCE = ("dkimpy", "pyspf")
"""Pure Python without a wheel on PyPI."""

SERVICES = ("dynamodb", "s3", "secretsmanager", "ses", "sesv2", "sns", "sqs", "sts", "xray")


def main(uv: str, root: Path, target: Path, machine: str, python: str) -> None:
    """Install what uv.lock says, for another machine if need be, and invited itself."""
    target.mkdir(parents=True, exist_ok=True)
    leaving = [word for name in UNNEEDED for word in ("--no-emit-package", name)]
    building = [word for name in FROM_SOURCE for word in ("--no-binary", name)]
    with tempfile.TemporaryDirectory() as folder:
        needed = Path(folder) / "requirements.txt"
        export = ["export", "--quiet", "--locked", "--extra", "aws", "--no-dev", "--no-emit-project", "--no-header"]
        run([uv, *export, *leaving, "--output-file", str(needed)], root)
        install = ["pip", "install", "--quiet", "--no-deps", "--link-mode", "copy", "--target", str(target)]
        kind = ["--python-platform", machine, "--python-version", python, "--only-binary", ":all:", *building]
        run([uv, *install, *kind, "--requirement", str(needed)], root)
        run([uv, *install, str(root)], root)
    prune(target)
    if f"{sys.version_info.major}.{sys.version_info.minor}" == python:
        # Lambda cannot write beside a layer's files, and would compile them at each cold start.
        run([sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(target)], root)


def prune(target: Path) -> None:
    """Take out what no Lambda needs."""
    data = target / "botocore" / "data"
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in SERVICES:
            shutil.rmtree(folder)
    for folder in [*target.rglob("__pycache__"), target / "bin"]:
        shutil.rmtree(folder, ignore_errors=True)


def run(command: list[str], folder: Path) -> None:
    """Run a command, or stop with its error."""
    subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    given_uv, given_root, given_target, given_machine, given_python = sys.argv[1:]
    main(given_uv, Path(given_root).resolve(), Path(given_target), given_machine, given_python)
