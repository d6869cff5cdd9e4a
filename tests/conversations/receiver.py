"""Somebody whose webhook is called."""

import json
from itertools import groupby

from invited.ports import Answer


class Receiver:
    """Takes every call."""

    def __init__(self):
        self.bodies = []

    def post(self, url, headers, body):
        self.bodies.append(json.loads(body))
        return Answer(204, 0.01)

    def told(self):
        """`invitation.sent 2, receipt.recorded 1`: the facts since this was asked for last."""
        kinds = [body["type"] for body in self.bodies for _ in body["data"]["facts"]]
        self.bodies = []
        return ", ".join(f"{kind} {len(list(facts))}" for kind, facts in groupby(kinds)) or "nothing"
