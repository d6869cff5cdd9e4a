"""A worker process of bench/whole_send.py, with the settings of a server.

It says that it is ready, begins at a line on its standard input, ends when nothing is due, and says how many seconds of
CPU that took.
"""

from __future__ import annotations

import logging
import sys
from functools import partial

import structlog

from bench.sending import timed
from bench.whole_send import worked_off
from invited.engines import open_embedded
from invited.settings import Settings


def main() -> None:
    """Work off what is due."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    settings = Settings()
    with open_embedded(settings) as engine:
        print("ready", flush=True)
        sys.stdin.readline()
        _, micros = timed(partial(worked_off, engine, settings.threads), 1)
        print(micros / 1e6, flush=True)


if __name__ == "__main__":
    main()
