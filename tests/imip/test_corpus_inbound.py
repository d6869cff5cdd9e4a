"""Every real mail and calendar of the corpus is read, and read as its own project says it must be.

`EXPECTED` asserts the manifest's expectations file by file; `NOT_APPLICABLE` says why one does not bind a server that
takes an invite apart and sends it on. A row of the manifest in neither table fails.
"""

import csv
import json
import re
from collections import Counter
from datetime import UTC, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from invited.domain.bounce import BounceKind
from invited.domain.errors import Stale
from invited.domain.event import Event, cancelled, updated
from invited.domain.invitation import Partstat
from invited.domain.moment import Moment
from invited.imip.bounces import read_bounce
from invited.imip.itip import Method, recurrence_id, understand
from invited.imip.mail import read
from tests.corpus import ABSENT, CORPUS
from tests.imip.inbound_mails import ARRIVED

BOUND = {
    "organizer-request",
    "reply",
    "cancel",
    "update",
    "recurring",
    "timezones",
    "malformed-ics",
    "malformed-mime",
    "counter",
    "bounce",
}

if CORPUS is None:
    pytest.skip(ABSENT, allow_module_level=True)

with (CORPUS / "MANIFEST.tsv").open(newline="") as manifest:
    ROWS = [row for row in csv.DictReader(manifest, delimiter="\t") if row["path"].split("/")[0] in BOUND]
FILES = [row["path"] for row in ROWS]
JSON = [path for path in FILES if path.endswith(".json")]
MAILS = [path for path in FILES if not path.endswith(".json")]


def wrapped(octets):
    message = EmailMessage()
    message["From"] = "organizer@example.org"
    message.set_content("See the file.")
    message.add_attachment(octets, maintype="text", subtype="calendar", filename="event.ics")
    return message.as_bytes()


def filled(octets):
    """CalDAVTester's templates with something in their places."""
    octets = re.sub(rb"\$now\.year\.1:", b"2027", octets)
    return re.sub(rb"\$(uid\w*):", rb"\1", octets)


def mail_of(path):
    octets = (CORPUS / path).read_bytes()
    if "kcalutils__itip-event-counterproposal.ics" in path:
        return (
            b"From: a@example.com\nContent-Type: text/calendar\nContent-Transfer-Encoding: quoted-printable\n\n"
            + octets
        )
    return wrapped(filled(octets)) if path.endswith(".ics") else octets


def understood(text):
    return understand(read(wrapped(text.encode())), ARRIVED)


class Seen:
    """What we make of a file."""

    def __init__(self, path):
        self.mail = read(mail_of(path))
        self.found = understand(self.mail, ARRIVED)
        self.bounce = read_bounce(self.mail, mail_of(path))
        self.reasons = " ".join(fault.reason for fault in self.found.faults)

    @property
    def submission(self):
        (only,) = self.found.submissions
        assert not self.found.faults, self.reasons
        return only

    @property
    def reply(self):
        (only,) = self.found.replies
        assert not self.found.faults, self.reasons
        return only

    @property
    def components(self):
        return self.submission.components

    @property
    def head(self):
        return self.components[0]


def request(**wanted):
    """A REQUEST of one event whose head has these attributes."""

    def check(seen):
        assert seen.submission.method is Method.REQUEST
        for name, value in wanted.items():
            assert getattr(seen.head, name) == value

    return check


def request_by(organizer):
    def check(seen):
        assert seen.submission.method is Method.REQUEST
        assert seen.submission.organizer == organizer

    return check


def update(seen):
    assert seen.submission.method is Method.REQUEST
    assert seen.head.stamp.sequence > 0


def cancel(seen):
    (only,) = seen.found.cancellations
    assert only.organizer
    assert [key for key, _ in only.keys] == [None]


def answer(partstat, attendee=None, method=Method.REPLY):
    def check(seen):
        assert seen.reply.method is method
        assert seen.reply.uid
        assert seen.reply.partstat is partstat
        assert attendee is None or seen.reply.attendee == attendee

    return check


def proposal(method, start, partstat=Partstat.NEEDS_ACTION):
    """One attendee proposes to begin then, and for as long as before."""

    def check(seen):
        assert (seen.reply.method, seen.reply.partstat) == (method, partstat)
        assert seen.reply.uid
        assert seen.reply.attendee
        assert seen.reply.proposes
        assert seen.reply.proposed_start.to_text() == start
        assert seen.reply.proposed_end.instant() > seen.reply.proposed_start.instant()

    return check


def delegation(delegate):
    def check(seen):
        assert (seen.reply.partstat, seen.reply.delegated_to) == (Partstat.DELEGATED, delegate)
        assert seen.reply.attendee == "testuserb@example.com"

    return check


def check_rfc_2446(seen):
    """Every example of the RFC in one mail: each kind is told apart."""
    kinds = Counter(reply.method for reply in seen.found.replies)
    assert kinds == {Method.REPLY: 5, Method.COUNTER: 2, Method.REFRESH: 2}
    counters = [reply for reply in seen.found.replies if reply.method is Method.COUNTER]
    assert [c.proposed_start.to_text() for c in counters] == ["1997-07-01T16:00:00Z", "1997-07-15T22:00:00Z"]
    assert counters[0].comment.startswith("This time works much better")
    delegations = {(r.attendee, r.delegated_to) for r in seen.found.replies if r.delegated_to}
    assert delegations == {("c@example.com", "e@example.com")}
    assert "declines a proposal" in seen.reasons


def accepted_event(zone=None, count=1):
    """The file holds so many events, the first in that zone, and nothing of it is refused."""

    def check(seen):
        assert len(seen.found.submissions) == count
        assert not seen.found.faults, seen.reasons
        assert zone is None or seen.found.submissions[0].components[0].start.zone == zone

    return check


def refused(words):
    def check(seen):
        assert not seen.found.submissions
        assert words in seen.reasons

    return check


def no_calendar(seen):
    assert seen.mail.calendars == ()
    assert not seen.found.faults


def extra_of(name):
    def value(seen):
        return next(line.value for line in seen.head.extra if line.name == name)

    return value


def check_teams(seen):
    assert extra_of("X-MICROSOFT-SKYPETEAMSMEETINGURL")(seen).startswith(
        "https://teams.microsoft.com/l/meetup-join/19%3ameeting_NDg4"
    )


def check_inline_image(seen):
    assert len(seen.components) == 1
    (image,) = seen.mail.attachments
    assert (image.name, len(image.content)) == ("Screenshot 2021-12-16 at 10.30.00.png", 7522)


def check_zoom(seen):
    start = seen.head.start
    assert start.wall == datetime(2020, 9, 17, 13, 30)
    # The same rules as in New York: the same instant is meant.
    assert start.instant() == start.wall.replace(tzinfo=ZoneInfo("America/Indianapolis")).astimezone(UTC)


def check_1601(seen):
    assert seen.reply.uid == "xxxx"
    paris = datetime(2017, 10, 20, 23, 42, tzinfo=ZoneInfo("Europe/Paris"))
    assert paris.utcoffset().total_seconds() == 7200


def check_unknown_zone(seen):
    assert [s.components[0].start.instant() for s in seen.found.submissions] == [
        datetime(2016, 4, 1, 22, tzinfo=UTC),
        datetime(2016, 12, 1, 23, tzinfo=UTC),
    ]


def check_outlook_exception(seen):
    master, exception = seen.components
    assert exception.summary == "exception"
    assert (exception.description, exception.location, exception.status) == (
        master.description,
        master.location,
        master.status,
    )
    assert {line.name for line in exception.extra} >= {"CLASS", "PRIORITY", "TRANSP"}


def check_one_occurrence(seen):
    (only,) = seen.components
    assert only.recurrence_id is not None


def check_libical_stream(seen):
    """One mail with the whole stream; what is classified against a stored calendar is checked where it is stored."""
    replies = [(reply.attendee, reply.partstat, reply.method) for reply in seen.found.replies]
    assert replies == [
        ("b@example.com", Partstat.ACCEPTED, Method.REPLY),
        ("b@example.com", Partstat.DELEGATED, Method.REPLY),
        ("c@example.com", Partstat.DECLINED, Method.REPLY),
        ("x@example.com", Partstat.ACCEPTED, Method.REPLY),
        ("y@example.com", Partstat.DECLINED, Method.REPLY),
        ("c@example.com", Partstat.NEEDS_ACTION, Method.COUNTER),
    ]
    assert len(seen.found.cancellations) == 1
    assert len(seen.found.submissions) == 4
    # I1 ends at "19970701T10300Z".
    assert "is no date or time" in seen.reasons


def bounced(uid=""):
    def check(seen):
        assert seen.bounce.kind is BounceKind.HARD
        assert seen.bounce.uid == uid
        assert not seen.found.submissions

    return check


def failed(status, kind):
    """Given up with this status; HARD where sisimai calls it a hard bounce."""

    def check(seen):
        assert seen.bounce.kind is kind
        assert status in seen.bounce.reason

    return check


def no_bounce(seen):
    assert seen.bounce is None


HARD, SOFT = BounceKind.HARD, BounceKind.SOFT


def delayed(seen):
    assert seen.bounce.kind is BounceKind.DELAYED


PARIS_10 = Moment(datetime(2012, 5, 30, 9), "UTC")

EXPECTED = {
    "organizer-request/bluemind__android.invite.new.eml": request(summary="Bbq"),
    "organizer-request/bluemind__bm.invite.new.eml": request(summary="Test ICS Blue Mind"),
    "organizer-request/bluemind__domino.invite.new.eml": request(
        start=Moment(datetime(2012, 8, 14, 11), "Europe/Paris")
    ),
    "organizer-request/bluemind__exanchage.invite_email_uppercase.eml": request_by("admin@willow.vmw"),
    "organizer-request/bluemind__exchange.invite.to_alias.eml": request_by("js.alet@e-deal.com"),
    "organizer-request/bluemind__google.invite.new.eml": request(start=PARIS_10),
    "organizer-request/bluemind__office365_invitation_inline_image.eml": check_inline_image,
    "organizer-request/bluemind__outlook-teams-invite.eml": check_teams,
    "organizer-request/bluemind__outlook.invite.pureics.eml": request_by("sylvain.garcia@blue-mind.net"),
    "organizer-request/bluemind__teams.request.ics": request(summary="Mon meeting sur tetams"),
    "organizer-request/nextcloud-mail__request_google.eml": request(summary="Imip Testing"),
    "organizer-request/nextcloud-mail__request_outlook_com.eml": request(summary="Imip Testing"),
    "update/bluemind__bm.bug3766.eml": update,
    "update/bluemind__bm.invite.update.eml": update,
    "update/bluemind__outlook.invite.update.eml": update,
    "update/libical__incoming.ics": check_libical_stream,
    "cancel/bluemind__bm.invite.cancel.eml": cancel,
    "cancel/bluemind__outlook.invite.cancel.eml": cancel,
    "recurring/allenporter-ical__google_dtstart_until_mismatch.ics": accepted_event("America/New_York"),
    "recurring/allenporter-ical__recurring_with_single_change.ics": accepted_event("America/New_York"),
    "recurring/bluemind__bluemind.exception.ics": check_one_occurrence,
    "recurring/bluemind__bug_chdg-106.eml": request(rules=("FREQ=WEEKLY;COUNT=10;INTERVAL=1;BYDAY=FR;WKST=MO",)),
    "recurring/bluemind__google-recurid.ics": check_one_occurrence,
    "recurring/bluemind__outlookexc.ics": check_outlook_exception,
    "timezones/allenporter-ical__office_356_custom_timezone.ics": accepted_event("Europe/Warsaw", 2),
    "timezones/allenporter-ical__office_360_nz_tz.ics": accepted_event("Pacific/Auckland", 3),
    "timezones/bluemind__colon_tzid.ics": accepted_event("Europe/Paris"),
    "timezones/bluemind__exanchage.invite.eml": accepted_event("Europe/Paris"),
    "timezones/bluemind__mexico.vtz.ics": accepted_event("America/Mexico_City"),
    "timezones/bluemind__outlook.bug.5240.eml": request(summary="Mis(e) à jour: Réunion RH de rentrée"),
    "timezones/bluemind__outlook.invite.new.eml": accepted_event("Europe/Warsaw"),
    "timezones/bluemind__unknowntz.ics": check_unknown_zone,
    "timezones/bluemind__zoom.vtimezone.eml": check_zoom,
    "malformed-ics/allenporter-ical__calendar_labs_same_day_dtend.ics": accepted_event(),
    "malformed-ics/allenporter-ical__google_calendar_invalid_offset.ics": accepted_event(
        "America/Argentina/Buenos_Aires"
    ),
    "malformed-ics/allenporter-ical__missing_colon.ics": refused("has no start"),
    "malformed-ics/bluemind__android.npe.eml": request(start=Moment(datetime(2015, 8, 28, 12), "UTC")),
    "malformed-ics/bluemind__event_1601.ics": check_1601,
    "malformed-ics/bluemind__event_invalid_geo.ics": accepted_event("Europe/Paris"),
    "malformed-ics/bluemind__event_multiplevcalendar.ics": accepted_event("Europe/Paris", 2),
    "malformed-ics/bluemind__outlook.bug.3445.eml": request_by("mrobert@infhotep.com"),
    "malformed-ics/bluemind__testAppleCalEmailFormat.ics": accepted_event("Pacific/Noumea"),
    "malformed-ics/ccs-caldavtester__errors-33.ics": refused("RRULE:FREQ=MONTHLY;BYDAY=+1,3MO"),
    "malformed-ics/ccs-caldavtester__errors-34.ics": refused("two different versions"),
    "malformed-ics/ccs-caldavtester__errors-37.ics": refused("its series does not have"),
    "malformed-ics/ccs-caldavtester__errors-40.ics": refused("its series does not have"),
    "malformed-ics/ccs-caldavtester__errors-47.ics": accepted_event(),
    "malformed-ics/kcalendarcore__Mozilla_1.0.ics": lambda seen: len(seen.found.submissions) == 3,
    "reply/bluemind__android.reply.accept.eml": answer(Partstat.ACCEPTED, "david.phan@blue-mind.net"),
    "reply/bluemind__android.reply.decline.eml": answer(Partstat.DECLINED, "david.phan@blue-mind.net"),
    "reply/bluemind__bluemind.reply.eml": answer(Partstat.ACCEPTED),
    "reply/bluemind__bm4.mapi.reply.accept.eml": answer(Partstat.ACCEPTED),
    "reply/bluemind__google.reply.accept.eml": answer(Partstat.ACCEPTED, "tcataldo@gmail.com"),
    "reply/bluemind__google.reply.decline.eml": answer(Partstat.DECLINED, "tcataldo@gmail.com"),
    "reply/bluemind__google.reply.tentative.eml": answer(Partstat.TENTATIVE, "tcataldo@gmail.com"),
    "reply/bluemind__google.reply.valarm.eml": answer(Partstat.ACCEPTED, "marieg@isynet.org"),
    "reply/bluemind__ios.reply.accept.eml": answer(Partstat.ACCEPTED),
    "reply/bluemind__ios.reply.decline.eml": answer(Partstat.DECLINED),
    "reply/bluemind__ios.reply.tentative.eml": answer(Partstat.TENTATIVE),
    "reply/bluemind__outlook.reply.accept.eml": answer(Partstat.ACCEPTED),
    "reply/bluemind__outlook.reply.decline.eml": answer(Partstat.DECLINED),
    "reply/bluemind__outlook.reply.tentative.eml": answer(Partstat.TENTATIVE),
    "reply/ccs-calendarserver__good_reply.eml": lambda seen: (answer(Partstat.ACCEPTED)(seen), no_bounce(seen)),
    "reply/ccs-calendarserver__good_reply_future.eml": answer(Partstat.ACCEPTED),
    "reply/ccs-calendarserver__reply_missing_attachment.eml": no_calendar,
    "reply/ccs-calendarserver__reply_missing_attendee.eml": answer(Partstat.NEEDS_ACTION, ""),
    "reply/ccs-calendarserver__reply_missing_organizer.eml": answer(Partstat.NEEDS_ACTION, ""),
    "reply/kcalutils__itip-event-accepted-reply.ics": answer(Partstat.ACCEPTED, "testuserb@example.com"),
    "reply/kcalutils__itip-event-delegation-reply.ics": delegation("emanuel.schuetze@intevation.de"),
    "reply/kcalutils__itip-event-tentative-reply.ics": answer(Partstat.TENTATIVE, "testuserb@example.com"),
    "reply/zm-mailbox__bug-69862-reply.eml": answer(Partstat.ACCEPTED, "rcpt@zimbra.com"),
    "counter/bluemind__bluemind.counter.ics": proposal(Method.COUNTER, "2022-02-14T00:00:00[Asia/Ho_Chi_Minh]"),
    "counter/bluemind__bluemind.declinecounter.ics": refused("declines a proposal"),
    "counter/bluemind__counter_ios.ics": proposal(Method.REPLY, "2020-12-25T08:30:00Z", Partstat.TENTATIVE),
    "counter/bluemind__google_counter.eml": proposal(Method.COUNTER, "2021-01-13T18:45:00Z", Partstat.TENTATIVE),
    "counter/kcalutils__itip-event-counterproposal.ics": proposal(Method.COUNTER, "2015-01-01T20:45:00Z"),
    "counter/libical__2446.ics": check_rfc_2446,
    "counter/kcalutils__itip-event-counterproposal-declined.ics": refused("declines a proposal"),
    "malformed-mime/mail-parser__malformed-009.eml": no_calendar,
    "malformed-mime/mail-parser__malformed-012.eml": no_calendar,
    "malformed-mime/mail-parser__malformed-015.eml": no_calendar,
    "malformed-mime/mail-parser__malformed-016.eml": no_calendar,
    "malformed-mime/mail-parser__malformed-017.eml": no_calendar,
    "malformed-mime/mail-parser__malformed-019.eml": no_calendar,
    "malformed-mime/mail-parser__malformed-020.eml": no_calendar,
    "bounce/ccs-calendarserver__dsn_failure_no_ics.eml": bounced(),
    "bounce/ccs-calendarserver__dsn_failure_no_original.eml": bounced(),
    "bounce/ccs-calendarserver__dsn_failure_with_ics.eml": bounced("1E71F9C8-AEDA-48EB-98D0-76E898F6BB5C"),
    "bounce/sisimai__is-not-bounce-01.eml": no_bounce,
    "bounce/sisimai__lhost-amazonses-05.eml": failed("5.1.1", HARD),
    "bounce/sisimai__lhost-amazonses-11.eml": no_bounce,
    "bounce/sisimai__lhost-amazonses-12.eml": no_bounce,
    "bounce/sisimai__lhost-exchange2007-01.eml": failed("5.1.1", HARD),
    "bounce/sisimai__lhost-exchange2007-04.eml": failed("5.7.1", SOFT),
    "bounce/sisimai__lhost-office365-12.eml": failed("5.2.2", SOFT),
    "bounce/sisimai__lhost-outlook-04.eml": failed("5.1.1", HARD),
    "bounce/sisimai__lhost-postfix-02.eml": failed("5.2.1", HARD),
    "bounce/sisimai__lhost-postfix-05.eml": failed("4.1.1", HARD),
    "bounce/sisimai__lhost-postfix-13.eml": failed("5.2.1", HARD),
    "bounce/sisimai__lhost-postfix-16.eml": failed("5.1.6", HARD),
    "bounce/sisimai__lhost-postfix-31.eml": failed("5.1.1", HARD),
    "bounce/sisimai__lhost-sendmail-02.eml": failed("5.1.1", HARD),
    "bounce/sisimai__lhost-sendmail-31.eml": failed("5.7.0", SOFT),
    "bounce/sisimai__rfc3464-28.eml": no_bounce,
    "bounce/sisimai__rfc3834-01.eml": no_bounce,
    "bounce/sisimai__rfc3834-03.eml": no_bounce,
    "bounce/sisimai__lhost-outlook-06.eml": delayed,
    "bounce/sisimai__lhost-gmail-08.eml": delayed,
    "bounce/sisimai__lhost-exim-02.eml": failed("5.1.1", HARD),
    "bounce/sisimai__lhost-exim-07.eml": failed("mailbox is full", SOFT),
    "bounce/sisimai__lhost-gmail-01.eml": failed("5.1.1", HARD),
    "bounce/sisimai__lhost-gmail-16.eml": failed("5.2.2", SOFT),
    "bounce/sisimai__lhost-office365-01.eml": failed("5.1.10", HARD),
    "bounce/sisimai__lhost-qmail-02.eml": failed("5.1.1", HARD),
    "bounce/sisimai__lhost-qmail-17.eml": failed("5.1.1", HARD),
    "bounce/sisimai__rfc3464-35.eml": failed("5.0.0", SOFT),
    "bounce/sisimai__rfc3834-06.eml": no_bounce,
    "bounce/sisimai__arf-01.eml": failed("abuse", BounceKind.COMPLAINT),
    "bounce/bluemind__mdn.eml": no_bounce,
    "bounce/bluemind__bm_ndr.eml": failed("5.1.1", HARD),
    "bounce/bluemind__undelivered_with_eml.eml": failed("5.4.4", HARD),
    "bounce/bluemind__undelivered_with_headers.eml": failed("5.4.4", HARD),
    "malformed-ics/bluemind__not_absolute_uri.ics": lambda seen: seen.submission.organizer == "john.john@bm.lan",
    # Scenarios: see the tests below, and test_corpus_scenarios.
    "organizer-request/ccs-calendarserver__itip.test_processRequest.json": None,
    "recurring/ccs-calendarserver__itip.test_processRequest_overrideOfEXDATE.json": None,
    "update/ccs-calendarserver__itip.test_processRequest_mergeAttendeePartstat.json": None,
    "update/ccs-calendarserver__itip.test_processRequest_propertyLeakage.json": None,
    "organizer-request/sabre-vobject__BrokerNewEventTest.json": None,
    "update/ccs-calendarserver__itip.test_sequenceComparison.json": None,
    "update/sabre-vobject__BrokerUpdateEventTest.json": None,
    "update/sabre-vobject__EvolutionTest.json": None,
    "cancel/ccs-calendarserver__itip.test_cancel.json": None,
    "cancel/sabre-vobject__BrokerDeleteEventTest.json": None,
    "cancel/sabre-vobject__BrokerProcessMessageTest.json": None,
    "reply/ccs-calendarserver__itip.test_processReply.json": None,
    "reply/ccs-calendarserver__itip.test_update_attendee_partstat.json": None,
    "reply/sabre-vobject__BrokerAttendeeReplyTest.json": None,
    "reply/sabre-vobject__BrokerProcessReplyTest.json": None,
}

NO_RSVP = "the organizer's attendees and their RSVP are not kept: every copy has one attendee of ours"
BY_STRICT_CALDAV = "the rule of one CalDAV resource; in a mail "

NOT_APPLICABLE = {
    "organizer-request/bluemind__html_invite.eml": "its own parser turns HTML into the description; the description "
    "here is relayed as sent, and an X-ALT-DESC keeps its <br> (see test_disassemble)",
    "organizer-request/bluemind__not.imip.1.eml": "a mailbox for people must not act on a forwarded file; create@ "
    "takes any .ics that is mailed to it, the more so as this one says METHOD:REQUEST",
    "organizer-request/kcalutils__itip-event-delegation-request.ics": "how a client displays it",
    "organizer-request/zm-mailbox__Calendar_NewMeetingRequest_RsvpFalse.eml": NO_RSVP,
    "organizer-request/zm-mailbox__Calendar_NewMeetingRequest_RsvpTrue.eml": NO_RSVP,
    "update/zm-mailbox__Calendar_ChangeMeetingRequest_WO_Rsvp.eml": NO_RSVP,
    "timezones/allenporter-ical__office_365_invalid_timezone.ics": "its zone, “Customized Time Zone”, is described "
    "nowhere in the file; guessing would invite everybody to a wrong hour, so it is refused",
    "malformed-ics/ccs-caldavtester__errors-28.ics": BY_STRICT_CALDAV + "US/Eastern without VTIMEZONE is clear enough",
    "malformed-ics/ccs-caldavtester__errors-3.ics": BY_STRICT_CALDAV + "a VFREEBUSY beside the event is passed over",
    "malformed-ics/ccs-caldavtester__errors-36.ics": "a needless backslash has one possible meaning; it is put right",
    "malformed-ics/ccs-caldavtester__errors-39.ics": "the organizer's attendees are not invited by us, so their "
    "number does not matter",
    "malformed-ics/ccs-caldavtester__errors-42.ics": "the control character is left out and the event taken",
    "malformed-ics/ccs-caldavtester__errors-5.ics": BY_STRICT_CALDAV + "two UIDs are two events",
    "bounce/sisimai__lhost-amazonses-09.eml": "Amazon's notification for subscribers, mailed to a person: a mail that "
    "anybody could write; with SES its events come by their own way, and mailed bounces as RFC 3464",
}


@pytest.mark.parametrize("path", MAILS)
def test_every_file_is_read(path):
    seen = Seen(path)
    for fault in seen.found.faults:
        assert fault.reason.endswith((".", ")."))
        assert fault.remedy.endswith(".")


@pytest.mark.parametrize("path", [path for path, check in EXPECTED.items() if check])
def test_what_its_own_project_expects(path):
    assert EXPECTED[path](Seen(path)) is not False


def test_no_expectation_is_passed_over():
    expectations = {row["path"] for row in ROWS if row["expected"].strip()}
    assert not expectations - set(EXPECTED) - set(NOT_APPLICABLE)
    assert not set(EXPECTED) & set(NOT_APPLICABLE)
    assert set(NOT_APPLICABLE) <= set(FILES)


def test_not_applicable_files_that_are_taken_all_the_same():
    taken = {
        "organizer-request/bluemind__not.imip.1.eml",
        "malformed-ics/ccs-caldavtester__errors-28.ics",
        "malformed-ics/ccs-caldavtester__errors-3.ics",
        "malformed-ics/ccs-caldavtester__errors-36.ics",
        "malformed-ics/ccs-caldavtester__errors-39.ics",
        "malformed-ics/ccs-caldavtester__errors-42.ics",
    }
    for path in taken:
        assert Seen(path).submission
    assert len(Seen("malformed-ics/ccs-caldavtester__errors-5.ics").found.submissions) == 2


def calendars_in(value):
    """Every iCalendar text in a scenario."""
    if isinstance(value, str):
        return [value] if "BEGIN:VCALENDAR" in value else []
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for item in values for text in calendars_in(item)]


def cases(path):
    return json.loads((CORPUS / path).read_text())["cases"]


@pytest.mark.parametrize("path", JSON)
def test_every_calendar_of_a_scenario_is_read(path):
    texts = [text for case in cases(path) for text in calendars_in(case)]
    assert texts
    for text in texts:
        understood(text)


@pytest.mark.parametrize("path", [path for path in JSON if "sabre" in path])
def test_messages_that_another_server_sends(path):
    """sabre/vobject's expected outgoing messages, read back."""
    for case in cases(path):
        for message in case.get("expected_messages", []):
            if not message.get("message") or message.get("component", "VEVENT") != "VEVENT":
                continue
            found = understood(message["message"])
            heap = {"REQUEST": found.submissions, "CANCEL": found.cancellations, "REPLY": found.replies}
            floating = any("no time zone" in fault.reason for fault in found.faults)
            assert heap[message["method"]] or floating, case["test"]
            assert all(item.uid == message["uid"] for item in heap[message["method"]])


def test_answers_name_their_attendee_and_occurrences():
    path = "reply/ccs-calendarserver__itip.test_update_attendee_partstat.json"
    for case in cases(path):
        # Unsuccessful there: answers that do not fit what is stored, or that several attendees share. Read here
        # as they stand, and judged where they are stored.
        if not case["success"]:
            continue
        replies = understood(case["itip"]).replies
        assert {reply.attendee for reply in replies} == {case["attendee"].removeprefix("mailto:")}
        assert {rid for rid, _ in case["rids"]} <= {reply.recurrence_id for reply in replies}


@pytest.mark.parametrize("path", [path for path in JSON if "processReply" in path or "BrokerProcessReply" in path])
def test_answers_to_occurrences_meet_the_stored_ones(path):
    for case in cases(path):
        text = case["itip"] if "itip" in case else case["inputs"]["itip"]
        if "VPOLL" in text or not case["expected"]:
            continue
        replies = understood(text).replies
        assert replies
        stored = {
            recurrence_id(component.recurrence_id)
            for submission in understood(case["expected"]).submissions
            for component in submission.components
            if component.recurrence_id
        }
        asked = {reply.recurrence_id for reply in replies} - {""}
        invalid = "invalid" in case.get("title", "")
        assert invalid or asked <= stored, case


def test_cancels_name_their_occurrences():
    for case in cases("cancel/ccs-calendarserver__itip.test_cancel.json"):
        if "BEGIN:VEVENT" not in case["expected_cancel"]:
            continue
        (found,) = understood(case["expected_cancel"]).cancellations
        wanted = [instance and datetime(*instance["args"], tzinfo=UTC) for instance in case["instances"]]
        assert [key and key.instant() for key, _ in found.keys] == wanted


def takes_effect(stored, message):
    (old,) = understood(stored).submissions
    event = Event("id", "x.example", "o@x.org", "", old.uid, ARRIVED, ARRIVED, old.components)
    found = understood(message)
    try:
        if found.cancellations:
            (cancel,) = found.cancellations
            cancelled(event, {key and key.instant(): stamp for key, stamp in cancel.keys}, ARRIVED)
        else:
            updated(event, found.submissions[0].components, ARRIVED)
    except Stale:
        return False
    return True


def test_messages_are_ordered_by_their_sequence():
    for case in cases("update/ccs-calendarserver__itip.test_sequenceComparison.json"):
        # 4.3: a series at SEQUENCE 1 arrives after a change at 2 of one occurrence. Nothing newer is known of the
        # series itself, and Google numbers occurrences apart: it is taken, and the change stays. 3.2 likewise: the
        # first word about one occurrence has a SEQUENCE below that of the series, but is the later one by DTSTAMP.
        wanted = case["must_process"] or case["title"].startswith(("3.2", "4.3"))
        assert takes_effect(case["stored"], case["itip"]) is wanted, case["title"]


def test_what_a_server_must_make_of_a_message():
    by_name = {case["test"]: case for case in cases("cancel/sabre-vobject__BrokerProcessMessageTest.json")}
    assert understood(by_name["testRequestNew"]["inputs"]["itip"]).replies == ()
    assert understood(by_name["testCancel"]["inputs"]["itip"]).cancellations
    unsupported = understood(by_name["testUnsupportedComponent"]["inputs"]["itip"])
    assert not unsupported.submissions
    assert unsupported.faults
