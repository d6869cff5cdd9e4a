BEGIN TRANSACTION;
CREATE TABLE mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    envelope_from TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    method TEXT NOT NULL,
    size INTEGER NOT NULL,
    packed BLOB NOT NULL
) STRICT;
CREATE INDEX mail_of_recipient ON mail (recipient, id);
DELETE FROM "sqlite_sequence";
COMMIT;
