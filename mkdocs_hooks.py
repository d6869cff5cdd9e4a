"""Makes a site of the project's own pages: the README is its front; what pages link to outside of docs/ comes along."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent
PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
ALONG = ("examples", "deploy")
_LINK = re.compile(r"(?<=\]\()((?:\.\./)*)(docs/|examples/|deploy/|README\.md|CONTRIBUTING\.md|CHANGELOG\.md|LICENSE)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages and files that do not lie in docs/."""
    for source, place in PAGES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, place, content=_LINK.sub(_inward, text)))
    for folder in ALONG:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                # As a file to look at: a page of the site is not to be run by a browser.
                place = f"{path.relative_to(ROOT)}.txt"
                files.append(File.generated(config, place, content=path.read_bytes()))
    files.append(File.generated(config, "LICENSE.txt", content=(ROOT / "LICENSE").read_bytes()))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Lead links to files of the project to where they are in the site."""
    del page, config, files
    return re.sub(r"(?<=\]\()((?:\.\./)*)\.\./((?:examples|deploy)/[^)#]+)", r"\1\2.txt", markdown)


def _inward(found: re.Match[str]) -> str:
    target = found[2]
    if target == "LICENSE":
        return "LICENSE.txt"
    return PAGES.get(target, "" if target == "docs/" else target)
