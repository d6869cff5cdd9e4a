"""Instants as the tables keep them."""

from invited.engines.instants import after, from_micros, to_micros

__all__ = ["after", "from_micros", "to_micros"]
