-- The raw mails as they came, compressed; keys sort by time of arrival.
-- arrivals: how each came, a JSON list with one entry for each mailbox.

CREATE TABLE mail (
    key TEXT PRIMARY KEY,
    arrivals TEXT NOT NULL,
    packed BLOB NOT NULL
) STRICT;
