CREATE TABLE gate_span (
    -- how a gate of `ops verify` stood, from the first time it was found so to the last
    id INTEGER PRIMARY KEY,
    gate TEXT NOT NULL, -- its number: D106
    title TEXT NOT NULL, -- what it is about: ports
    first_ts INTEGER NOT NULL, -- the first time it was found so
    last_ts INTEGER NOT NULL -- the last time it was found so
        CHECK (last_ts >= first_ts),
    state TEXT NOT NULL -- how it stood; unknown: what it judges by could not be had
        CHECK (state IN ('pass', 'warn', 'fail', 'unknown')),
    checked INTEGER NOT NULL -- how many things were judged, the last time
) STRICT;

CREATE UNIQUE INDEX gate_span_key ON gate_span (gate, first_ts);

CREATE TABLE gate_finding (
    -- one thing a gate found while it stood so
    gate_span_id INTEGER NOT NULL REFERENCES gate_span, -- while it stood how: gate_span.id
    number INTEGER NOT NULL, -- in the order they are told, from 0
    severity TEXT NOT NULL -- how bad; unknown: it could not be seen
        CHECK (severity IN ('warn', 'fail', 'unknown')),
    host TEXT, -- where
    name TEXT NOT NULL, -- of what: a service, a mount's path, a port, an add-on
    what TEXT NOT NULL, -- what is wrong
    todo TEXT NOT NULL, -- what to do
    PRIMARY KEY (gate_span_id, number)
) STRICT, WITHOUT ROWID;

CREATE VIEW gate_history (
    -- How each gate stood, and when.
    since, -- when it was first found so
    last_held_at, -- when it was last found so
    gate, -- its number: D106 to D110
    title, -- what it is about
    state, -- pass, warn, fail, or unknown: what it judges by could not be had
    checked, -- how many things were judged, the last time
    findings, -- how many things it found
    since_ts, -- as since
    last_held_ts -- as last_held_at
) AS
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%SZ', span.last_ts, 'unixepoch'),
    span.gate,
    span.title,
    span.state,
    span.checked,
    (SELECT count(*) FROM gate_finding WHERE gate_finding.gate_span_id = span.id),
    span.first_ts,
    span.last_ts
FROM gate_span AS span
ORDER BY span.gate, span.first_ts;

CREATE VIEW gate_now (
    -- What each gate found when it was last held; a row for one that found nothing, too.
    gate, -- its number: D106 to D110
    title, -- what it is about
    state, -- pass, warn, fail, or unknown: what it judges by could not be had
    held_at, -- when it was last held
    severity, -- of the finding: warn, fail or unknown
    host, -- where
    name, -- of what: a service, a mount's path, a port, an add-on
    what, -- what is wrong
    todo -- what to do
) AS
SELECT
    span.gate,
    span.title,
    span.state,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.last_ts, 'unixepoch'),
    finding.severity,
    finding.host,
    finding.name,
    finding.what,
    finding.todo
FROM gate_span AS span
LEFT JOIN gate_finding AS finding ON finding.gate_span_id = span.id
WHERE span.first_ts = (SELECT max(first_ts) FROM gate_span AS other WHERE other.gate = span.gate)
ORDER BY span.gate, finding.number;
