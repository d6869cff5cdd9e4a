"""A branding as text, for every engine."""

from __future__ import annotations

import json
from dataclasses import asdict

from invited.domain.branding import Branding


def written(branding: Branding) -> str:
    """All of it but the version, as JSON."""
    body = asdict(branding)
    del body["version"]
    return json.dumps(body, ensure_ascii=False)


def read(text: str, version: int) -> Branding:
    """The branding again."""
    return Branding(**json.loads(text), version=version)
