"""A real server for each module, one browser for each process, and a person for each test."""

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.entrypoints.server import PATIENCE, Server
from tests.web.visitor import CHROMIUM, FLAGS, Visitor


def pytest_collection_modifyitems(items):
    """Browsers and servers take their time on machines that may be busy."""
    for item in items:
        if item.path.parent.name == "web":
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="module")
def browser():
    """Gone with its module: the event loop of Playwright is in nobody else's way then."""
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(request, tmp_path_factory):
    """With the settings that the module names in SETTINGS."""
    server = Server(tmp_path_factory.mktemp("web"), **getattr(request.module, "SETTINGS", {}))
    try:
        server.start()
        server.key = server.command("keys", "create", "--admin").stdout.strip()
        yield server
    finally:
        server.stop()


@pytest.fixture
def visit(browser, server):
    """Brings a visitor; at the end none may have met with a fault."""
    visitors = []

    def come(**options):
        visitors.append(Visitor(browser, server, **options))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.close()
