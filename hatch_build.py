"""Puts the web apps into the wheel: built by npm where `make web` has not built them yet. Needs Node 20."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebApps(BuildHookInterface[Any]):
    """hatchling's hook around a build; an editable install is served from the source tree and needs none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is not there."""
        root = Path(self.root)
        if version == "editable":
            return
        if not (root / "src/invited/web/app/index.html").exists():
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=root / "web", check=True)
            subprocess.run(["npm", "run", "build"], cwd=root / "web", check=True)
        build_data["artifacts"].append("src/invited/web/**")
