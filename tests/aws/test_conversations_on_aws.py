"""The same conversations as on the embedded engine, by the whole road of AWS: SES's notice, queues, Lambdas, SES.

Every record is handed to its Lambda twice in some of them, as queues may.
"""

from pathlib import Path

import pytest

from invited.domain.identity import return_path
from tests.aws.house import House
from tests.conversations.returned_mails import NOTIFICATIONS
from tests.conversations.script import Clock, Conversation, settings_of

FOLDER = Path(__file__).parents[1] / "conversations"


class OnAws(Conversation):
    """A conversation whose mails come by SES and go by SES."""

    def arrive(self, sender, mailbox, raw, address=None):
        self.engine.receive("" if sender == "<>" else sender, address or f"{mailbox}@invites.test", raw)
        self.work()

    def work(self):
        before = len(self.seen)
        self.engine.work()
        self.seen = self.engine.sent
        for to, raw, _ in self.seen[before:]:
            self.unread.append((to, raw))
            self.mailboxes.setdefault(to, []).append(raw)

    seen = ()

    def comes_back(self, guest, title, kind, reason):
        """As a mail: what SES itself tells of a bounce is tested by itself."""
        raw = self.held(guest, title)
        (tags,) = {tuple(tags.values()) for _, sent, tags in self.engine.sent if sent == raw}
        back = f"{return_path(*tags)}@invites.test"
        self.arrive("<>", "rsvp", NOTIFICATIONS[kind](guest, reason, raw.decode()).encode(), back)

    def dead_letters(self, number):
        dead = self.engine.dead()
        assert len(dead) == int(number), [letter.error for letter in dead]


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.txt")))
def test_conversation(name, aws_client, tmp_path):
    text = (FOLDER / f"{name}.txt").read_text()
    values = {"inbound_auth": "trust", "event_limit": 3, "invitation_limit": 5} | settings_of(text)
    with House(aws_client, tmp_path, Clock(), **values) as house:
        OnAws(house, house.clock).run(text)
