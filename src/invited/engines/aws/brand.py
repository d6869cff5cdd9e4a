"""What an operator keeps in the bucket to make mails and pages their own: templates, a logo, and settings of the brand.

| key | what it is |
|---|---|
| `brand/mail/…` `brand/pages/…` | templates that replace those of the same name, as in INVITED_TEMPLATES_DIR |
| `brand/logo.png` (`.jpg`, `.svg`) | INVITED_BRAND_LOGO |
| `brand/settings.env` | lines such as INVITED_BRAND_NAME=… and INVITED_BRAND_COLOR=… |
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

from invited.engines.aws.objects import Objects
from invited.settings import MAX_PICTURE, PICTURES

BRAND = "brand/"

MOST = 200
"""Objects that are looked at."""


def version(objects: Objects) -> str:
    """Another word whenever anything below `brand/` is another; "" where there is nothing. Raises Temporary."""
    listed = objects.listed(BRAND, MOST)
    return hashlib.sha256(repr(listed).encode()).hexdigest()[:16] if listed else ""


def fetched(objects: Objects, folder: Path) -> dict[str, str]:
    """Write it below `folder`; the settings (INVITED_…) that make it hold. What is too large for it is left out.

    Raises Temporary.
    """
    told: dict[str, str] = {}
    for key, size, _ in objects.listed(BRAND, MOST):
        name = PurePosixPath(key.removeprefix(BRAND))
        if key.endswith("/") or ".." in name.parts or name.is_absolute() or size > MAX_PICTURE:
            continue
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(objects.get(key))
        if name.parts[0] in ("mail", "pages"):
            told["INVITED_TEMPLATES_DIR"] = str(folder)
        elif name.name == "settings.env":
            told["INVITED_SETTINGS_FILE"] = str(file)
        elif name.stem == "logo" and name.suffix in PICTURES:
            told["INVITED_BRAND_LOGO"] = str(file)
    return told
