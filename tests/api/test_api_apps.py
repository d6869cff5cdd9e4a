"""The built apps: which files are served, and under which policy."""

import re

import pytest

from invited.api import apps


@pytest.fixture(autouse=True)
def built(tmp_path, monkeypatch):
    for name in ("app", "admin"):
        (tmp_path / name / "assets").mkdir(parents=True)
        (tmp_path / name / "index.html").write_text(f'<meta name="csp-nonce" content="__NONCE__"><p>{name}')
        (tmp_path / name / "assets/index-1.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(apps, "BUILT", tmp_path)
    apps._page.cache_clear()
    yield tmp_path
    apps._page.cache_clear()


def test_every_path_of_an_app_is_its_page(client):
    for path in ("/app", "/app/", "/app/events/abc/attendees", "/app/index.html"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "<p>app" in answer.text
        assert answer.headers["cache-control"] == "no-cache"
    assert "<p>admin" in client.get("/admin/jobs").text


def test_each_answer_has_a_nonce_of_its_own_in_page_and_policy(client):
    nonces = set()
    for _ in range(2):
        answer = client.get("/app/")
        [nonce] = re.findall(r'content="([^"]+)"', answer.text)
        policy = answer.headers["content-security-policy"]
        assert f"style-src 'self' 'nonce-{nonce}'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        nonces.add(nonce)
    assert len(nonces) == 2


def test_assets_are_kept_for_ever_and_those_of_an_older_build_are_not_found(client):
    answer = client.get("/app/assets/index-1.js")
    assert answer.headers["cache-control"].endswith("immutable")
    assert answer.headers["content-type"].startswith("text/javascript")
    gone = client.get("/app/assets/index-0.js")
    assert gone.status_code == 404
    assert "load the page again" in gone.json()["remedy"]


@pytest.mark.parametrize("path", ["/app/..%2Fsecret.txt", "/app/%2e%2e/secret.txt", "/app//etc/passwd"])
def test_nothing_outside_of_the_app_is_served(client, path):
    assert "secret" not in client.get(path).text.replace("__", "")
    assert "root:" not in client.get(path).text


def test_without_a_build_the_answer_says_how_to_get_one(client, built):
    (built / "admin/index.html").unlink()
    answer = client.get("/admin/")
    assert answer.status_code == 404
    assert "make web" in answer.json()["remedy"]
    assert client.get("/button.js").status_code == 404


def test_the_button_may_be_loaded_by_pages_of_any_site(client, built):
    (built / "button").mkdir()
    (built / "button/button.js").write_text("1")
    headers = client.get("/button.js").headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
