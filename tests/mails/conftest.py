from tests.pipelines.conftest import clock, embedded, engine, relay, settings  # noqa: F401
