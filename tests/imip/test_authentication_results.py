import pytest
from hypothesis import given
from hypothesis import strategies as st

from invited.imip.authentication_results import Result, read


def test_the_example_of_the_rfc_is_read():
    said = read(
        "Example.com 1; auth=pass (cram-md5) smtp.auth=sender@example.net; "
        'spf=pass smtp.mailfrom=example.net; dkim/1 = pass reason="good; really" header.i=@Example.net'
    )
    assert said.server == "example.com"
    assert said.results == (
        Result("auth", "pass", {"smtp.auth": "sender@example.net"}),
        Result("spf", "pass", {"smtp.mailfrom": "example.net"}),
        Result("dkim", "pass", {"reason": "good; really", "header.i": "@example.net"}),
    )


def test_what_ses_writes_is_read():
    said = read(
        "amazonses.com; spf=pass (spfCheck: domain of there.example designates 192.0.2.1 as permitted sender) "
        "client-ip=192.0.2.1; envelope-from=joe@there.example; helo=mail.there.example; "
        "dkim=pass header.i=@there.example; dmarc=pass header.from=there.example;"
    )
    assert Result("dmarc", "pass", {"header.from": "there.example"}) in said.results


@pytest.mark.parametrize("value", ["example.com; none", "example.com;", "example.com", '"example.com" 1; none'])
def test_a_server_may_have_nothing_to_say(value):
    assert read(value).results == ()
    assert read(value).server == "example.com"


def test_comments_tell_nothing():
    said = read(r"(a; dkim=pass) x.example (b (c; d) \) dkim=pass) ; dkim=fail (not; dmarc=pass) header.d=(y)z.example")
    assert said.results == (Result("dkim", "fail", {"header.d": "z.example"}),)


@pytest.mark.parametrize(
    ("local_part", "value"),
    [
        ("good.example=x", "good.example=x@evil.example"),
        ('"good.example"', '"good.example"@evil.example'),
        (r'"a\"; dmarc=pass header.from=good.example"', r'"a\"; dmarc=pass header.from=good.example"@evil.example'),
        ('"(; dmarc=pass"', '"(; dmarc=pass"@evil.example'),
    ],
)
def test_a_local_part_forges_nothing(local_part, value):
    said = read(f"x.example; spf=pass smtp.mailfrom={local_part}@evil.example")
    assert said.results == (Result("spf", "pass", {"smtp.mailfrom": value}),)


@pytest.mark.parametrize(
    "value",
    [
        "",
        ";",
        "; dkim=pass",
        "dkim=pass",
        "x.example 2; dkim=pass",
        "x.example; dkim=pass (",
        "x.example; dkim=pass )",
        'x.example; dkim="pass',
        "x.example; dkim=pass header.d=good.example(x)@evil.example",
        "x.example; dkim=pass and more",
        "x.example; dkim=",
        "x.example; =pass",
        "x.example; dkim=pass header.d=a.example header.d=b.example",
    ],
)
def test_what_is_malformed_is_not_read(value):
    with pytest.raises(ValueError, match=r"^(it does|a )"):
        read(value)


@given(st.text(alphabet='ab.=;"()\\ @', max_size=60))
def test_anything_is_read_or_malformed(text):
    try:
        read("x.example; " + text)
    except ValueError:
        return
