"""Structured logs on standard error: words for people at a terminal, else JSON lines, or as the settings say."""

from __future__ import annotations

import logging
import sys

import structlog

from invited.metrics import count
from invited.settings import LogFormat


def set_up(form: LogFormat = LogFormat.AUTO) -> None:
    """One line per happening, with time and level, counted as it is told; the libraries' own from warnings up."""
    is_text = sys.stderr.isatty() if form is LogFormat.AUTO else form is LogFormat.TEXT
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if is_text else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            count,
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
