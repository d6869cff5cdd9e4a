-- The raw mails as they came, compressed; keys sort by time of arrival.

CREATE TABLE mail (
    key TEXT PRIMARY KEY,
    packed BLOB NOT NULL
) STRICT;
