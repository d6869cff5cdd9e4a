"""The bulk SMTP client: many letters to one relay over a few kept connections, pipelined (RFC 5321, 2920).

`reply`, `parcel`, `opening`, `dialogue` and `batch` are pure: replies in, bytes and results out.
`connection` is the socket, `run` moves the connections of one batch, `client` keeps them between batches.
"""

from invited.engines.embedded.smtp_client.client import BulkClient

__all__ = ["BulkClient"]
