-- The facts and the queue of one machine. Instants are microseconds since 1970 UTC.
-- No index stands on anything that changes: it would halve the speed of a bulk update.

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
CREATE INDEX event_listed ON event (organizer, ends, id) WHERE listed;

-- Where an organizer's public schedule is.
CREATE TABLE schedule (
    slug TEXT PRIMARY KEY,
    organizer TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

-- What an event was, by the revisions that were sent.
CREATE TABLE event_version (
    event_id TEXT NOT NULL REFERENCES event (id),
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (event_id, revision)
) STRICT;

CREATE INDEX event_by_age ON event (created, id);
CREATE INDEX event_by_start ON event (starts, id);
CREATE INDEX event_of_organizer ON event (organizer, created, id);
CREATE INDEX event_of_organizer_by_start ON event (organizer, starts, id);
CREATE INDEX event_of_domain ON event (domain, created, id);

-- What an admin decided of an organizer; limits: NULL for the settings'. suspended: since when.
CREATE TABLE organizer (
    address TEXT PRIMARY KEY,
    event_limit INTEGER,
    invitation_limit INTEGER,
    may_send_lists INTEGER NOT NULL DEFAULT 1,
    suspended INTEGER,
    reason TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- A change of an event that waits, or waited, for its organizer's word.
CREATE TABLE approval (
    id TEXT PRIMARY KEY,
    event_id TEXT NOT NULL REFERENCES event (id),
    created INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX approval_of_event ON approval (event_id, created, id);

-- claimed_until: whoever sends to this attendee has the right to until then.
-- Rows lie in the order in which they came, so that a batch, whose tokens are anywhere, changes few pages.
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

-- The winning answer of each attendee to the whole event (recurrence_id '') or to one occurrence.
-- earlier: a JSON array of those to lower SEQUENCEs, ascending.
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

-- How each answer of a mail was taken when it came, winning or not: what the mail alone does not tell.
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

-- The best answer of each person who answered without being invited.
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

-- Who came by a forwarded invite, answered or not, and what was decided about them.
CREATE TABLE newcomer (
    event_id TEXT NOT NULL REFERENCES event (id),
    address TEXT NOT NULL,
    token TEXT NOT NULL,
    is_delegate INTEGER NOT NULL,
    since INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    PRIMARY KEY (event_id, address)
) STRICT, WITHOUT ROWID;

-- The latest other time that each attendee asked for, of the whole event or one occurrence.
CREATE TABLE proposal (
    event_id TEXT NOT NULL REFERENCES event (id),
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (event_id, key)
) STRICT, WITHOUT ROWID;

-- ordered: for when the last digest is on its way. told: up to when news have been told.
CREATE TABLE digest (
    event_id TEXT PRIMARY KEY,
    ordered INTEGER,
    told INTEGER
) STRICT, WITHOUT ROWID;

-- Plain sums, changed together with the fact they count.
-- scope: as in domain/scopes.py, or 'again:<event id>'.
CREATE TABLE counter (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;

-- Cancels that came before the event that they cancel.
CREATE TABLE waiting_cancel (
    owner TEXT NOT NULL,
    uid TEXT NOT NULL,
    mail TEXT NOT NULL,
    until INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (owner, uid, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_cancel_by_end ON waiting_cancel (until);

-- seen (JSON): what it had come to when it was last resumed.
-- read_octets: how much of its list, of `size` octets at the archive's key `body`, is read; reading (JSON): to what end.
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
CREATE INDEX job_by_age ON job (created, id);
CREATE INDEX job_of_event ON job (event_id, created, id);

CREATE TABLE suppression (
    address TEXT NOT NULL,
    -- Whose events it is about, '' for everybody's.
    organizer TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (organizer, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX suppression_of_address ON suppression (address, organizer);

-- How fast mail to a recipient domain, or all of it (name ''), may go; from `ends` on it says nothing any more.
CREATE TABLE pace (
    name TEXT PRIMARY KEY,
    spent INTEGER NOT NULL,
    line INTEGER NOT NULL,
    held INTEGER NOT NULL,
    wait REAL NOT NULL,
    said TEXT NOT NULL,
    ends INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pace_by_end ON pace (ends);

-- A window of time in which something is counted, for limits by rate.
CREATE TABLE hit (
    name TEXT PRIMARY KEY,
    hits INTEGER NOT NULL,
    ends INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX hit_by_end ON hit (ends);

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
CREATE INDEX api_key_of_organizer ON api_key (organizer, created, id);

-- Links that were mailed to sign in by, each good once; digest: the SHA-256 of its secret.
CREATE TABLE sign_in (
    digest TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_by_end ON sign_in (until);

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    opened INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX session_of_address ON session (address, opened, id);
CREATE INDEX session_by_end ON session (ends);

-- Requests with an Idempotency-Key. answer: '' while there is none. leased: whoever answers it has the right to until then.
CREATE TABLE asked (
    name TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    leased INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX asked_by_end ON asked (until);

-- Who did what; only ever added to.
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    about TEXT NOT NULL,
    event_id TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_of_event ON audit (event_id, id);
CREATE INDEX audit_of_actor ON audit (actor, id);

-- body (JSON): all but what the calls change. owner: an organizer, '' for the domain.
-- claimed_until: whoever calls it has the right to until then. is_wanted: somebody else would have liked to meanwhile.
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
CREATE INDEX hook_of_owner ON hook (owner, created, id);

-- What is POSTed to a webhook, waiting (due) or over (expires).
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
CREATE INDEX hook_call_by_age ON hook_call (hook_id, created, id);
CREATE INDEX hook_call_by_due ON hook_call (hook_id, due, created) WHERE due IS NOT NULL;
CREATE INDEX hook_call_by_end ON hook_call (expires) WHERE expires IS NOT NULL;

-- What a domain's mails and pages look like; body (JSON): all but the version.
CREATE TABLE branding (
    domain TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A domain's own templates of mails. fault: why they cannot be used, '' while they can.
CREATE TABLE mail_template (
    domain TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    mjml TEXT NOT NULL,
    changed INTEGER NOT NULL,
    fault TEXT NOT NULL,
    PRIMARY KEY (domain, name)
) STRICT;

-- due: visible from then on. A take moves it on and raises receives, which is also the fence of its handle.
-- holder: the process in whose hands it is, as far as we know; NULL for none.
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
CREATE INDEX queue_by_due ON queue (due, kind);

CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    published INTEGER NOT NULL,
    receives INTEGER NOT NULL,
    error TEXT NOT NULL,
    died INTEGER NOT NULL
) STRICT;
CREATE INDEX dead_letter_of_kind ON dead_letter (kind, id);
