"""People register on your own site, and get the calendar invite: a form, a signed ticket, a redirect. Python alone.

    INVITED_URL=https://invites.example INVITED_EVENT=k3v5m2q7x4b6n9d1 TICKET_SECRET=… python3 registration.py

The secret comes from `POST /api/v1/events/{id}/ticket-secret`; the event's setting `public_ticket` is true.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import json
import os
import secrets
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import make_server

FORM = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Register</title>
<form method="post"><label>Mail <input name="email" type="email" required></label>
<label>Name <input name="name" required></label> <button>Register</button></form></html>"""

MAX_BODY = 10_000
VALID = 3600
"""Seconds until a ticket expires: enough to press a button, at most a day."""


def ticket(secret: str, event: str, email: str, registration: str, now: float) -> str:
    """A JSON Web Token (HS256) that lets `email` have one invite; it can be used once for each `registration`."""
    claims = {"event": event, "email": email, "exp": int(now) + VALID, "jti": registration}
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_encoded(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


def _part(value: dict[str, object]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def application(url: str, event: str, secret: str, book: Path, clock=time.time):
    """The site (WSGI): it writes each registration into the CSV file `book` and leads on to the invite's page."""

    def app(environ, start_response):
        if environ["REQUEST_METHOD"] != "POST":
            start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
            return [FORM]
        body = environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), MAX_BODY))
        fields = parse_qs(body.decode("utf-8", "replace"))
        email, name = (fields.get(field, [""])[0].strip() for field in ("email", "name"))
        if "@" not in email or not name:
            start_response("422 Unprocessable Content", [("Content-Type", "text/html; charset=utf-8")])
            return [FORM]
        registration = secrets.token_hex(8)
        with book.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow((registration, email, name))
        query = {
            "email": email,
            "name": name,
            "origin": "link:website",
            "ticket": ticket(secret, event, email, registration, clock()),
        }
        start_response("303 See Other", [("Location", f"{url}/e/{event}/invite?{urlencode(query)}")])
        return [b""]

    return app


if __name__ == "__main__":
    site = application(
        os.environ["INVITED_URL"], os.environ["INVITED_EVENT"], os.environ["TICKET_SECRET"], Path("registrations.csv")
    )
    with make_server("127.0.0.1", int(os.environ.get("PORT", "8080")), site) as server:
        server.serve_forever()
