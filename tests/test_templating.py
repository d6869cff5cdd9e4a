import pytest
from jinja2 import UndefinedError

from invited.settings import Settings
from invited.templating import environment


def test_html_is_escaped_and_text_is_not(tmp_path):
    (tmp_path / "a.html").write_text("{{ x }}")
    (tmp_path / "a.txt").write_text("{{ x }}")
    templates = environment(Settings(domain="invites.example", templates_dir=tmp_path, _env_file=None))
    assert templates.get_template("a.html").render(x="<&>") == "&lt;&amp;&gt;"
    assert templates.get_template("a.txt").render(x="<&>") == "<&>"
    with pytest.raises(UndefinedError):
        templates.get_template("a.html").render()
    assert templates.get_template("pages/base.html")
