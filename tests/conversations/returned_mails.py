"""What comes back of an invite: the notifications of several mail systems, a provider's complaint, an absence."""

REPORT = (
    "From: Mail Delivery System <MAILER-DAEMON@fan.test>\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
    "--b\r\nContent-Type: message/{kind}\r\n\r\n{fields}\r\n\r\n"
    "--b\r\nContent-Type: message/rfc822\r\n\r\n{original}\r\n--b--\r\n"
)
STATUS = "Reporting-MTA: dns; mx.fan.test\r\n\r\nFinal-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}"
QMAIL = (
    "From: MAILER-DAEMON@fan.test\r\nSubject: failure notice\r\n\r\n"
    "Hi. This is the qmail-send program at fan.test.\r\nI wasn't able to deliver your message.\r\n\r\n"
    "<{to}>:\r\nRemote host said: {reason}\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n{original}"
)
ABSENCE = (
    "From: {to}\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\nPrecedence: bulk\r\n\r\n"
    "{reason}\r\n\r\n> {original}"
)


def dsn(to, reason, original, action="failed"):
    fields = STATUS.format(to=to, action=action, status=reason.split()[0])
    fields += f"\r\nDiagnostic-Code: smtp; 550 {reason}"
    return REPORT.format(kind="delivery-status", fields=fields, original=original)


def delay(to, reason, original):
    return dsn(to, reason, original, action="delayed")


def qmail(to, reason, original):
    return QMAIL.format(to=to, reason=reason, original=original)


def bare(to, reason, original):
    """Nothing of the invite comes back: the return path alone tells whose it was."""
    return qmail(to, reason, "")


def complaint(to, reason, original):
    fields = f"Feedback-Type: {reason}\r\nUser-Agent: fan/1\r\nVersion: 1"
    return REPORT.format(kind="feedback-report", fields=fields, original=original)


def absence(to, reason, original):
    return ABSENCE.format(to=to, reason=reason, original=original[:500])


NOTIFICATIONS = {
    "dsn": dsn,
    "delay": delay,
    "qmail": qmail,
    "bare": bare,
    "complaint": complaint,
    "absence": absence,
}
