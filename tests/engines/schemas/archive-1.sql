BEGIN TRANSACTION;
CREATE TABLE mail (
    key TEXT PRIMARY KEY,
    arrivals TEXT NOT NULL,
    packed BLOB NOT NULL
) STRICT;
INSERT INTO "mail" VALUES('006618ec0504400-5c5c5c5c5c5c5c5c','[{"key":"006618ec0504400-5c5c5c5c5c5c5c5c","mailbox":"create","recipient":"create@invites.localhost","domain":"invites.localhost","envelope_from":"ann@club.example","received":"2026-12-01T09:00:00Z","peer":"","helo":"","is_confirmed":false}]',X'78010B2E4DCA4A4D2EB152A84C2DE6E5E2E502002FCA04AA');
COMMIT;
