"""What an operator puts into the bucket makes mails and pages their own, without new code."""

from functools import cache

import pytest

from invited.entrypoints.house import EVERY, House
from invited.templating import environment

LOGO = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def container(house, aws_client, monkeypatch):
    """The engine of a Lambda's container, on the stack of `house`."""
    names = ("table", "bucket", "topic", "delays", "secret")
    for name in names:
        monkeypatch.setenv(f"INVITED_AWS_{name.upper()}", getattr(house.settings, f"aws_{name}"))
    monkeypatch.setenv("INVITED_DOMAIN", "invites.test")
    container = House(cache(aws_client), house.clock)
    yield container
    container.engine().close()


def put(house, key, text):
    house.engine.objects.put(f"brand/{key}", text.encode() if isinstance(text, str) else text)


def later(house):
    house.clock.time += EVERY


def test_without_one_the_engine_is_made_once(container):
    assert container.engine() is container.engine()
    assert container.engine().ports.settings.templates_dir is None


def test_templates_logo_and_words_of_the_bucket_hold(house, container):
    put(house, "pages/hello.html", "Our own hello")
    put(house, "logo.png", LOGO)
    put(house, "settings.env", "INVITED_BRAND_NAME=Ball club\nINVITED_BRAND_COLOR=#b3002d\n")
    settings = container.engine().ports.settings
    assert environment(settings).get_template("pages/hello.html").render() == "Our own hello"
    assert (settings.brand_name, settings.brand_color) == ("Ball club", "#b3002d")
    assert settings.brand_logo.read_bytes() == LOGO


def test_a_change_is_seen_after_five_minutes(house, container):
    put(house, "settings.env", "INVITED_BRAND_NAME=Ball club\n")
    before = container.engine()
    put(house, "settings.env", "INVITED_BRAND_NAME=Chess club\n")
    assert container.engine() is before
    later(house)
    assert container.engine().ports.settings.brand_name == "Chess club"
    again = container.engine()
    later(house)
    assert container.engine() is again


def test_what_the_stack_itself_says_goes_before(house, container, monkeypatch):
    monkeypatch.setenv("INVITED_BRAND_NAME", "From the template")
    put(house, "settings.env", "INVITED_BRAND_NAME=From the bucket\n")
    assert container.engine().ports.settings.brand_name == "From the template"


@pytest.mark.parametrize("key", ["settings.env", "logo.png"])
def test_a_wrong_brand_stops_nothing(house, container, key, capsys):
    put(house, key, "INVITED_BRAND_COLOR=red\n" if key == "settings.env" else b"x" * 300_000)
    settings = container.engine().ports.settings
    assert (settings.brand_color, settings.brand_logo) == ("", None)
    assert ("INVITED_BRAND_COLOR" in capsys.readouterr().out) == (key == "settings.env")


def test_nothing_is_written_elsewhere(house, container, tmp_path):
    put(house, "../../escaped.html", "bad")
    put(house, "pages/../../../escaped.html", "bad")
    assert container.engine().ports.settings.templates_dir is None
