"""An operator's own templates: found file by file, tried before the start, written out to begin from."""

from email import message_from_bytes

import pytest
from typer.testing import CliRunner

from invited.branding import brand
from invited.cli import app
from invited.domain.branding import Branding
from invited.mails import templates
from invited.mails.faults import faults
from invited.mails.samples import sample
from invited.mails.values import common

URL = "https://invites.example"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mail").mkdir()
    return tmp_path


@pytest.fixture
def write(folder):
    return lambda name, text: (folder / "mail" / name).write_text(text, encoding="utf-8")


def made(folder, name):
    values = common(brand(Branding(), ""), URL) | sample(name, URL, "invites.example")
    return templates.fill(folder, templates.source(folder, name), templates.phrases(folder, name), {}, values)


def test_each_file_goes_before_ours_by_itself(folder, write):
    write("sign_in.txt", "Come in\nOpen {{ link }}")
    write("confirm.html", "<html><body>{{ words.button }}: {{ link }}</body></html>")
    write("footer.mjml", "<mj-section><mj-column><mj-text>Made with love</mj-text></mj-column></mj-section>")
    write("words.toml", '[created]\nbutton = "Look at it"\n')
    assert faults(folder) == []
    assert made(folder, "sign_in").subject == "Come in"
    assert "Made with love" in made(folder, "sign_in").html
    assert made(folder, "confirm").html == f"<html><body>It was me: {URL}/confirm/x</body></html>"
    assert "Look at it" in made(folder, "created").html
    assert "Your event is here" in made(folder, "created").text


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("sign_in.mjml", "<mj-text>\n\n<mj-buton />", "sign_in.mjml: line 3: <mj-buton> is not known here"),
        ("sign_in.txt", "Subject\n{{ link", "sign_in.txt: line 2: "),
        ("sign_in.txt", "Subject\n\n{{ lnk }}", "sign_in: line 3: 'lnk' is undefined"),
        ("singin.txt", "x", "singin.txt: no mail has a template of this name"),
        ("words.toml", '[created]\nbutten = "x"\n', "words.toml: there is no phrase [created] butten"),
        ("words.toml", "[created", "words.toml: "),
        ("layout.mjml", "<mjml><mj-body>", "layout.mjml: line 1: <mj-body> is not closed"),
    ],
)
def test_a_fault_is_told_with_file_and_line_and_keeps_the_server_from_starting(
    folder, write, monkeypatch, file, text, told
):
    write(file, text)
    found = faults(folder)
    assert found[0].startswith(str(folder / "mail" / told.partition(":")[0]))
    assert told in found[0]
    monkeypatch.setenv("INVITED_TEMPLATES_DIR", str(folder))
    monkeypatch.setenv("INVITED_DATA_DIR", str(folder / "data"))
    for command in (["serve"], ["templates", "check"]):
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 1
        assert told in result.output


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("INVITED_DATA_DIR", str(tmp_path / "data"))

    def run_command(*args, code=0):
        result = CliRunner().invoke(app, ["templates", *map(str, args)])
        assert result.exit_code == code, result.output
        return result.output

    return run_command


def test_what_is_exported_is_what_is_used(run, tmp_path, monkeypatch):
    assert "created.mjml" in run("export", tmp_path)
    assert run("export", tmp_path) == ""
    monkeypatch.setenv("INVITED_TEMPLATES_DIR", str(tmp_path))
    assert run("check") == ""
    assert "created  created.txt created.mjml" in run("list")


def test_a_preview_is_written_as_html_text_and_mail(run, tmp_path):
    run("preview", "invite", "--kind", "cancelled", "--output", tmp_path)
    assert "This has been cancelled." in (tmp_path / "invite.html").read_text()
    assert "This has been cancelled." in (tmp_path / "invite.txt").read_text()
    assert message_from_bytes((tmp_path / "invite.eml").read_bytes())["Subject"] == "Test: Cancelled: Home opener"
    assert "names every mail" in run("preview", "nothing", code=1)


def test_a_preview_goes_to_the_lab(run):
    assert run("preview", "created", "--send-to-lab").strip().endswith("/lab")
