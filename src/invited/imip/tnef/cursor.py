"""Little-endian bytes read from front to back; whoever asks for more than there is gets a refusal, never a crash."""

from __future__ import annotations

from invited.domain.errors import Refused

REMEDY = (
    "Send the invite or the answer once more from Outlook with the message format HTML instead of Rich Text,"
    " or from another calendar."
)


def damaged(what: str) -> Refused:
    """The refusal of a winmail.dat of which `what` (a noun phrase) cannot be read."""
    return Refused(f"In the Outlook attachment of this mail (winmail.dat), {what} cannot be read.", REMEDY)


class Cursor:
    """A place in `data`, which is called `what` in refusals. Every method raises Refused at the end of the data."""

    __slots__ = ("data", "offset", "what")

    def __init__(self, data: bytes | memoryview, what: str, offset: int = 0) -> None:
        self.data = memoryview(data)
        self.offset = offset
        self.what = what

    @property
    def left(self) -> int:
        """Bytes that have not been read."""
        return len(self.data) - self.offset

    def take(self, size: int) -> memoryview:
        """The next `size` bytes, not copied."""
        if size > self.left:
            raise damaged(self.what)
        self.offset += size
        return self.data[self.offset - size : self.offset]

    def number(self, size: int) -> int:
        """The next `size` bytes as an unsigned number."""
        return int.from_bytes(self.take(size), "little")

    def signed(self, size: int) -> int:
        """The next `size` bytes as a number in two's complement."""
        return int.from_bytes(self.take(size), "little", signed=True)

    def count(self, limit: int) -> int:
        """The next four bytes as a count that no honest sender lets exceed `limit`."""
        number = self.number(4)
        if number > limit:
            raise damaged(self.what)
        return number
