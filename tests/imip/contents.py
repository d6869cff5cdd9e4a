"""What stands in the parts of a mail of ours."""


def html_of(mail):
    """Its HTML, "" where it has none."""
    return "".join(part.get_content() for part in mail.walk() if part.get_content_type() == "text/html")


def text_of_calendar(mail):
    """Its calendar, unfolded; "" where it has none."""
    parts = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return b"".join(parts).decode().replace("\r\n ", "")
