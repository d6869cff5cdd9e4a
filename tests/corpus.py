"""Where the corpus of real mails lies: beside the repository, or where INVITED_CORPUS says; never copied."""

import os
from pathlib import Path

_PLACES = [
    Path(__file__).resolve().parents[1] / "../shared/corpus",
    Path(os.environ.get("INVITED_CORPUS", "corpus-is-not-set")),
]
CORPUS = next((place for place in _PLACES if (place / "MANIFEST.tsv").exists()), None)
ABSENT = "no corpus beside the repository, and INVITED_CORPUS is not set"


def files(*folders, kinds=(".eml", ".ics")):
    """Their paths from the corpus' root, in order."""
    found = [path for folder in folders for path in (CORPUS / folder).iterdir() if path.suffix in kinds]
    return sorted(str(path.relative_to(CORPUS)) for path in found)
