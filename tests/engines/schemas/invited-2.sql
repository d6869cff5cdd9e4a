BEGIN TRANSACTION;
CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    is_admin INTEGER NOT NULL,
    organizer TEXT,
    created INTEGER NOT NULL,
    note TEXT NOT NULL,
    -- Parted by spaces.
    scopes TEXT NOT NULL,
    expires INTEGER,
    used INTEGER
) STRICT;
CREATE TABLE approval (
    id TEXT PRIMARY KEY,
    event_id TEXT NOT NULL REFERENCES event (id),
    created INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE asked (
    name TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    leased INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    about TEXT NOT NULL,
    event_id TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE branding (
    domain TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE counter (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;
INSERT INTO "counter" VALUES('again:schemaevent1','-1:none:0:accepted',2);
INSERT INTO "counter" VALUES('domain','answer:accepted',2);
INSERT INTO "counter" VALUES('domain','client:Google Calendar:accepted',2);
INSERT INTO "counter" VALUES('domain','event:confirmed',1);
INSERT INTO "counter" VALUES('domain','events',1);
INSERT INTO "counter" VALUES('domain','invitations',3);
INSERT INTO "counter" VALUES('domain','origin:api:accepted',2);
INSERT INTO "counter" VALUES('domain','origin:api:invitations',3);
INSERT INTO "counter" VALUES('domain','state:queued',0);
INSERT INTO "counter" VALUES('domain','state:sent',3);
INSERT INTO "counter" VALUES('event:schemaevent1','answer:accepted',2);
INSERT INTO "counter" VALUES('event:schemaevent1','client:Google Calendar:accepted',2);
INSERT INTO "counter" VALUES('event:schemaevent1','invitations',3);
INSERT INTO "counter" VALUES('event:schemaevent1','origin:api:accepted',2);
INSERT INTO "counter" VALUES('event:schemaevent1','origin:api:invitations',3);
INSERT INTO "counter" VALUES('event:schemaevent1','state:queued',0);
INSERT INTO "counter" VALUES('event:schemaevent1','state:sent',3);
INSERT INTO "counter" VALUES('job:schemajob1','answer:accepted',2);
INSERT INTO "counter" VALUES('job:schemajob1','invitations',3);
INSERT INTO "counter" VALUES('job:schemajob1','state:queued',0);
INSERT INTO "counter" VALUES('job:schemajob1','state:sent',3);
INSERT INTO "counter" VALUES('organizer:ann@club.example','answer:accepted',2);
INSERT INTO "counter" VALUES('organizer:ann@club.example','client:Google Calendar:accepted',2);
INSERT INTO "counter" VALUES('organizer:ann@club.example','event:confirmed',1);
INSERT INTO "counter" VALUES('organizer:ann@club.example','events',1);
INSERT INTO "counter" VALUES('organizer:ann@club.example','invitations',3);
INSERT INTO "counter" VALUES('organizer:ann@club.example','origin:api:accepted',2);
INSERT INTO "counter" VALUES('organizer:ann@club.example','origin:api:invitations',3);
INSERT INTO "counter" VALUES('organizer:ann@club.example','state:queued',0);
INSERT INTO "counter" VALUES('organizer:ann@club.example','state:sent',3);
INSERT INTO "counter" VALUES('recipients:domain','guests.example:accepted',2);
INSERT INTO "counter" VALUES('recipients:domain','guests.example:invitations',3);
INSERT INTO "counter" VALUES('recipients:domain','guests.example:sent',3);
INSERT INTO "counter" VALUES('recipients:event:schemaevent1','guests.example:accepted',2);
INSERT INTO "counter" VALUES('recipients:event:schemaevent1','guests.example:invitations',3);
INSERT INTO "counter" VALUES('recipients:event:schemaevent1','guests.example:sent',3);
INSERT INTO "counter" VALUES('recipients:organizer:ann@club.example','guests.example:accepted',2);
INSERT INTO "counter" VALUES('recipients:organizer:ann@club.example','guests.example:invitations',3);
INSERT INTO "counter" VALUES('recipients:organizer:ann@club.example','guests.example:sent',3);
INSERT INTO "counter" VALUES('when:domain','day:2026-12-01:accepted',2);
INSERT INTO "counter" VALUES('when:domain','day:2026-12-01:invitations',3);
INSERT INTO "counter" VALUES('when:domain','day:2026-12-01:sent',3);
INSERT INTO "counter" VALUES('when:domain','hour:2026-12-01T09:accepted',2);
INSERT INTO "counter" VALUES('when:domain','hour:2026-12-01T09:invitations',3);
INSERT INTO "counter" VALUES('when:domain','hour:2026-12-01T09:sent',3);
INSERT INTO "counter" VALUES('when:event:schemaevent1','day:2026-12-01:accepted',2);
INSERT INTO "counter" VALUES('when:event:schemaevent1','day:2026-12-01:invitations',3);
INSERT INTO "counter" VALUES('when:event:schemaevent1','day:2026-12-01:sent',3);
INSERT INTO "counter" VALUES('when:event:schemaevent1','hour:2026-12-01T09:accepted',2);
INSERT INTO "counter" VALUES('when:event:schemaevent1','hour:2026-12-01T09:invitations',3);
INSERT INTO "counter" VALUES('when:event:schemaevent1','hour:2026-12-01T09:sent',3);
INSERT INTO "counter" VALUES('when:organizer:ann@club.example','day:2026-12-01:accepted',2);
INSERT INTO "counter" VALUES('when:organizer:ann@club.example','day:2026-12-01:invitations',3);
INSERT INTO "counter" VALUES('when:organizer:ann@club.example','day:2026-12-01:sent',3);
INSERT INTO "counter" VALUES('when:organizer:ann@club.example','hour:2026-12-01T09:accepted',2);
INSERT INTO "counter" VALUES('when:organizer:ann@club.example','hour:2026-12-01T09:invitations',3);
INSERT INTO "counter" VALUES('when:organizer:ann@club.example','hour:2026-12-01T09:sent',3);
CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    published INTEGER NOT NULL,
    receives INTEGER NOT NULL,
    error TEXT NOT NULL,
    died INTEGER NOT NULL
) STRICT;
INSERT INTO "dead_letter" VALUES(1,'EventCreated','{"event_id":"schemaevent1","mail":"","assumed_zone":""}',1796115600000000,1,'no',1796115600000000);
CREATE TABLE digest (
    event_id TEXT PRIMARY KEY,
    ordered INTEGER,
    told INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE event (
    id TEXT PRIMARY KEY,
    organizer TEXT NOT NULL,
    origin_uid TEXT NOT NULL,
    domain TEXT NOT NULL,
    created INTEGER NOT NULL,
    starts INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    audience TEXT,
    strangers TEXT,
    digest INTEGER,
    -- What is chosen of domain/door.py, as JSON.
    door TEXT NOT NULL DEFAULT '{}',
    -- Whether it stands on its organizer's public schedule, and when all of it is over.
    listed INTEGER NOT NULL DEFAULT 0,
    ends INTEGER NOT NULL,
    -- How often these were chosen.
    chosen INTEGER NOT NULL DEFAULT 0,
    -- The approval that waits, '' for none.
    pending TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL,
    UNIQUE (organizer, origin_uid)
) STRICT;
INSERT INTO "event" VALUES('schemaevent1','ann@club.example','plan@club.example','invites.localhost',1796115600000000,1798131600000000,0,NULL,NULL,NULL,'{}',0,1798138800000000,0,'','{"id":"schemaevent1","domain":"invites.localhost","organizer":"ann@club.example","organizer_name":"Ann","origin_uid":"plan@club.example","created":"2026-12-01T09:00:00Z","changed":"2026-12-01T09:00:00Z","components":[{"start":{"wall":"2026-12-24T18:00:00","zone":"Europe/Paris"},"stamp":{"sequence":0,"dtstamp":"2026-12-01T09:00:00Z","arrived":"2026-12-01T09:00:00Z"},"end":{"wall":"2026-12-24T20:00:00","zone":"Europe/Paris"},"duration":null,"recurrence_id":null,"is_this_and_future":false,"summary":"Ball","description":"","html":"","location":"","status":"CONFIRMED","rules":[],"rdates":[],"exdates":[],"extra":[],"revision":0}],"sequence":0,"revision":0,"updates":0,"asked":0,"audience":null,"dormant":[],"strangers":null,"files":[],"chosen":0,"door":{"public":null,"public_sites":null,"public_links":null,"public_double_opt_in":null,"public_challenge":null,"public_ticket":null,"public_ticket_keys":null},"is_listed":false,"digest":null}');
CREATE TABLE event_version (
    event_id TEXT NOT NULL REFERENCES event (id),
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (event_id, revision)
) STRICT;
INSERT INTO "event_version" VALUES('schemaevent1',0,'{"id":"schemaevent1","domain":"invites.localhost","organizer":"ann@club.example","organizer_name":"Ann","origin_uid":"plan@club.example","created":"2026-12-01T09:00:00Z","changed":"2026-12-01T09:00:00Z","components":[{"start":{"wall":"2026-12-24T18:00:00","zone":"Europe/Paris"},"stamp":{"sequence":0,"dtstamp":"2026-12-01T09:00:00Z","arrived":"2026-12-01T09:00:00Z"},"end":{"wall":"2026-12-24T20:00:00","zone":"Europe/Paris"},"duration":null,"recurrence_id":null,"is_this_and_future":false,"summary":"Ball","description":"","html":"","location":"","status":"CONFIRMED","rules":[],"rdates":[],"exdates":[],"extra":[],"revision":0}],"sequence":0,"revision":0,"updates":0,"asked":0,"audience":null,"dormant":[],"strangers":null,"files":[],"chosen":0,"door":{"public":null,"public_sites":null,"public_links":null,"public_double_opt_in":null,"public_challenge":null,"public_ticket":null,"public_ticket_keys":null},"is_listed":false,"digest":null}');
CREATE TABLE hit (
    name TEXT PRIMARY KEY,
    hits INTEGER NOT NULL,
    ends INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE hook (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    created INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    health TEXT NOT NULL,
    waiting INTEGER NOT NULL DEFAULT 0,
    missed INTEGER NOT NULL DEFAULT 0,
    claimed_until INTEGER NOT NULL DEFAULT 0,
    is_wanted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE hook_call (
    hook_id TEXT NOT NULL REFERENCES hook (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    created INTEGER NOT NULL,
    due INTEGER,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    attempts TEXT NOT NULL,
    expires INTEGER,
    PRIMARY KEY (hook_id, id)
) STRICT;
CREATE TABLE invitation (
    event_id TEXT NOT NULL REFERENCES event (id),
    token TEXT NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    origin TEXT NOT NULL,
    job TEXT NOT NULL,
    created INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    sent_revision INTEGER NOT NULL,
    sent_sequence INTEGER NOT NULL,
    sent INTEGER,
    partstat TEXT NOT NULL,
    answered_sequence INTEGER NOT NULL,
    parts TEXT NOT NULL,
    nudges INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL DEFAULT 0,
    -- What happened since they were invited, a JSON array a line (steps.py).
    steps TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (event_id, token)
) STRICT;
INSERT INTO "invitation" VALUES('schemaevent1','t1','t1@guests.example','','api','schemajob1',1796115600000000,'sent','',0,0,1796115600000000,'ACCEPTED',0,'NEEDS-ACTION',0,0,'["sent",1796115600000000,0,0,"",""]
["answered",1796115600000000,"006618ec0504400-5c5c5c5c5c5c5c5c","","ACCEPTED",0,1796115600000000,"t1@guests.example","Google Calendar","token","",0]
');
INSERT INTO "invitation" VALUES('schemaevent1','t2','t2@guests.example','','api','schemajob1',1796115600000000,'sent','',0,0,1796115600000000,'ACCEPTED',0,'NEEDS-ACTION',0,0,'["sent",1796115600000000,0,0,"",""]
["answered",1796115600000000,"006618ec0504400-5c5c5c5c5c5c5c5c","","ACCEPTED",0,1796115600000000,"t2@guests.example","Google Calendar","token","",0]
');
INSERT INTO "invitation" VALUES('schemaevent1','t3','t3@guests.example','','api','schemajob1',1796115600000000,'sent','',0,0,1796115600000000,'NEEDS-ACTION',-1,'NEEDS-ACTION',0,0,'["sent",1796115600000000,0,0,"",""]
');
CREATE TABLE job (
    id TEXT PRIMARY KEY,
    event_id TEXT NOT NULL REFERENCES event (id),
    origin TEXT NOT NULL,
    created INTEGER NOT NULL,
    starts INTEGER,
    body TEXT NOT NULL,
    size INTEGER NOT NULL,
    control TEXT NOT NULL,
    read_octets INTEGER NOT NULL,
    reading TEXT NOT NULL,
    began INTEGER NOT NULL,
    paused INTEGER,
    latest INTEGER,
    why TEXT NOT NULL,
    seen TEXT NOT NULL,
    -- Those of its list that were chosen, as JSON.
    columns TEXT NOT NULL
) STRICT;
INSERT INTO "job" VALUES('schemajob1','schemaevent1','list',1796115600000000,NULL,'',0,'going',0,'{"octets":0,"line":1,"rows":0,"already":0,"suppressed":0,"invalid":0,"over":0,"faults":[],"rest":[]}',1796115600000000,NULL,1796115600000000,'','{"out":0,"lost":0,"unwanted":0}','[]');
CREATE TABLE mail_template (
    domain TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    mjml TEXT NOT NULL,
    changed INTEGER NOT NULL,
    fault TEXT NOT NULL,
    PRIMARY KEY (domain, name)
) STRICT;
CREATE TABLE newcomer (
    event_id TEXT NOT NULL REFERENCES event (id),
    address TEXT NOT NULL,
    token TEXT NOT NULL,
    is_delegate INTEGER NOT NULL,
    since INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    PRIMARY KEY (event_id, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE organizer (
    address TEXT PRIMARY KEY,
    event_limit INTEGER,
    invitation_limit INTEGER,
    may_send_lists INTEGER NOT NULL DEFAULT 1,
    suspended INTEGER,
    reason TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
INSERT INTO "organizer" VALUES('ann@club.example',NULL,NULL,1,NULL,'');
CREATE TABLE pace (
    name TEXT PRIMARY KEY,
    spent INTEGER NOT NULL,
    line INTEGER NOT NULL,
    held INTEGER NOT NULL,
    wait REAL NOT NULL,
    said TEXT NOT NULL,
    ends INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE proposal (
    event_id TEXT NOT NULL REFERENCES event (id),
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (event_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE queue (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    published INTEGER NOT NULL,
    due INTEGER NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0,
    holder INTEGER,
    error TEXT NOT NULL DEFAULT '',
    -- The id under which all that comes of one mail or request is logged.
    correlation TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO "queue" VALUES(2,'EventCreated','{"event_id":"elsewhere","mail":"","assumed_zone":""}',1796115600000000,1796115600000000,0,NULL,'','9917ce735122b4b9');
CREATE TABLE receipt (
    event_id TEXT NOT NULL,
    token TEXT NOT NULL,
    recurrence_id TEXT NOT NULL,
    partstat TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    dtstamp INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    mail TEXT NOT NULL,
    address TEXT NOT NULL,
    client TEXT NOT NULL,
    grade TEXT NOT NULL,
    comment TEXT NOT NULL,
    guests INTEGER NOT NULL,
    earlier TEXT NOT NULL,
    PRIMARY KEY (event_id, token, recurrence_id),
    FOREIGN KEY (event_id, token) REFERENCES invitation (event_id, token)
) STRICT, WITHOUT ROWID;
INSERT INTO "receipt" VALUES('schemaevent1','t1','','ACCEPTED',0,1796115600000000,1796115600000000,'006618ec0504400-5c5c5c5c5c5c5c5c','t1@guests.example','Google Calendar','token','',0,'[]');
INSERT INTO "receipt" VALUES('schemaevent1','t2','','ACCEPTED',0,1796115600000000,1796115600000000,'006618ec0504400-5c5c5c5c5c5c5c5c','t2@guests.example','Google Calendar','token','',0,'[]');
CREATE TABLE schedule (
    slug TEXT PRIMARY KEY,
    organizer TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    opened INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE sign_in (
    digest TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE stranger (
    event_id TEXT NOT NULL REFERENCES event (id),
    token TEXT NOT NULL,
    recurrence_id TEXT NOT NULL,
    partstat TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    dtstamp INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    mail TEXT NOT NULL,
    address TEXT NOT NULL,
    client TEXT NOT NULL,
    grade TEXT NOT NULL,
    comment TEXT NOT NULL,
    guests INTEGER NOT NULL,
    PRIMARY KEY (event_id, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE suppression (
    address TEXT NOT NULL,
    -- Whose events it is about, '' for everybody's.
    organizer TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (organizer, address)
) STRICT, WITHOUT ROWID;
INSERT INTO "suppression" VALUES('gone@guests.example','','unsubscribed',1796115600000000);
CREATE TABLE taken (
    event_id TEXT NOT NULL,
    mail TEXT NOT NULL,
    token TEXT NOT NULL,
    recurrence_id TEXT NOT NULL,
    address TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    grade TEXT NOT NULL,
    PRIMARY KEY (event_id, mail, token, recurrence_id, address)
) STRICT, WITHOUT ROWID;
INSERT INTO "taken" VALUES('schemaevent1','006618ec0504400-5c5c5c5c5c5c5c5c','t1','','t1@guests.example',0,'token');
INSERT INTO "taken" VALUES('schemaevent1','006618ec0504400-5c5c5c5c5c5c5c5c','t2','','t2@guests.example',0,'token');
CREATE TABLE waiting_cancel (
    owner TEXT NOT NULL,
    uid TEXT NOT NULL,
    mail TEXT NOT NULL,
    until INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (owner, uid, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_listed ON event (organizer, ends, id) WHERE listed;
CREATE INDEX event_by_age ON event (created, id);
CREATE INDEX event_by_start ON event (starts, id);
CREATE INDEX event_of_organizer ON event (organizer, created, id);
CREATE INDEX event_of_organizer_by_start ON event (organizer, starts, id);
CREATE INDEX event_of_domain ON event (domain, created, id);
CREATE INDEX approval_of_event ON approval (event_id, created, id);
CREATE INDEX waiting_cancel_by_end ON waiting_cancel (until);
CREATE INDEX job_by_age ON job (created, id);
CREATE INDEX job_of_event ON job (event_id, created, id);
CREATE INDEX suppression_of_address ON suppression (address, organizer);
CREATE INDEX pace_by_end ON pace (ends);
CREATE INDEX hit_by_end ON hit (ends);
CREATE INDEX api_key_of_organizer ON api_key (organizer, created, id);
CREATE INDEX sign_in_by_end ON sign_in (until);
CREATE INDEX session_of_address ON session (address, opened, id);
CREATE INDEX session_by_end ON session (ends);
CREATE INDEX asked_by_end ON asked (until);
CREATE INDEX audit_of_event ON audit (event_id, id);
CREATE INDEX audit_of_actor ON audit (actor, id);
CREATE INDEX hook_of_owner ON hook (owner, created, id);
CREATE INDEX hook_call_by_age ON hook_call (hook_id, created, id);
CREATE INDEX hook_call_by_due ON hook_call (hook_id, due, created) WHERE due IS NOT NULL;
CREATE INDEX hook_call_by_end ON hook_call (expires) WHERE expires IS NOT NULL;
CREATE INDEX queue_by_due ON queue (due, kind);
CREATE INDEX dead_letter_of_kind ON dead_letter (kind, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('queue',2);
COMMIT;
