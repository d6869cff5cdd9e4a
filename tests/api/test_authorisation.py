"""Who may call what: every route of the app, for every kind of caller, from one table.

A row is: method, path, kind, scope (- for none), and for what needs one a body: JSON under /api/, else a form;
"{is_admin}" in it tells whether an admin sends it.

    own      something of one organizer's: for them and for admins; for other organizers it is not there
    domain   for admins
    any      for whoever has a key or a session
    person   pages for whoever is signed in; all others are led to the form
    link     whoever has a signed link; nothing else opens it
    open     for everybody
"""

import json
import re
from datetime import timedelta

import pytest

from invited.api import feeds
from invited.credentials import digest_of, new_key, seal, unsubscribe_link
from invited.domain.addresses import token
from invited.domain.approval import Approval
from invited.domain.call import Call
from invited.domain.event import Change
from invited.domain.fact import FactKind
from invited.domain.hook import Hook
from invited.domain.job import Job
from invited.domain.newcomer import Newcomer
from invited.domain.principal import ALL, Scope
from invited.domain.statistics import Statistics
from invited.ports import Key, Letter, Session
from invited.sessions import AGE
from tests.api.given import NOW, OPEN, OTHER, OWNER, SECRET, routes
from tests.facts import a_delivery, an_invitation

TABLE = """
POST /api/v1/events own events:write {"subject": "x", "start": "2027-01-01", "organizer":{"email":"owner@club.example"}}
GET /api/v1/events/{id} own events:read
PUT /api/v1/events/{id} own events:write {"subject": "x", "start": "2027-01-01"}
PATCH /api/v1/events/{id} own events:write {"subject": "x"}
POST /api/v1/events/{id}/preview own events:read {"subject": "x"}
POST /api/v1/events/{id}/cancel own events:write {}
POST /api/v1/events/{id}/cancel/preview own events:read {}
GET /api/v1/events/{id}/statistics own events:read
GET /api/v1/events/{id}/live own events:read
GET /api/v1/events/{id}/domains own events:read
GET /api/v1/events/{id}/attendees own events:read
GET /api/v1/events/{id}/attendees/{token} own events:read
GET /api/v1/events/{id}/attendees/{token}/steps/{number}/mail own attendees:read
POST /api/v1/events/{id}/attendees/{token}/remind own invitations:send
POST /api/v1/events/{id}/attendees/{token}/withdraw own invitations:send
GET /api/v1/events/{id}/report own events:read
POST /api/v1/events/{id}/report own events:read
GET /api/v1/events/{id}/reconfirmation own events:read
GET /api/v1/events/{id}/proposals own events:read
GET /api/v1/events/{id}/strangers own events:read
POST /api/v1/events/{id}/strangers/{stranger} own events:write {"verdict": "accept"}
GET /api/v1/events/{id}/comments own events:read
GET /api/v1/events/{id}/invite own events:read
GET /api/v1/events/{id}/invite/html own events:read
GET /api/v1/events/{id}/settings own events:read
PATCH /api/v1/events/{id}/settings own events:write {"strangers": "refuse"}
GET /api/v1/events/{id}/approvals own events:read
GET /api/v1/approvals/{id} own events:read
POST /api/v1/approvals/{id} own events:write {"choice": "approve"}
POST /api/v1/events/{id}/invitations own invitations:send {"attendees": [{"email": "ada@fans.example"}]}
POST /api/v1/events/{id}/lists own invitations:send {}
POST /api/v1/events/{id}/lists/preview own invitations:send {}
POST /api/v1/events/{id}/nudges own invitations:send
GET /api/v1/events/{id}/jobs own events:read
GET /api/v1/domain/jobs domain events:read
GET /api/v1/jobs/{id} own events:read
GET /api/v1/jobs/{id}/live own events:read
POST /api/v1/jobs/{id}/pause own invitations:send
POST /api/v1/jobs/{id}/resume own invitations:send
POST /api/v1/jobs/{id}/stop own invitations:send
POST /api/v1/jobs/{id}/resend own invitations:send
POST /api/v1/events/{id}/ticket-secret own events:write
GET /api/v1/organizers/{organizer}/events own events:read
GET /api/v1/organizers/{organizer}/statistics own events:read
GET /api/v1/organizers/{organizer}/domains own events:read
GET /api/v1/organizers/{organizer}/schedule own events:read
PUT /api/v1/organizers/{organizer}/schedule own events:write {"slug": null}
GET /api/v1/domain/events domain events:read
GET /api/v1/domain/audit domain operations
GET /api/v1/events/{id}/audit own operations

GET /api/v1/suppression any suppression
GET /api/v1/suppression.csv any attendees:read
GET /api/v1/suppression/{email} any suppression
POST /api/v1/suppression any suppression {"email": "bob@fans.example"}
POST /api/v1/suppression/import any suppression {}
POST /api/v1/suppression/readmit any suppression {"email": "ada@fans.example", "reason": "because"}

GET /api/v1/domain/organizers domain operations
GET /api/v1/domain/organizers/{organizer} domain operations
PATCH /api/v1/domain/organizers/{organizer} domain operations {"event_limit": 10}
POST /api/v1/domain/organizers/{organizer}/suspend domain operations {"reason": "abuse"}
POST /api/v1/domain/organizers/{organizer}/readmit domain operations

GET /api/v1/dead-letters domain operations
GET /api/v1/dead-letters/{id} domain operations
POST /api/v1/dead-letters/replay domain operations {"kind": "EventCreated"}
POST /api/v1/dead-letters/{id}/replay domain operations
POST /api/v1/dead-letters/{id}/discard domain operations {"reason": "because"}
GET /api/v1/health domain operations
GET /api/v1/domain/dns domain operations
GET /api/v1/domain/statistics domain events:read
GET /api/v1/domain/domains domain events:read

GET /api/v1/webhooks any webhooks
POST /api/v1/webhooks any webhooks {"url": "https://x.example/"}
GET /api/v1/webhooks/{id} own webhooks
PATCH /api/v1/webhooks/{id} own webhooks {"note": "x"}
DELETE /api/v1/webhooks/{id} own webhooks
POST /api/v1/webhooks/{id}/rotate own webhooks
POST /api/v1/webhooks/{id}/ping own webhooks
GET /api/v1/webhooks/{id}/deliveries own webhooks
GET /api/v1/webhooks/{id}/deliveries/{delivery} own webhooks
POST /api/v1/webhooks/{id}/replay own webhooks {"since": "2027-01-13T00:00:00Z"}

GET /api/v1/me any -
GET /api/v1/keys any keys
POST /api/v1/keys any keys {"scopes": ["keys"], "is_admin": {is_admin}}
DELETE /api/v1/keys/{id} own keys
GET /api/v1/sessions any keys
DELETE /api/v1/sessions any keys
DELETE /api/v1/sessions/{id} own keys
POST /api/v1/lint any - {}
GET /api/v1/branding open -
GET /api/v1/domain/branding domain operations
PUT /api/v1/domain/branding domain operations {"name": "x"}
GET /api/v1/domain/templates domain operations
GET /api/v1/domain/templates/{name} domain operations
PUT /api/v1/domain/templates/{name} domain operations {"text": "x"}
DELETE /api/v1/domain/templates/{name} domain operations
POST /api/v1/domain/templates/{name}/preview domain operations {}
GET /api/v1/domain/templates/{name}/preview domain operations
POST /api/v1/domain/templates/{name}/test domain operations
POST /api/v1/sign-in open - {"email": "owner@club.example"}
POST /api/v1/public/events/{id}/invitations open - {"email": "ada@fans.example"}
GET /api/v1/public/events/{id}/challenge open -

GET / open -
GET /pages.css open -
GET /favicon.ico open -
GET /brand open -
GET /metrics domain operations
GET /healthz open -
GET /readyz open -
GET /problems/{name} open -
GET /o/{slug} open -
GET /o/{slug}.ics open -
GET /e/{id} open -
GET /e/{id}.ics open -
GET /e/{id}/files/{number} open -
GET /e/{id}/invite open -
POST /e/{id}/invite open - {"email": "ada@fans.example"}
GET /app open -
GET /app/{path:path} open -
GET /admin open -
GET /admin/{path:path} open -
GET /button.js open -
GET /sign-in open -
POST /sign-in open - {"email": "owner@club.example"}
POST /sign-out open -

GET /sign-in/{secret} link -
POST /sign-in/{secret} link -
GET /account person -
POST /account/sessions/{id}/end person -
GET /events/{id} link -
GET /events/{id}/report.csv link -
POST /events/{id}/jobs/{job_id}/{order} link - {"access": "x"}
POST /events/{id}/listing link - {"access": "x", "listed": "yes"}
POST /events/{id}/send link - {"access": "x", "addresses": "ada@fans.example"}
GET /approvals/{signed} link -
POST /approvals/{signed} link - {"choice": "approve"}
GET /strangers/{signed} link -
POST /strangers/{signed} link - {"verdict": "accept"}
GET /reports/{signed} link -
GET /confirm/{signed} link -
POST /confirm/{signed} link -
GET /opt-in/{signed} link -
POST /opt-in/{signed} link - {"said": "yes"}
GET /u/{id}/{token}/{code} link -
POST /u/{id}/{token}/{code} link -
GET /a/{id}/{token}/{code} link -
POST /a/{id}/{token}/{code} link - {"answer": "yes"}
POST /a/{id}/{token}/{code}/mine link -
GET /mine/{signed} link -
POST /mine/{signed} link - {"answer": "yes"}
POST /mine/{signed}/stop link -

POST /templates/{name}/preview domain operations {"text": "x"}
GET /lab domain operations
GET /lab/new domain operations
POST /lab/new domain operations {"as": "google", "day": "2027-01-14"}
GET /lab/{id} domain operations
GET /lab/mails domain operations
GET /lab/mails/{id} domain operations
GET /lab/mails/{id}.eml domain operations
GET /lab/mails/{id}/html domain operations
POST /lab/mails/{id}/return domain operations
POST /lab/mails/{id}/answer domain operations {"as": "google", "answer": "accept"}
"""
ROWS = [line.split(" ", 4) + [""] * (4 - line.count(" ")) for line in TABLE.splitlines() if line]

THINGS = {"events": "event1", "e": "event1", "jobs": "job1", "approvals": "a1", "keys": "key1", "sessions": "s2"}
THINGS |= {"lab": "1", "mails": "1", "u": "event1", "dead-letters": "1", "a": "event1", "webhooks": "hook1"}
DEAD = "INSERT INTO dead_letter VALUES (1, 'EventCreated', '{\"event_id\":\"x\"}', 0, 8, 'no', 0)"
TOKEN = "abcdefgh234567ab"
NAMES = {
    "token": TOKEN,
    "organizer": OWNER,
    "name": "invalid",
    "number": "0",
    "job_id": "job1",
    "order": "stop",
    "email": "ada@fans.example",
    "delivery": "call1",
}

OURS = {"Sec-Fetch-Site": "same-origin"}
# The lab then takes whoever calls for somebody behind a proxy, not at this machine.
AFAR = {"X-Forwarded-For": "192.0.2.1"}
READING = "GET"


def fill(path):
    path = path.replace("/steps/{number}", "/steps/1").replace("{stranger}", seal(SECRET, "eve@far.example"))
    path = re.sub(r"/([\w-]+)/\{id\}", lambda found: f"/{found[1]}/{THINGS[found[1]]}", path)
    path = path.replace("/templates/{name}", "/templates/created")
    path = re.sub(r"/(\w+)/\{id\}", lambda found: f"/{found[1]}/{THINGS[found[1]]}", path)
    return re.sub(r"\{(\w+)(:path)?\}", lambda found: NAMES.get(found[1], "x"), path)


@pytest.fixture
def things(engine, embedded, event, monkeypatch):
    """Makes what the paths name, as often as it is gone."""
    # Streams end at once.
    monkeypatch.setattr(feeds, "LIFETIME", 0)
    engine.store.admit("event1", [an_invitation("event1", TOKEN)], 10)
    engine.store.mark("event1", [a_delivery(TOKEN)])
    engine.store.add_newcomer(Newcomer("event1", "eve@far.example", TOKEN, is_delegate=False, since=NOW))

    def make():
        if engine.store.job("job1") is None:
            engine.store.open_job(Job("job1", "event1", "api", NOW, Statistics()))
            ends = NOW + timedelta(hours=72)
            engine.store.hold(Approval("a1", event, event, Change.SIGNIFICANT, 1234, "m", NOW, ends))
            engine.outbox.send([Letter("", "ada@fans.example", b"Subject: x\r\n\r\nx\r\n")])
        for organizer in ("", OWNER, OTHER):
            engine.store.suppress("ada@fans.example", "bounced: full", NOW, organizer=organizer)
        if engine.dead_letters.get("1") is None:
            embedded.queue._database.write(lambda c: c.execute(DEAD).rowcount)
        if engine.store.hook("hook1") is None:
            engine.store.add_hook(Hook("hook1", OWNER, "https://x.example/", NOW), 9)
            engine.store.owe("hook1", [Call("hook1", "call1", FactKind.PING, "{}", NOW, NOW)], 9)
        if engine.store.key("key1") is None:
            engine.store.add_key(Key("key1", "x", False, OWNER, NOW))
        for session_id, address in (("s1", OWNER), ("s2", OWNER), ("s3", OTHER)):
            if engine.store.session(session_id) is None:
                digest = digest_of("secret")
                engine.store.add_session(Session(session_id, digest, address, NOW, NOW, NOW, NOW + AGE), NOW)

    make()
    return make


@pytest.fixture
def callers(engine, event):
    """Everybody: the headers of each."""

    def key(scopes, organizer=None):
        made, text = new_key(organizer is None, organizer, NOW, scopes=scopes)
        engine.store.add_key(made)
        return {"Authorization": f"Bearer {text}"}

    def known(needed):
        code = unsubscribe_link(engine, "event1", token(SECRET, "event1", "ada@fans.example")).rpartition("/")[2]
        return {
            "anonymous": {},
            "attendee": {"Authorization": f"Bearer {code}", "Cookie": f"invited-session=s1.{code}"},
            "other": key(ALL, OTHER),
            "other's session": {"Cookie": "invited-session=s3.secret"} | OURS,
            "forged": {"Cookie": "invited-session=s1.secret"},
            "lacking": key(ALL - needed or ALL, OWNER),
            "admin lacking": key(ALL - needed or ALL),
            "organizer": key(ALL, OWNER),
            "holding": key(needed or {Scope.WEBHOOKS}, OWNER),
            "session": {"Cookie": "invited-session=s1.secret"} | OURS,
            "admin": key(ALL),
            "admin holding": key(needed or {Scope.WEBHOOKS}),
        }

    return known


def expected(kind, caller, method, needed):
    """The problem that this caller has, None for none, "led" for whoever is led to the form."""
    signed = {
        "anonymous": "unauthorized",
        "attendee": "unauthorized",
        "forged": None if method == READING else "cross-site",
        "lacking": "insufficient-scope" if needed else None,
        "admin lacking": "insufficient-scope" if needed else None,
    }
    if kind == "open":
        return None
    if kind == "link":
        return "link-not-valid"
    if kind == "person":
        return None if caller.endswith("session") else signed["forged"] if caller == "forged" else "led"
    if kind == "own" and caller in ("other", "other's session"):
        return "not-found"
    if kind == "domain" and not caller.startswith("admin"):
        return signed.get(caller) or "forbidden"
    return signed.get(caller)


def ask(client, method, path, body, headers):
    client.follow_redirects = False
    client.cookies.clear()
    sent = {"json" if path.startswith("/api/") else "data": json.loads(body)} if body else {}
    return client.request(method, fill(path), headers=headers | AFAR, **sent)


def told(answer):
    """Which problem it is; None where the caller was let in, even if nothing could be done."""
    if answer.status_code == 303 and answer.headers["location"] in ("/sign-in", "/account"):
        return "led"
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        name = answer.json()["type"].rpartition("/")[2]
        return None if answer.status_code == 409 else name
    assert answer.status_code < 400
    return None


@pytest.mark.parametrize(("method", "path", "kind", "scope", "body"), ROWS, ids=[" ".join(row[:2]) for row in ROWS])
def test_who_may_call(client, engine, things, callers, method, path, kind, scope, body):
    needed = frozenset() if scope == "-" else frozenset({Scope(scope)})
    asked = callers(needed)
    denied = [name for name in asked if expected(kind, name, method, needed)]
    for name in denied + [name for name in asked if name not in denied]:
        things()
        given = body.replace("{is_admin}", "true" if name.startswith("admin") else "false")
        answer = ask(client, method, path, given, asked[name])
        wanted = expected(kind, name, method, needed)
        if kind == "open":
            assert answer.status_code not in (401, 403), name
        elif kind == "person" and method != READING:
            assert told(answer) == ("cross-site" if name == "forged" else "led"), name
        else:
            assert told(answer) == wanted, name
        if wanted:
            assert not engine.queue, name
            assert ("www-authenticate" in answer.headers) == (wanted in ("unauthorized", "insufficient-scope")), name


def test_the_table_names_every_route_and_no_other(client):
    assert sorted(f"{method} {path}" for method, path, *_ in ROWS) == sorted(
        f"{method} {path}" for method, path, _route in routes(client.app)
    )


def test_the_description_names_the_scopes_of_the_table(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for method, path, _kind, scope, _body in ROWS:
        if path.startswith("/api/") and path not in OPEN:
            held = [] if scope == "-" else [scope]
            assert paths[path][method.lower()]["security"] == [{"key": held}, {"session": []}], path
