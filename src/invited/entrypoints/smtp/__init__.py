"""The door for mail, SMTP (RFC 5321) or LMTP (RFC 2033): a mail is made durable, then 250 is said; nothing else."""

from invited.entrypoints.smtp.arrival import Accept, Arrival
from invited.entrypoints.smtp.door import SmtpDoor

__all__ = ["Accept", "Arrival", "SmtpDoor"]
