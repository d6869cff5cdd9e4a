"""`make soak`: the story with 20,000 guests and 200 kills; `python -m tests.soak KILLS GUESTS SEED` for another."""

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.story import Story, Wire


def main(kills=200, guests=20_000, seed=1):
    began = time.monotonic()

    def say(words):
        print(f"{time.monotonic() - began:7.1f} s  {words}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder, Wire() as wire:
        story = Story(Path(folder) / "data", wire, guests=guests, kills=kills, seed=seed, say=say)
        figures = story.play()
    say("nothing lost, nothing counted twice")
    print(json.dumps({"guests": guests, "seed": seed, **figures}, indent=2))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
