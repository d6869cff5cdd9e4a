"""Rules of the mail's header fields: who it is from and for, and what mail systems make of it."""

from __future__ import annotations

from collections import Counter

from invited.imip.lint.rule import Hits, Severity, for_invite, for_mail, shown
from invited.imip.lint.sample import Mail
from invited.imip.lint.scan import Calendar

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

_BY_ORGANIZER = ("REQUEST", "CANCEL", "ADD", "DECLINECOUNTER")

_SINGLE = (
    *("from", "sender", "reply-to", "to", "cc", "bcc", "date", "subject", "message-id", "in-reply-to", "references"),
    *("mime-version", "content-type", "content-transfer-encoding", "content-disposition", "content-class"),
    *("auto-submitted", "precedence", "list-unsubscribe", "list-unsubscribe-post"),
)


@for_mail(ERROR, "rfc gmail", source="RFC 5322 §3.6", remedy="Name the sender in From.")
def from_missing(mail: Mail) -> Hits:
    """There is no From address."""
    if not mail.addresses("From"):
        yield ("header From", "From holds no address.")


@for_mail(ERROR, "rfc gmail", source="RFC 5322 §3.6", remedy="Add a Date field.")
def date_missing(mail: Mail) -> Hits:
    """There is no Date."""
    if not mail.value("Date"):
        yield ("header Date", "Date is missing.")


@for_mail(WARNING, "gmail rfc", source="RFC 5322 §3.6.4", remedy="Give every mail a Message-ID of your own domain.")
def message_id_missing(mail: Mail) -> Hits:
    """There is no Message-ID; filters count that against the mail."""
    if not mail.value("Message-ID"):
        yield ("header Message-ID", "Message-ID is missing.")


@for_mail(WARNING, "outlook", source="RFC 5322 §3.6.5; effect inferred", remedy="Set Subject to the event's title.")
def subject_missing(mail: Mail) -> Hits:
    """There is no Subject, the title that most clients show in the list of mails."""
    if not mail.value("Subject"):
        yield ("header Subject", "Subject is missing or empty.")


@for_mail(WARNING, "rfc", source="RFC 2045 §4", remedy="Add MIME-Version: 1.0.")
def mime_version_missing(mail: Mail) -> Hits:
    """There is no MIME-Version: a strict reader shows the mail's source."""
    if not mail.value("MIME-Version"):
        yield ("header MIME-Version", "MIME-Version is missing.")


@for_mail(
    ERROR,
    "ses gmail rfc",
    source="RFC 5322 §3.6, Amazon SES header fields",
    remedy="Write the field once.",
)
def header_repeated(mail: Mail) -> Hits:
    """A header field that may stand once stands twice: SES and Gmail reject the mail."""
    counts = Counter(name.lower() for name, _ in mail.headers)
    for name in _SINGLE:
        if counts[name] > 1:
            yield (f"header {name.title()}", f"The field stands {counts[name]} times.")


@for_mail(
    WARNING,
    "rfc",
    source="RFC 5322 §2.2, RFC 2047",
    remedy="Encode the text as RFC 2047 words.",
)
def header_raw(mail: Mail) -> Hits:
    """A header field has letters beyond ASCII that are not encoded."""
    for name, value in mail.headers:
        if not value.isascii():
            yield (f"header {shown(name)}", "The field has bare letters beyond ASCII.")


@for_invite(
    WARNING,
    "tutanota gmail",
    source="tutao/tutanota#5785, RFC 6047 §2.3",
    remedy="Send from the ORGANIZER's address, with the human's name as its display name.",
)
def from_not_organizer(mail: Mail, calendar: Calendar) -> Hits:
    """From is not the ORGANIZER: some clients drop updates, and Gmail does not know the sender."""
    organizers = {line.address for event in calendar.events for line in event.every("ORGANIZER")}
    agents = {_bare(line.parameter("SENT-BY")) for event in calendar.events for line in event.every("ORGANIZER")}
    senders = mail.addresses("From")
    if calendar.method in _BY_ORGANIZER and organizers and senders and not {*senders} & (organizers | agents):
        yield ("header From", f"From is {shown(senders[0])}, the ORGANIZER {shown(min(organizers))}.")


@for_invite(
    WARNING,
    "rfc apple",
    source="RFC 6047 §2.2.1; seen from Apple accounts (openradar 30310439)",
    remedy="Answer from the invited address, or find the guest by the ATTENDEE.",
)
def from_not_attendee(mail: Mail, calendar: Calendar) -> Hits:
    """A reply's From is not its ATTENDEE: the answer may be taken for a stranger's."""
    attendees = {line.address for event in calendar.events for line in event.every("ATTENDEE")}
    agents = {_bare(line.parameter("SENT-BY")) for event in calendar.events for line in event.every("ATTENDEE")}
    senders = mail.addresses("From")
    is_answer = calendar.method in ("REPLY", "COUNTER", "REFRESH")
    if is_answer and attendees and senders and not {*senders} & (attendees | agents):
        yield ("header From", f"From is {shown(senders[0])}, the ATTENDEE {shown(min(attendees))}.")


def _bare(address: str) -> str:
    return address.strip().lower().removeprefix("mailto:")


@for_invite(
    ERROR,
    "proton",
    source="ProtonMail/WebClients#447, #454",
    remedy="Send each copy to exactly the address its ATTENDEE names.",
)
def to_not_attendee(mail: Mail, calendar: Calendar) -> Hits:
    """To is not among the ATTENDEEs: Proton shows no answer buttons, others ask for nothing."""
    attendees = {line.address for event in calendar.events for line in event.every("ATTENDEE")}
    recipients = mail.addresses("To")
    if calendar.method not in ("REQUEST", "CANCEL") or not attendees:
        return
    if not recipients:
        yield ("header To", "To holds no address.")
    for recipient in recipients:
        if recipient not in attendees:
            yield ("header To", f"{shown(recipient)} is no ATTENDEE.")


@for_invite(
    NOTE,
    "privacy",
    source="Privacy: one recipient per copy hides the others",
    remedy="Send one mail per guest.",
)
def recipients_several(mail: Mail, calendar: Calendar) -> Hits:
    """The invite goes to several recipients, who see each other's addresses."""
    count = len(mail.addresses("To", "Cc"))
    if calendar.method in ("REQUEST", "CANCEL") and count > 1:
        yield ("header To", f"To and Cc name {count} recipients.")


@for_invite(
    WARNING,
    "outlook apple",
    source="RFC 6047 §2.3",
    remedy="Leave Reply-To off, or make it the ORGANIZER: replies go there whatever it says.",
)
def reply_to_not_organizer(mail: Mail, calendar: Calendar) -> Hits:
    """Reply-To is not the ORGANIZER: calendar answers go to one address, written ones to another."""
    organizers = {line.address for event in calendar.events for line in event.every("ORGANIZER")}
    replies = mail.addresses("Reply-To")
    if calendar.method in _BY_ORGANIZER and organizers and replies and not {*replies} <= organizers:
        yield ("header Reply-To", f"Reply-To is {shown(replies[0])}, the ORGANIZER {shown(min(organizers))}.")


@for_invite(NOTE, "outlook", source="RFC 6047 §2.3", remedy="Leave Sender off: it identifies nobody in iMIP.")
def sender_differs(mail: Mail, calendar: Calendar) -> Hits:
    """Sender is not From: Outlook shows “on behalf of”, and neither is proven to be the ORGANIZER."""
    senders = mail.addresses("Sender")
    if calendar.method in _BY_ORGANIZER and senders and not {*senders} <= {*mail.addresses("From")}:
        yield ("header Sender", f"Sender is {shown(senders[0])}.")


@for_invite(
    NOTE,
    "rfc outlook",
    source="RFC 3834 §5",
    remedy="Add Auto-Submitted: auto-generated where no human wrote the mail.",
)
def auto_submitted_missing(mail: Mail, calendar: Calendar) -> Hits:
    """Nothing says that a machine sent the invite: out-of-office answers come back."""
    if calendar.method in ("REQUEST", "CANCEL") and not mail.value("Auto-Submitted"):
        yield ("header Auto-Submitted", "Auto-Submitted is missing.")


@for_mail(
    WARNING,
    "gmail outlook",
    source="RFC 2076 §3.9; effect inferred",
    remedy="Leave Precedence off; Auto-Submitted says what is needed.",
)
def precedence_bulk(mail: Mail) -> Hits:
    """Precedence marks the invite as bulk, list or junk mail."""
    if mail.value("Precedence").lower() in ("bulk", "list", "junk"):
        yield ("header Precedence", f"Precedence is {shown(mail.value('Precedence'))}.")


@for_mail(
    ERROR,
    "gmail outlook apple",
    source="RFC 8058 §3.1",
    remedy="Add List-Unsubscribe-Post: List-Unsubscribe=One-Click.",
)
def unsubscribe_one_click(mail: Mail) -> Hits:
    """List-Unsubscribe stands without List-Unsubscribe-Post: there is no one-click unsubscribing."""
    post = mail.value("List-Unsubscribe-Post")
    if mail.value("List-Unsubscribe") and post.lower() != "list-unsubscribe=one-click":
        yield ("header List-Unsubscribe-Post", f"It is “{shown(post)}”." if post else "It is missing.")


@for_mail(
    ERROR,
    "gmail",
    source="RFC 8058 §3.1",
    remedy="Give List-Unsubscribe an HTTPS address.",
)
def unsubscribe_https(mail: Mail) -> Hits:
    """One-click unsubscribing is promised, but List-Unsubscribe has no HTTPS address."""
    value = mail.value("List-Unsubscribe")
    if mail.value("List-Unsubscribe-Post") and "<https://" not in value.lower() and "=?" not in value:
        yield ("header List-Unsubscribe", f"It is “{shown(value)}”." if value else "It is missing.")


@for_mail(
    ERROR,
    "gmail",
    source="RFC 2369 §2, RFC 2047 §5",
    remedy="Write the address as it is and fold only between addresses.",
)
def unsubscribe_encoded(mail: Mail) -> Hits:
    """List-Unsubscribe is written in RFC 2047 words, which no client decodes in an address."""
    if "=?" in mail.value("List-Unsubscribe"):
        yield ("header List-Unsubscribe", "The field holds encoded words.")


@for_invite(
    NOTE,
    "gmail",
    source="RFC 8058; Google sender guidelines",
    remedy="Add List-Unsubscribe with an HTTPS address and List-Unsubscribe-Post.",
)
def unsubscribe_missing(mail: Mail, calendar: Calendar) -> Hits:
    """A machine-made invite cannot be unsubscribed from; Gmail asks that of bulk senders."""
    has_none = not (mail.value("List-Unsubscribe") or mail.value("List-Unsubscribe-Post"))
    if calendar.method == "REQUEST" and mail.value("Auto-Submitted") and has_none:
        yield ("header List-Unsubscribe", "It is missing.")
