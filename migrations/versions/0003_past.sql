CREATE TABLE told_until (
    -- up to when what a host or an app itself knows of its past has been taken in
    entity_id INTEGER PRIMARY KEY REFERENCES entity,
    ts INTEGER NOT NULL -- up to when
) STRICT;

CREATE TABLE prior_boot (
    -- when a host booted before it was first looked at, as its own records tell; the last boot of
    -- these is not among them: its first span knows that
    entity_id INTEGER NOT NULL REFERENCES entity,
    ts INTEGER NOT NULL, -- when it booted
    source TEXT NOT NULL CHECK (source IN ('wtmp', 'journal')), -- which of its records
    PRIMARY KEY (entity_id, ts)
) STRICT, WITHOUT ROWID;

CREATE VIEW known_before (
    -- What happened on hosts before they were first looked at: told by them, seen by nobody, and
    -- counted nowhere else.
    at, -- when
    kind, -- host or service
    host, -- the host that told it
    name, -- host or service
    what, -- booted, created, started or finished; of a container, the newest of each
    detail, -- how it finished; how often the engine had restarted it by the first look
    source, -- how the host knew: uptime, wtmp, journal, or its container engine
    at_ts -- as at
) AS
WITH
    met(host_id, host, ts, booted_ts) AS (
        SELECT host.id, host.name, span.first_ts, span.booted_ts
        FROM entity AS host
        JOIN host_span AS span ON span.entity_id = host.id AND span.first_ts = (
            SELECT min(first_ts) FROM host_span AS known
            WHERE known.entity_id = host.id AND known.state = 'up'
        )
        WHERE host.kind = 'host'
    ),
    container(host, ts, name, created_ts, started_ts, finished_ts, restarts, finish) AS (
        SELECT met.host, met.ts, service.name, span.created_ts, span.started_ts, span.finished_ts,
            CASE WHEN span.restart_count > 0
                THEN 'restart count ' || span.restart_count END,
            CASE WHEN span.state IN ('exited', 'dead') THEN 'exit code ' || span.exit_code
                || CASE span.oom_killed WHEN 1 THEN ', out of memory' ELSE '' END END
        FROM met
        JOIN entity AS service ON service.parent_id = met.host_id AND service.kind = 'service'
        JOIN service_span AS span ON span.entity_id = service.id AND span.first_ts = (
            SELECT min(first_ts) FROM service_span AS known
            WHERE known.entity_id = service.id AND known.created_ts IS NOT NULL
        )
    ),
    told(ts, kind, host, name, what, detail, source) AS (
        SELECT booted_ts, 'host', host, host, 'booted', NULL, 'uptime'
        FROM met WHERE booted_ts < ts
        UNION ALL
        SELECT boot.ts, 'host', met.host, met.host, 'booted', NULL, boot.source
        FROM met JOIN prior_boot AS boot ON boot.entity_id = met.host_id
        UNION ALL
        SELECT created_ts, 'service', host, name, 'created', NULL, 'engine'
        FROM container WHERE created_ts < ts
        UNION ALL
        SELECT started_ts, 'service', host, name, 'started', restarts, 'engine'
        FROM container WHERE started_ts < ts
        UNION ALL
        SELECT finished_ts, 'service', host, name, 'finished', finish, 'engine'
        FROM container WHERE finished_ts < ts
    )
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', ts, 'unixepoch'), kind, host, name, what, detail, source, ts
FROM told
ORDER BY ts DESC, host, name, what;
