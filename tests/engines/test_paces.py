"""The embedded table of paces never outgrows the present."""

from datetime import timedelta

from invited.engines import open_engine
from tests.facts import NOW


def test_what_says_nothing_any_more_is_thrown_away(settings):
    with open_engine(settings, memory=True) as engine:
        store = engine.ports.store
        store.slow({"x.example": "450"}, NOW, 30)
        store.slow({"y.example": "450"}, NOW + timedelta(days=1), 30)
        assert set(store.paces(["x.example", "y.example"])) == {"y.example"}
