"""The ways a message can end otherwise than well, each with its own consequence."""


class Refused(Exception):
    """The sender's fault: answered with a mail that names `reason` and `remedy`, both whole sentences for a person."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


class Barred(Refused):
    """An admin has decided that this organizer may not do so."""


class LimitReached(Exception):
    """A limit of the settings stands in the way: `what` is "event", "invitation" or "webhook", `limit` its number."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"the limit of {limit} {what}s is reached")
        self.what = what
        self.limit = limit


class Aside(Exception):
    """Nothing is to be done, and the message says why; it is logged and owed nothing."""


class Stale(Aside):
    """Overtaken: something newer has been stored."""


class Temporary(Exception):
    """Our own trouble that time may cure: the message is tried again later."""
