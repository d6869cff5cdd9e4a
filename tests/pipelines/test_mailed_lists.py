"""Whose mailed list is believed, and that one mail never makes two jobs."""

import pytest

from invited.messages import ConfirmationNeeded, InviteRefused, ListMailed, MailArrived
from invited.pipelines import enlist, receive, unpack
from invited.settings import Settings
from tests.facts import a_mail

RAW = (
    "From: {sender}\r\nSubject: Guests\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/csv; name=guests.csv\r\n\r\na@x.example\r\n--b--\r\n"
)


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path, inbound_auth="confirm", _env_file=None)


@pytest.fixture
def arrive(engine, event, take):
    def arrive(sender, **changes):
        key = engine.archive.put(RAW.format(sender=sender).encode())
        address = f"list.{event.id}@invites.localhost"
        mail = a_mail(key=key, mailbox="list", recipient=address, envelope_from=sender, **changes)
        receive.handle(MailArrived(mail), engine)
        (message,) = take()
        return message

    return arrive


@pytest.fixture
def take(embedded):
    def due():
        taken = embedded.queue.take(100, 60)
        embedded.queue.ack([one.handle for one in taken])
        return [one.message for one in taken]

    return due


def test_an_organizer_who_is_not_proven_is_asked(arrive):
    asked = arrive("ann@club.example")
    assert isinstance(asked, ConfirmationNeeded)
    assert asked.summary == "a list of people to invite to Ball"


def test_a_confirmed_list_begins_one_job_however_often_it_comes(arrive, engine, take):
    mailed = arrive("ann@club.example", is_confirmed=True)
    assert isinstance(mailed, ListMailed)
    unpack.handle(mailed, engine)
    (due,) = take()
    # A crash after the first time may have lost its message.
    unpack.handle(mailed, engine)
    assert take() == [due]
    enlist.handle(due, engine)
    assert take()
    unpack.handle(mailed, engine)
    assert take() == []
    job = engine.store.job(due.job)
    assert (job.origin, job.size, job.figures.invitations) == ("mail-list", len(b"a@x.example"), 1)


@pytest.mark.parametrize("sender", ["eve@other.example", "bob@club.example"])
def test_anybody_else_is_refused(arrive, sender):
    refused = arrive(sender, is_confirmed=True)
    assert isinstance(refused, InviteRefused)
    assert refused.reason == "You have no event of this id here."
