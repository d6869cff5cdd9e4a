"""A webhook's receiver, with nothing but Python: it proves each call's signature, skips repeats and prints the facts.

    WEBHOOK_SECRET=whsec_… python3 examples/webhook_receiver.py 9000

For a server on the same machine, `invited serve` needs INVITED_WEBHOOK_HTTP=true and INVITED_WEBHOOK_PRIVATE=true.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from collections import OrderedDict
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE = 300
"""Seconds that a call's timestamp may be off, so that nobody can replay one that they overheard."""

MAX_BODY = 1_000_000
REMEMBERED = 10_000

SEEN: OrderedDict[str, None] = OrderedDict()
"""Calls that were taken; a real receiver keeps this where a restart does not forget it."""


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether the holder of `secret` made this call lately: https://www.standardwebhooks.com"""
    message, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not at.isdecimal() or abs(now - int(at)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, f"{message}.{at}.".encode() + body, hashlib.sha256)
    expected = b"v1," + base64.b64encode(signed)
    # Several while a secret is being exchanged: one of them is enough.
    given = headers.get("webhook-signature", "").encode().split(b" ")
    return any(hmac.compare_digest(expected, signature) for signature in given)


class Handler(BaseHTTPRequestHandler):
    """Answers 204 for what was taken, so that it is not sent again."""

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if length > MAX_BODY:
            self.answer(413)
            return
        body = self.rfile.read(length)
        if not is_genuine(os.environ["WEBHOOK_SECRET"], self.headers, body, time.time()):
            self.answer(401)
            return
        if self.headers["webhook-id"] not in SEEN:
            self.take(json.loads(body))
            SEEN[self.headers["webhook-id"]] = None
            if len(SEEN) > REMEMBERED:
                SEEN.popitem(last=False)
        self.answer(204)

    def take(self, call: dict) -> None:
        """Where your own code goes; let it be quick, 10 seconds are the most that a call waits."""
        for fact in call["data"]["facts"]:
            print(call["type"], json.dumps(fact), flush=True)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 9000), Handler)
    print(f"listening on port {server.server_address[1]}", flush=True)
    server.serve_forever()
