CREATE INDEX action_started ON action (started_ts);

CREATE INDEX definition_found ON definition (container);

CREATE INDEX endpoint_span_first ON endpoint_span (first_ts);

CREATE UNIQUE INDEX endpoint_span_open ON endpoint_span (entity_id) WHERE last_ts IS NULL;

CREATE UNIQUE INDEX entity_identity ON entity (site_id, kind, ifnull(parent_id, 0), identity);

CREATE UNIQUE INDEX gate_span_key ON gate_span (gate, first_ts);

CREATE INDEX host_span_first ON host_span (first_ts);

CREATE UNIQUE INDEX host_span_open ON host_span (entity_id) WHERE last_ts IS NULL;

CREATE INDEX image_found ON image (substr(digest, 8, 8));

CREATE INDEX import_span_first ON import_span (first_ts);

CREATE UNIQUE INDEX import_span_open ON import_span (entity_id) WHERE last_ts IS NULL;

CREATE INDEX mount_span_first ON mount_span (first_ts);

CREATE UNIQUE INDEX mount_span_open ON mount_span (entity_id) WHERE last_ts IS NULL;

CREATE UNIQUE INDEX series_identity ON series (entity_id, metric);

CREATE INDEX service_span_first ON service_span (first_ts);

CREATE UNIQUE INDEX service_span_open ON service_span (entity_id) WHERE last_ts IS NULL;

CREATE INDEX snapshot_of_person ON snapshot (ts) WHERE trigger = 'person';

CREATE INDEX volume_span_first ON volume_span (first_ts);

CREATE UNIQUE INDEX volume_span_open ON volume_span (entity_id) WHERE last_ts IS NULL;

CREATE TABLE action (
    -- what this program itself did to the stack
    id INTEGER PRIMARY KEY,
    capability TEXT NOT NULL,
    arguments TEXT NOT NULL,
    user TEXT NOT NULL,
    started_ts INTEGER NOT NULL,
    ended_ts INTEGER,
    exit_code INTEGER,
    note TEXT
) STRICT;

CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE coverage (
    -- the stretches in which snapshots were taken at their usual interval
    first_ts INTEGER PRIMARY KEY,
    last_ts INTEGER NOT NULL CHECK (last_ts >= first_ts),
    snapshots INTEGER NOT NULL
) STRICT;

CREATE TABLE definition (
    -- what the binding and the compose labels say of a service
    id INTEGER PRIMARY KEY,
    container TEXT NOT NULL,
    declared TEXT NOT NULL CHECK (declared IN ('active', 'parked', 'stopped', 'undeclared')),
    category TEXT,
    project TEXT,
    compose_service TEXT
) STRICT;

CREATE TABLE endpoint_span (
    entity_id INTEGER NOT NULL REFERENCES entity,
    first_ts INTEGER NOT NULL,
    last_ts INTEGER CHECK (last_ts >= first_ts),
    state TEXT NOT NULL CHECK (state IN ('ok', 'failed', 'unknown', 'gone')),
    reason TEXT,
    http_status INTEGER,
    detail TEXT,
    PRIMARY KEY (entity_id, first_ts),
    CHECK (state NOT IN ('unknown', 'gone') OR http_status IS NULL),
    CHECK (state <> 'gone' OR (last_ts IS NOT NULL AND last_ts = first_ts))
) STRICT, WITHOUT ROWID;

CREATE TABLE entity (
    -- everything that ever had a state
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES site,
    kind TEXT NOT NULL
        CHECK (kind IN ('host', 'service', 'endpoint', 'mount', 'volume', 'import')),
    parent_id INTEGER REFERENCES entity, -- its host; an endpoint's service
    identity TEXT NOT NULL, -- what it stays the same thing by
    name TEXT NOT NULL, -- what it was last called; an endpoint's URL without its query
    position INTEGER NOT NULL, -- its place among its kind in the newest snapshot that held it
    retired_ts INTEGER, -- first snapshot in which it was no more; NULL: it is
    CHECK ((parent_id IS NULL) = (kind IN ('host', 'import')))
) STRICT;

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

CREATE TABLE host_span (
    -- In every span table: first_ts is the first snapshot that saw it so, last_ts the last one,
    -- NULL while it still is. 'gone' is one moment: the first snapshot without it.
    entity_id INTEGER NOT NULL REFERENCES entity,
    first_ts INTEGER NOT NULL,
    last_ts INTEGER CHECK (last_ts >= first_ts),
    state TEXT NOT NULL CHECK (state IN ('up', 'down', 'unknown', 'gone')),
    reason TEXT,
    number INTEGER,
    role TEXT,
    boot_id TEXT, -- while it is down: the last known
    address TEXT,
    engine_kind TEXT,
    engine_readable INTEGER CHECK (engine_readable IN (0, 1)),
    engine_reason TEXT,
    detail TEXT,
    booted_ts INTEGER,
    memory_total_bytes INTEGER,
    PRIMARY KEY (entity_id, first_ts),
    CHECK (state NOT IN ('unknown', 'gone') OR coalesce(boot_id, address, engine_kind,
        engine_readable, engine_reason, booted_ts, memory_total_bytes) IS NULL),
    CHECK (state <> 'gone' OR (last_ts IS NOT NULL AND last_ts = first_ts))
) STRICT, WITHOUT ROWID;

CREATE TABLE image (
    -- what containers were made from
    id INTEGER PRIMARY KEY,
    digest TEXT, -- sha256 of the image
    ref TEXT, -- "lscr.io/linuxserver/radarr:5.2"
    version TEXT -- the image's own version label
) STRICT;

CREATE TABLE import_event (
    -- one import, as the app's own history names it; ts is the app's time
    entity_id INTEGER NOT NULL REFERENCES entity,
    ts INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (entity_id, ts, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_span (
    entity_id INTEGER NOT NULL REFERENCES entity,
    first_ts INTEGER NOT NULL,
    last_ts INTEGER CHECK (last_ts >= first_ts),
    state TEXT NOT NULL CHECK (state IN ('ok', 'unknown', 'gone')),
    reason TEXT,
    noun TEXT NOT NULL,
    detail TEXT,
    PRIMARY KEY (entity_id, first_ts),
    CHECK (state <> 'gone' OR (last_ts IS NOT NULL AND last_ts = first_ts))
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
    -- what the program notes for itself
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mount_span (
    entity_id INTEGER NOT NULL REFERENCES entity,
    first_ts INTEGER NOT NULL,
    last_ts INTEGER CHECK (last_ts >= first_ts),
    state TEXT NOT NULL CHECK (state IN ('ok', 'slow', 'hung', 'stale', 'missing', 'wrong_source',
        'wrong_mode', 'unknown', 'gone')),
    reason TEXT,
    declared_source TEXT,
    declared_mode TEXT,
    source TEXT,
    mode TEXT,
    fs_type TEXT,
    detail TEXT,
    note TEXT,
    PRIMARY KEY (entity_id, first_ts),
    CHECK (state NOT IN ('unknown', 'gone') OR coalesce(source, mode, fs_type, note) IS NULL),
    CHECK (state <> 'gone' OR (last_ts IS NOT NULL AND last_ts = first_ts))
) STRICT, WITHOUT ROWID;

CREATE TABLE prior_boot (
    -- when a host booted before it was first looked at, as its own records tell; the last boot of
    -- these is not among them: its first span knows that
    entity_id INTEGER NOT NULL REFERENCES entity,
    ts INTEGER NOT NULL, -- when it booted
    source TEXT NOT NULL CHECK (source IN ('wtmp', 'journal')), -- which of its records
    PRIMARY KEY (entity_id, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollup_day (
    -- ts is when the UTC day begins
    series_id INTEGER NOT NULL REFERENCES series,
    ts INTEGER NOT NULL CHECK (ts % 86400 = 0),
    n INTEGER NOT NULL CHECK (n > 0),
    min INTEGER NOT NULL,
    avg INTEGER NOT NULL,
    max INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (series_id, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollup_hour (
    -- ts is when the hour begins; min, avg, max and last are whole numbers
    series_id INTEGER NOT NULL REFERENCES series,
    ts INTEGER NOT NULL CHECK (ts % 3600 = 0),
    n INTEGER NOT NULL CHECK (n > 0),
    min INTEGER NOT NULL,
    avg INTEGER NOT NULL,
    max INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (series_id, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample (
    ts INTEGER NOT NULL,
    series_id INTEGER NOT NULL REFERENCES series,
    value INTEGER NOT NULL,
    PRIMARY KEY (ts, series_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE series (
    -- the numbers that are kept, and of what
    id INTEGER PRIMARY KEY,
    entity_id INTEGER NOT NULL REFERENCES entity,
    metric TEXT NOT NULL CHECK (metric IN ('load_1min_hundredths', 'memory_available_bytes',
        'restart_count', 'latency_ms', 'free_bytes', 'total_bytes', 'import_count')),
    last_ts INTEGER, -- of one kept only when it changes: its newest sample
    last_value INTEGER
) STRICT;

CREATE TABLE service_span (
    entity_id INTEGER NOT NULL REFERENCES entity,
    first_ts INTEGER NOT NULL,
    last_ts INTEGER CHECK (last_ts >= first_ts),
    state TEXT NOT NULL CHECK (state IN ('running', 'exited', 'created', 'restarting', 'paused',
        'dead', 'missing', 'unknown', 'gone')),
    reason TEXT,
    definition_id INTEGER NOT NULL REFERENCES definition,
    health TEXT CHECK (health IN ('healthy', 'unhealthy', 'starting', 'none')),
    exit_code INTEGER,
    oom_killed INTEGER CHECK (oom_killed IN (0, 1)),
    image_id INTEGER REFERENCES image,
    created_ts INTEGER,
    started_ts INTEGER,
    finished_ts INTEGER,
    restart_count INTEGER, -- when the span began; later ones are samples
    error TEXT,
    PRIMARY KEY (entity_id, first_ts),
    CHECK (state NOT IN ('unknown', 'gone') OR coalesce(health, exit_code, oom_killed, image_id,
        created_ts, started_ts, finished_ts, restart_count, error) IS NULL),
    CHECK (state <> 'gone' OR (last_ts IS NOT NULL AND last_ts = first_ts))
) STRICT, WITHOUT ROWID;

CREATE TABLE site (
    -- whose history this is: one row
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE snapshot (
    -- the looks of the last 30 days
    ts INTEGER PRIMARY KEY,
    trigger TEXT NOT NULL CHECK (trigger IN ('person', 'schedule')),
    duration_ms INTEGER NOT NULL,
    unreachable INTEGER NOT NULL, -- hosts that did not answer
    clock_step_sec INTEGER NOT NULL -- how much later than its clock said it is recorded
) STRICT;

CREATE TABLE told_until (
    -- up to when what a host or an app itself knows of its past has been taken in
    entity_id INTEGER PRIMARY KEY REFERENCES entity,
    ts INTEGER NOT NULL -- up to when
) STRICT;

CREATE TABLE volume_span (
    entity_id INTEGER NOT NULL REFERENCES entity,
    first_ts INTEGER NOT NULL,
    last_ts INTEGER CHECK (last_ts >= first_ts),
    state TEXT NOT NULL CHECK (state IN ('ok', 'unknown', 'gone')),
    reason TEXT,
    path TEXT NOT NULL,
    detail TEXT,
    PRIMARY KEY (entity_id, first_ts),
    CHECK (state <> 'gone' OR (last_ts IS NOT NULL AND last_ts = first_ts))
) STRICT, WITHOUT ROWID;

CREATE VIEW action_log (
    -- What this program itself did to the stack or to the history.
    started_at, -- when it began
    ended_at, -- when it ended; NULL: it did not
    capability, -- what was run
    arguments, -- with which arguments
    user, -- who ran it
    exit_code, -- how it ended; 0: well
    note, -- what it said
    started_ts -- as started_at
) AS
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', started_ts, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%SZ', ended_ts, 'unixepoch'),
    capability,
    arguments,
    user,
    exit_code,
    note,
    started_ts
FROM action;

CREATE VIEW availability_daily (
    -- Of each UTC day, how long each thing was seen well, seen otherwise, or was unknown. Well: up,
    -- running, ok, slow. Only time covered by snapshots counts.
    day, -- the day
    kind, -- host, service, endpoint or mount
    host, -- its host
    name, -- host, service (an endpoint's too) or where the mount is
    observed_sec, -- how long it was looked at
    well_sec, -- of that, well
    unknown_sec, -- of that, unknown
    well_percent, -- well, of what was known; NULL: nothing was
    day_ts -- when the day begins
) AS
WITH RECURSIVE
    span(kind, entity_id, first_ts, state) AS (
        SELECT 'host', entity_id, first_ts, state FROM host_span
        UNION ALL SELECT 'service', entity_id, first_ts, state FROM service_span
        UNION ALL SELECT 'endpoint', entity_id, first_ts, state FROM endpoint_span
        UNION ALL SELECT 'mount', entity_id, first_ts, state FROM mount_span
    ),
    stretch(kind, entity_id, state, from_ts, to_ts) AS (
        SELECT kind, entity_id, state, first_ts,
            lead(first_ts, 1, (SELECT max(last_ts) FROM coverage))
                OVER (PARTITION BY kind, entity_id ORDER BY first_ts)
        FROM span
    ),
    covered(kind, entity_id, state, from_ts, to_ts) AS (
        SELECT stretch.kind, stretch.entity_id, stretch.state,
            max(stretch.from_ts, coverage.first_ts), min(stretch.to_ts, coverage.last_ts)
        FROM stretch
        JOIN coverage ON coverage.first_ts < stretch.to_ts AND coverage.first_ts >= (
            SELECT max(earlier.first_ts) FROM coverage AS earlier
            WHERE earlier.first_ts <= stretch.from_ts
        )
        WHERE stretch.state <> 'gone' AND coverage.last_ts > stretch.from_ts
    ),
    part(kind, entity_id, state, from_ts, to_ts, rest_ts) AS (
        SELECT kind, entity_id, state, from_ts,
            min(to_ts, from_ts - from_ts % 86400 + 86400), to_ts
        FROM covered
        UNION ALL
        SELECT kind, entity_id, state, to_ts, min(rest_ts, to_ts + 86400), rest_ts
        FROM part WHERE to_ts < rest_ts
    ),
    seen(day_ts, kind, entity_id, state, seconds) AS (
        SELECT from_ts - from_ts % 86400, kind, entity_id, state, to_ts - from_ts FROM part
    )
SELECT
    strftime('%Y-%m-%d', seen.day_ts, 'unixepoch'),
    seen.kind,
    coalesce(grandparent.name, parent.name, entity.name),
    CASE seen.kind WHEN 'endpoint' THEN parent.name ELSE entity.name END,
    sum(seen.seconds),
    sum(CASE WHEN seen.state IN ('up', 'running', 'ok', 'slow') THEN seen.seconds ELSE 0 END),
    sum(CASE WHEN seen.state = 'unknown' THEN seen.seconds ELSE 0 END),
    round(
        100.0 * sum(
            CASE WHEN seen.state IN ('up', 'running', 'ok', 'slow') THEN seen.seconds ELSE 0 END
        ) / nullif(sum(CASE WHEN seen.state <> 'unknown' THEN seen.seconds ELSE 0 END), 0), 3
    ),
    seen.day_ts
FROM seen
JOIN entity ON entity.id = seen.entity_id
LEFT JOIN entity AS parent ON parent.id = entity.parent_id
LEFT JOIN entity AS grandparent ON grandparent.id = parent.parent_id
GROUP BY seen.day_ts, seen.kind, seen.entity_id;

CREATE VIEW endpoint_history (
    -- Every state each service's health URL was ever in.
    host, -- the host of its service
    service, -- the service it is of
    state, -- ok, failed or unknown; gone: it is no more, a single moment
    reason, -- why it failed or was unknown
    http_status, -- what it answered
    detail, -- the failure in words
    first_seen_at, -- the first snapshot that saw it so
    last_seen_at, -- the last one; NULL: it still is
    first_seen_ts, -- as first_seen_at
    last_seen_ts, -- as last_seen_at
    lasted_sec -- until its next state was seen, or the newest snapshot; gaps included
) AS
SELECT
    host.name,
    service.name,
    span.state,
    span.reason,
    span.http_status,
    span.detail,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%SZ', span.last_ts, 'unixepoch'),
    span.first_ts,
    span.last_ts,
    CASE span.state WHEN 'gone' THEN 0 ELSE coalesce((
        SELECT min(next.first_ts) FROM endpoint_span AS next
        WHERE next.entity_id = span.entity_id AND next.first_ts > span.first_ts
    ), (SELECT max(last_ts) FROM coverage)) - span.first_ts END
FROM endpoint_span AS span
JOIN entity AS endpoint ON endpoint.id = span.entity_id
JOIN entity AS service ON service.id = endpoint.parent_id
JOIN entity AS host ON host.id = service.parent_id;

CREATE VIEW endpoint_now (
    -- Every health URL as the newest snapshot saw it.
    host, -- the host of its service
    service, -- the service it is of
    url, -- where it was asked, without its query
    state, -- ok, failed or unknown
    reason, -- why it failed or is unknown
    http_status, -- what it answered
    detail, -- the failure in words
    latency_ms, -- how long its newest answer took
    since, -- when it became so
    since_ts -- the same
) AS
SELECT
    host.name,
    service.name,
    endpoint.name,
    span.state,
    span.reason,
    span.http_status,
    span.detail,
    (
        SELECT sample.value FROM series
        JOIN sample ON sample.series_id = series.id
        WHERE series.entity_id = endpoint.id AND series.metric = 'latency_ms'
            AND sample.ts = (SELECT max(last_ts) FROM coverage)
    ),
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch'),
    span.first_ts
FROM endpoint_span AS span
JOIN entity AS endpoint ON endpoint.id = span.entity_id
JOIN entity AS service ON service.id = endpoint.parent_id
JOIN entity AS host ON host.id = service.parent_id
WHERE span.last_ts IS NULL
ORDER BY host.position, service.position;

CREATE VIEW event (
    -- Every change of state. What was unknown in between is passed over. `at_ts` is the quick way to
    -- a stretch of time: an index finds it.
    at, -- the first snapshot that saw it
    kind, -- host, service, endpoint or mount
    host, -- its host
    name, -- host, service (an endpoint's too) or where the mount is
    was, -- the last state known; NULL: it is new
    now, -- the state since; gone: it is no more
    detail, -- exit code, image, health, engine, reason: what else changed
    at_ts -- as at
) AS
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', now.first_ts, 'unixepoch'),
    'host',
    host.name,
    host.name,
    nullif(was.state, 'gone'),
    now.state,
    coalesce(nullif(ltrim(
        CASE WHEN now.state = 'up' AND was.boot_id <> now.boot_id THEN 'rebooted' ELSE '' END
        || CASE
            WHEN now.engine_readable = 1 AND was.engine_readable = 0 THEN ', engine readable'
            WHEN now.engine_reason = 'no_engine'
                AND (was.engine_readable = 1 OR was.engine_reason <> 'no_engine')
                THEN ', without its container engine'
            WHEN now.engine_reason <> 'no_engine' AND was.engine_reason IS NOT now.engine_reason
                THEN ', engine unreadable: ' || replace(now.engine_reason, '_', ' ')
            ELSE ''
        END, ', '), ''), now.detail, now.reason),
    now.first_ts
FROM host_span AS now
JOIN entity AS host ON host.id = now.entity_id
LEFT JOIN host_span AS was ON was.entity_id = now.entity_id AND was.first_ts = (
    SELECT max(known.first_ts) FROM host_span AS known
    WHERE known.entity_id = now.entity_id AND known.first_ts < now.first_ts
        AND known.state <> 'unknown'
)
WHERE now.state <> 'unknown' AND +now.first_ts > (SELECT min(first_ts) FROM coverage)
    AND (was.state IS NOT now.state OR was.reason IS NOT now.reason
        OR was.boot_id IS NOT now.boot_id OR was.engine_readable <> now.engine_readable
        OR was.engine_reason <> now.engine_reason)
UNION ALL
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', now.first_ts, 'unixepoch'),
    'service',
    host.name,
    service.name,
    nullif(was.state, 'gone'),
    now.state,
    CASE
        WHEN now.state = 'exited' THEN 'exit code ' || now.exit_code
            || CASE now.oom_killed WHEN 1 THEN ', out of memory' ELSE '' END
        WHEN was.image_id <> now.image_id THEN 'image ' || coalesce(
            CASE WHEN old.version <> new.version THEN old.version || ' to ' || new.version END,
            CASE WHEN old.ref <> new.ref THEN old.ref || ' to ' || new.ref END,
            new.ref, new.digest, 'changed')
        WHEN was.health IS NOT now.health AND now.health <> 'none' THEN now.health
        WHEN was.created_ts <> now.created_ts THEN 're-created'
        WHEN now.state = 'running' AND was.state IN ('created', 'exited', 'dead') THEN 'started'
        WHEN was.started_ts <> now.started_ts THEN 'restarted'
        ELSE now.error
    END,
    now.first_ts
FROM service_span AS now
JOIN entity AS service ON service.id = now.entity_id
JOIN entity AS host ON host.id = service.parent_id
LEFT JOIN service_span AS was ON was.entity_id = now.entity_id AND was.first_ts = (
    SELECT max(known.first_ts) FROM service_span AS known
    WHERE known.entity_id = now.entity_id AND known.first_ts < now.first_ts
        AND known.state <> 'unknown'
)
LEFT JOIN image AS old ON old.id = was.image_id
LEFT JOIN image AS new ON new.id = now.image_id
WHERE now.state <> 'unknown' AND +now.first_ts > (SELECT min(first_ts) FROM coverage)
    AND (was.state IS NOT now.state OR was.health IS NOT now.health
        OR was.exit_code IS NOT now.exit_code OR was.oom_killed IS NOT now.oom_killed
        OR was.image_id IS NOT now.image_id OR was.created_ts IS NOT now.created_ts
        OR was.started_ts IS NOT now.started_ts OR was.finished_ts IS NOT now.finished_ts)
UNION ALL
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', now.first_ts, 'unixepoch'),
    'endpoint',
    host.name,
    service.name,
    nullif(was.state, 'gone'),
    now.state,
    coalesce(now.detail, now.reason),
    now.first_ts
FROM endpoint_span AS now
JOIN entity AS endpoint ON endpoint.id = now.entity_id
JOIN entity AS service ON service.id = endpoint.parent_id
JOIN entity AS host ON host.id = service.parent_id
LEFT JOIN endpoint_span AS was ON was.entity_id = now.entity_id AND was.first_ts = (
    SELECT max(known.first_ts) FROM endpoint_span AS known
    WHERE known.entity_id = now.entity_id AND known.first_ts < now.first_ts
        AND known.state <> 'unknown'
)
WHERE now.state <> 'unknown' AND +now.first_ts > (SELECT min(first_ts) FROM coverage)
    AND (was.state IS NOT now.state OR was.reason IS NOT now.reason
        OR was.http_status IS NOT now.http_status)
UNION ALL
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', now.first_ts, 'unixepoch'),
    'mount',
    host.name,
    mount.name,
    nullif(was.state, 'gone'),
    now.state,
    coalesce(now.detail, now.reason, now.note),
    now.first_ts
FROM mount_span AS now
JOIN entity AS mount ON mount.id = now.entity_id
JOIN entity AS host ON host.id = mount.parent_id
LEFT JOIN mount_span AS was ON was.entity_id = now.entity_id AND was.first_ts = (
    SELECT max(known.first_ts) FROM mount_span AS known
    WHERE known.entity_id = now.entity_id AND known.first_ts < now.first_ts
        AND known.state <> 'unknown'
)
WHERE now.state <> 'unknown' AND +now.first_ts > (SELECT min(first_ts) FROM coverage)
    AND (was.state IS NOT now.state OR was.reason IS NOT now.reason
        OR was.source IS NOT now.source OR was.mode IS NOT now.mode
        OR was.fs_type IS NOT now.fs_type);

CREATE VIEW free_space_daily (
    -- Free and total bytes of each volume and mount by complete UTC day; several mounts may be one
    -- pool.
    day, -- the day
    kind, -- volume or mount
    host, -- the host that was asked
    name, -- the volume's name, or where the mount is
    free_min_bytes, -- the least that was free
    free_avg_bytes, -- on average
    free_max_bytes, -- the most
    free_last_bytes, -- at the day's last snapshot
    total_bytes, -- its size at the end of the day
    day_ts -- when the day begins
) AS
SELECT
    strftime('%Y-%m-%d', rollup_day.ts, 'unixepoch'),
    entity.kind,
    host.name,
    entity.name,
    rollup_day.min,
    rollup_day.avg,
    rollup_day.max,
    rollup_day.last,
    (
        SELECT whole.last FROM series AS total
        JOIN rollup_day AS whole ON whole.series_id = total.id
        WHERE total.entity_id = entity.id AND total.metric = 'total_bytes'
            AND whole.ts <= rollup_day.ts
        ORDER BY whole.ts DESC LIMIT 1
    ),
    rollup_day.ts
FROM rollup_day
JOIN series ON series.id = rollup_day.series_id
JOIN entity ON entity.id = series.entity_id
JOIN entity AS host ON host.id = entity.parent_id
WHERE series.metric = 'free_bytes';

CREATE VIEW gap (
    -- The stretches between snapshots that are longer than usual: nothing is known of them.
    last_snapshot_at, -- the last one before it
    next_snapshot_at, -- the first one after it
    duration_sec, -- how long it was
    last_snapshot_ts, -- as last_snapshot_at
    next_snapshot_ts -- as next_snapshot_at
) AS
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', before.last_ts, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%SZ', after.first_ts, 'unixepoch'),
    after.first_ts - before.last_ts,
    before.last_ts,
    after.first_ts
FROM coverage AS before
JOIN coverage AS after
    ON after.first_ts = (SELECT min(first_ts) FROM coverage WHERE first_ts > before.last_ts);

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

CREATE VIEW host_history (
    -- Every state each host was ever in. Another boot_id is a reboot.
    host, -- its name in the bindings
    state, -- up, down or unknown; gone: no longer in the bindings, a single moment
    reason, -- why it was down or unknown
    detail, -- the same in words
    address, -- where it answered, or was last asked
    boot_id, -- what the machine calls this start of it; while it is down, the last known
    first_seen_at, -- the first snapshot that saw it so
    last_seen_at, -- the last one; NULL: it still is
    first_seen_ts, -- as first_seen_at
    last_seen_ts, -- as last_seen_at
    lasted_sec -- until its next state was seen, or the newest snapshot; gaps included
) AS
SELECT
    host.name,
    span.state,
    span.reason,
    span.detail,
    span.address,
    span.boot_id,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%SZ', span.last_ts, 'unixepoch'),
    span.first_ts,
    span.last_ts,
    CASE span.state WHEN 'gone' THEN 0 ELSE coalesce((
        SELECT min(next.first_ts) FROM host_span AS next
        WHERE next.entity_id = span.entity_id AND next.first_ts > span.first_ts
    ), (SELECT max(last_ts) FROM coverage)) - span.first_ts END
FROM host_span AS span
JOIN entity AS host ON host.id = span.entity_id;

CREATE VIEW host_now (
    -- Every host as the newest snapshot saw it.
    host, -- its name in the bindings
    number, -- its number there, "id": the VM's
    role, -- its role there
    state, -- up, down or unknown
    reason, -- why it is down or unknown
    detail, -- the same in words
    address, -- where it answered, or was last asked
    booted_at, -- when it was started
    engine, -- docker or podman
    engine_readable, -- 1: its containers could be listed, 0: not
    load_1min, -- processes that ran or waited, averaged over the last minute
    memory_available_bytes, -- what programs could still have
    memory_total_bytes, -- what it has
    since, -- when it became so
    since_ts -- the same
) AS
SELECT
    host.name,
    span.number,
    span.role,
    span.state,
    span.reason,
    span.detail,
    span.address,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.booted_ts, 'unixepoch'),
    span.engine_kind,
    span.engine_readable,
    CASE span.state WHEN 'up' THEN (
        SELECT sample.value / 100.0 FROM series
        JOIN sample ON sample.series_id = series.id
        WHERE series.entity_id = host.id AND series.metric = 'load_1min_hundredths'
            AND sample.ts > (SELECT max(last_ts) FROM coverage) - 900
        ORDER BY sample.ts DESC LIMIT 1
    ) END,
    CASE span.state WHEN 'up' THEN (
        SELECT sample.value FROM series
        JOIN sample ON sample.series_id = series.id
        WHERE series.entity_id = host.id AND series.metric = 'memory_available_bytes'
            AND sample.ts > (SELECT max(last_ts) FROM coverage) - 900
        ORDER BY sample.ts DESC LIMIT 1
    ) END,
    span.memory_total_bytes,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch'),
    span.first_ts
FROM host_span AS span
JOIN entity AS host ON host.id = span.entity_id
WHERE span.last_ts IS NULL
ORDER BY host.position;

CREATE VIEW import_log (
    -- Every import of every app, by the app's own history.
    at, -- when it was imported, by the app's clock
    app, -- the app's name in the bindings
    title, -- what was imported
    at_ts -- as at
) AS
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', import_event.ts, 'unixepoch'),
    entity.name,
    import_event.title,
    import_event.ts
FROM import_event
JOIN entity ON entity.id = import_event.entity_id;

CREATE VIEW imports_daily (
    -- Imports by day, by the local time of whoever asks.
    local_day, -- the day
    app, -- the app's name in the bindings
    imports -- how many
) AS
SELECT
    strftime('%Y-%m-%d', import_event.ts, 'unixepoch', 'localtime'),
    entity.name,
    count(*)
FROM import_event
JOIN entity ON entity.id = import_event.entity_id
GROUP BY 1, import_event.entity_id;

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

CREATE VIEW latency_daily (
    -- How long health URLs and mounts took to answer, by complete UTC day.
    day, -- the day
    kind, -- endpoint or mount
    host, -- its host
    name, -- the service, or where the mount is
    answers, -- how many were counted
    latency_min_ms, -- the quickest
    latency_avg_ms, -- on average
    latency_max_ms, -- the slowest
    day_ts -- when the day begins
) AS
SELECT
    strftime('%Y-%m-%d', rollup_day.ts, 'unixepoch'),
    entity.kind,
    coalesce(grandparent.name, parent.name),
    CASE entity.kind WHEN 'endpoint' THEN parent.name ELSE entity.name END,
    rollup_day.n,
    rollup_day.min,
    rollup_day.avg,
    rollup_day.max,
    rollup_day.ts
FROM rollup_day
JOIN series ON series.id = rollup_day.series_id
JOIN entity ON entity.id = series.entity_id
JOIN entity AS parent ON parent.id = entity.parent_id
LEFT JOIN entity AS grandparent ON grandparent.id = parent.parent_id
WHERE series.metric = 'latency_ms';

CREATE VIEW mount_history (
    -- Every state each network mount was ever in.
    host, -- the host it is mounted on
    path, -- where it is mounted
    state, -- ok, slow, hung, stale, missing, wrong_source, wrong_mode, unknown; gone: no more
    reason, -- why it was unknown
    detail, -- what was wrong, in words
    source, -- what was mounted there
    mode, -- rw or ro, as mounted
    first_seen_at, -- the first snapshot that saw it so
    last_seen_at, -- the last one; NULL: it still is
    first_seen_ts, -- as first_seen_at
    last_seen_ts, -- as last_seen_at
    lasted_sec -- until its next state was seen, or the newest snapshot; gaps included
) AS
SELECT
    host.name,
    mount.name,
    span.state,
    span.reason,
    span.detail,
    span.source,
    span.mode,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%SZ', span.last_ts, 'unixepoch'),
    span.first_ts,
    span.last_ts,
    CASE span.state WHEN 'gone' THEN 0 ELSE coalesce((
        SELECT min(next.first_ts) FROM mount_span AS next
        WHERE next.entity_id = span.entity_id AND next.first_ts > span.first_ts
    ), (SELECT max(last_ts) FROM coverage)) - span.first_ts END
FROM mount_span AS span
JOIN entity AS mount ON mount.id = span.entity_id
JOIN entity AS host ON host.id = mount.parent_id;

CREATE VIEW mount_now (
    -- Every network mount as the newest snapshot saw it.
    host, -- the host it is mounted on
    path, -- where it is mounted
    state, -- ok, slow, hung, stale, missing, wrong_source, wrong_mode or unknown
    reason, -- why it is unknown
    detail, -- what is wrong, in words
    source, -- what is mounted there
    declared_source, -- what the bindings say should be
    mode, -- rw or ro, as mounted
    declared_mode, -- as the bindings have it
    fs_type, -- nfs4, cifs, fuse.sshfs, …
    free_bytes, -- what may still be written
    total_bytes, -- its size
    latency_ms, -- how long the system's answer about it took, within the last minutes
    since, -- when it became so
    since_ts -- the same
) AS
SELECT
    host.name,
    mount.name,
    span.state,
    span.reason,
    span.detail,
    span.source,
    span.declared_source,
    span.mode,
    span.declared_mode,
    span.fs_type,
    (
        SELECT sample.value FROM series
        JOIN sample ON sample.series_id = series.id
        WHERE series.entity_id = mount.id AND series.metric = 'free_bytes'
            AND sample.ts = (SELECT max(last_ts) FROM coverage)
    ),
    CASE WHEN span.state <> 'unknown' THEN (
        SELECT series.last_value FROM series
        WHERE series.entity_id = mount.id AND series.metric = 'total_bytes'
    ) END,
    CASE WHEN span.state <> 'unknown' THEN (
        SELECT sample.value FROM series
        JOIN sample ON sample.series_id = series.id
        WHERE series.entity_id = mount.id AND series.metric = 'latency_ms'
            AND sample.ts > (SELECT max(last_ts) FROM coverage) - 900
        ORDER BY sample.ts DESC LIMIT 1
    ) END,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch'),
    span.first_ts
FROM mount_span AS span
JOIN entity AS mount ON mount.id = span.entity_id
JOIN entity AS host ON host.id = mount.parent_id
WHERE span.last_ts IS NULL
ORDER BY host.position, mount.position;

CREATE VIEW number_daily (
    -- Every number by complete UTC day, for ever.
    day, -- the day
    kind, -- host, service, endpoint, mount, volume or import
    host, -- its host; NULL: an app's imports
    name, -- host, service (an endpoint's too), path, volume or app
    metric, -- what was measured; its unit is the end of this name
    measured, -- how often it was measured
    min, -- the least
    avg, -- on average, a whole number
    max, -- the most
    last, -- the day's last
    day_ts -- when the day begins
) AS
SELECT
    strftime('%Y-%m-%d', rollup_day.ts, 'unixepoch'),
    entity.kind,
    coalesce(
        grandparent.name, parent.name, CASE entity.kind WHEN 'host' THEN entity.name END
    ),
    CASE entity.kind WHEN 'endpoint' THEN parent.name ELSE entity.name END,
    series.metric,
    rollup_day.n,
    rollup_day.min,
    rollup_day.avg,
    rollup_day.max,
    rollup_day.last,
    rollup_day.ts
FROM rollup_day
JOIN series ON series.id = rollup_day.series_id
JOIN entity ON entity.id = series.entity_id
LEFT JOIN entity AS parent ON parent.id = entity.parent_id
LEFT JOIN entity AS grandparent ON grandparent.id = parent.parent_id;

CREATE VIEW number_hourly (
    -- Every number by complete hour: those of two years, of machines and mounts of 90 days.
    at, -- when the hour begins
    kind, -- host, service, endpoint, mount, volume or import
    host, -- its host; NULL: an app's imports
    name, -- host, service (an endpoint's too), path, volume or app
    metric, -- what was measured; its unit is the end of this name
    measured, -- how often it was measured
    min, -- the least
    avg, -- on average, a whole number
    max, -- the most
    last, -- the hour's last
    at_ts -- as at
) AS
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', rollup_hour.ts, 'unixepoch'),
    entity.kind,
    coalesce(
        grandparent.name, parent.name, CASE entity.kind WHEN 'host' THEN entity.name END
    ),
    CASE entity.kind WHEN 'endpoint' THEN parent.name ELSE entity.name END,
    series.metric,
    rollup_hour.n,
    rollup_hour.min,
    rollup_hour.avg,
    rollup_hour.max,
    rollup_hour.last,
    rollup_hour.ts
FROM rollup_hour
JOIN series ON series.id = rollup_hour.series_id
JOIN entity ON entity.id = series.entity_id
LEFT JOIN entity AS parent ON parent.id = entity.parent_id
LEFT JOIN entity AS grandparent ON grandparent.id = parent.parent_id;

CREATE VIEW number_log (
    -- Every number of the last 30 days, as it was measured. Load, memory and the mounts' latency are
    -- kept every five minutes; restart_count, total_bytes and import_count where they change.
    at, -- when it was measured
    kind, -- host, service, endpoint, mount, volume or import
    host, -- its host; NULL: an app's imports
    name, -- host, service (an endpoint's too), path, volume or app
    metric, -- what was measured; its unit is the end of this name
    value, -- how much
    at_ts -- as at
) AS
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', sample.ts, 'unixepoch'),
    entity.kind,
    coalesce(
        grandparent.name, parent.name, CASE entity.kind WHEN 'host' THEN entity.name END
    ),
    CASE entity.kind WHEN 'endpoint' THEN parent.name ELSE entity.name END,
    series.metric,
    sample.value,
    sample.ts
FROM sample
JOIN series ON series.id = sample.series_id
JOIN entity ON entity.id = series.entity_id
LEFT JOIN entity AS parent ON parent.id = entity.parent_id
LEFT JOIN entity AS grandparent ON grandparent.id = parent.parent_id;

CREATE VIEW restarts_daily (
    -- How often services were started anew, by UTC day; days and services without are left out.
    day, -- the day it started
    host, -- the host it runs on
    service, -- its name in the bindings; an undeclared one's container
    starts, -- the starts that looks told apart: updates, reboots and people's restarts too
    engine_restarts, -- those the engine made after a failure, by its own count; complete days only
    day_ts -- when the day begins
) AS
WITH
    start(entity_id, day_ts, starts, engine_restarts) AS (
        SELECT entity_id, started_ts - started_ts % 86400, count(DISTINCT started_ts), 0
        FROM service_span
        WHERE started_ts > (SELECT min(first_ts) FROM coverage)
        GROUP BY 1, 2
    ),
    counted(entity_id, day_ts, before, last) AS (
        SELECT
            series.entity_id,
            rollup_day.ts,
            coalesce(
                lag(rollup_day.last) OVER (PARTITION BY series.id ORDER BY rollup_day.ts),
                (
                    SELECT first.restart_count FROM service_span AS first
                    WHERE first.entity_id = series.entity_id AND first.restart_count IS NOT NULL
                    ORDER BY first.first_ts LIMIT 1
                ),
                rollup_day.last
            ),
            rollup_day.last
        FROM series
        JOIN rollup_day ON rollup_day.series_id = series.id
        WHERE series.metric = 'restart_count'
    ),
    found(entity_id, day_ts, starts, engine_restarts) AS (
        SELECT entity_id, day_ts, starts, engine_restarts FROM start
        UNION ALL
        SELECT entity_id, day_ts, 0, CASE WHEN last >= before THEN last - before ELSE last END
        FROM counted
    )
SELECT
    strftime('%Y-%m-%d', found.day_ts, 'unixepoch'),
    host.name,
    service.name,
    sum(found.starts),
    sum(found.engine_restarts),
    found.day_ts
FROM found
JOIN entity AS service ON service.id = found.entity_id
JOIN entity AS host ON host.id = service.parent_id
GROUP BY found.day_ts, found.entity_id
HAVING sum(found.starts) + sum(found.engine_restarts) > 0;

CREATE VIEW service_history (
    -- Every state each service was ever in.
    host, -- the host it ran on
    service, -- its name in the bindings; an undeclared one's container
    state, -- running, exited, created, restarting, paused, dead, missing, unknown; gone: no more
    reason, -- why it was unknown
    health, -- healthy, unhealthy, starting or none, as the container's own check says
    exit_code, -- what it ended with; while it ran, the time before
    oom_killed, -- 1: it was killed because memory ran out
    image, -- what it was made from
    image_version, -- the image's own label of its version
    started_at, -- when it had started
    first_seen_at, -- the first snapshot that saw it so
    last_seen_at, -- the last one; NULL: it still is
    first_seen_ts, -- as first_seen_at
    last_seen_ts, -- as last_seen_at
    lasted_sec -- until its next state was seen, or the newest snapshot; gaps included
) AS
SELECT
    host.name,
    service.name,
    span.state,
    span.reason,
    span.health,
    span.exit_code,
    span.oom_killed,
    image.ref,
    image.version,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.started_ts, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%SZ', span.last_ts, 'unixepoch'),
    span.first_ts,
    span.last_ts,
    CASE span.state WHEN 'gone' THEN 0 ELSE coalesce((
        SELECT min(next.first_ts) FROM service_span AS next
        WHERE next.entity_id = span.entity_id AND next.first_ts > span.first_ts
    ), (SELECT max(last_ts) FROM coverage)) - span.first_ts END
FROM service_span AS span
JOIN entity AS service ON service.id = span.entity_id
JOIN entity AS host ON host.id = service.parent_id
LEFT JOIN image ON image.id = span.image_id;

CREATE VIEW service_now (
    -- Every service as the newest snapshot saw it.
    host, -- the host it runs on
    service, -- its name in the bindings; an undeclared one's container
    container, -- what its container is called
    category, -- its category in the bindings
    declared, -- active, parked or stopped, as bound; undeclared: no binding names it
    state, -- running, exited, created, restarting, paused, dead, missing or unknown
    reason, -- why it is unknown
    health, -- healthy, unhealthy, starting or none, as the container's own check says
    exit_code, -- what it ended with; while it runs, the time before
    oom_killed, -- 1: it was killed because memory ran out
    restart_count, -- how often the engine restarted it since it was created
    image, -- what it was made from
    image_version, -- the image's own label of its version
    endpoint_state, -- ok, failed or unknown: its health URL; NULL: it has none
    started_at, -- when it last started
    since, -- when it became so
    since_ts -- the same
) AS
SELECT
    host.name,
    service.name,
    definition.container,
    definition.category,
    definition.declared,
    span.state,
    span.reason,
    span.health,
    span.exit_code,
    span.oom_killed,
    CASE WHEN span.restart_count IS NOT NULL THEN coalesce((
        SELECT series.last_value FROM series
        WHERE series.entity_id = service.id AND series.metric = 'restart_count'
    ), span.restart_count) END,
    image.ref,
    image.version,
    (
        SELECT endpoint_span.state FROM entity AS endpoint
        JOIN endpoint_span ON endpoint_span.entity_id = endpoint.id
        WHERE endpoint.parent_id = service.id AND endpoint_span.last_ts IS NULL
    ),
    strftime('%Y-%m-%dT%H:%M:%SZ', span.started_ts, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch'),
    span.first_ts
FROM service_span AS span
JOIN entity AS service ON service.id = span.entity_id
JOIN entity AS host ON host.id = service.parent_id
JOIN definition ON definition.id = span.definition_id
LEFT JOIN image ON image.id = span.image_id
WHERE span.last_ts IS NULL
ORDER BY host.position, service.position;

CREATE VIEW snapshot_log (
    -- The looks of the last 30 days, newest first.
    at, -- when it was taken
    trigger, -- person: somebody looked; schedule: cron did
    duration_ms, -- how long it took
    unreachable_hosts, -- how many hosts did not answer
    clock_step_sec, -- how much later than its clock said it is recorded
    at_ts -- as at
) AS
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', ts, 'unixepoch'),
    trigger,
    duration_ms,
    unreachable,
    clock_step_sec,
    ts
FROM snapshot
ORDER BY ts DESC;

CREATE VIEW volume_history (
    -- Every state each volume was ever in.
    name, -- its name in the bindings
    host, -- the host that was asked about it
    path, -- where, on that host
    state, -- ok or unknown; gone: it is no more, a single moment
    reason, -- why it was unknown
    detail, -- the same in words
    first_seen_at, -- the first snapshot that saw it so
    last_seen_at, -- the last one; NULL: it still is
    first_seen_ts, -- as first_seen_at
    last_seen_ts, -- as last_seen_at
    lasted_sec -- until its next state was seen, or the newest snapshot; gaps included
) AS
SELECT
    volume.name,
    host.name,
    span.path,
    span.state,
    span.reason,
    span.detail,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch'),
    strftime('%Y-%m-%dT%H:%M:%SZ', span.last_ts, 'unixepoch'),
    span.first_ts,
    span.last_ts,
    CASE span.state WHEN 'gone' THEN 0 ELSE coalesce((
        SELECT min(next.first_ts) FROM volume_span AS next
        WHERE next.entity_id = span.entity_id AND next.first_ts > span.first_ts
    ), (SELECT max(last_ts) FROM coverage)) - span.first_ts END
FROM volume_span AS span
JOIN entity AS volume ON volume.id = span.entity_id
JOIN entity AS host ON host.id = volume.parent_id;

CREATE VIEW volume_now (
    -- Every volume, a pool whose space is watched, as the newest snapshot saw it.
    name, -- its name in the bindings
    host, -- the host that is asked about it
    path, -- where, on that host
    state, -- ok or unknown
    reason, -- why it is unknown
    free_bytes, -- what may still be written
    total_bytes, -- its size
    used_percent, -- how much of that is used
    since, -- when it became so
    since_ts -- the same
) AS
WITH volume_space (entity_id, free_bytes, total_bytes) AS (
    SELECT
        free.entity_id,
        sample.value,
        (
            SELECT total.last_value FROM series AS total
            WHERE total.entity_id = free.entity_id AND total.metric = 'total_bytes'
        )
    FROM series AS free
    JOIN sample ON sample.series_id = free.id
    WHERE free.metric = 'free_bytes' AND sample.ts = (SELECT max(last_ts) FROM coverage)
)
SELECT
    volume.name,
    host.name,
    span.path,
    span.state,
    span.reason,
    volume_space.free_bytes,
    volume_space.total_bytes,
    round(
        100.0 * (volume_space.total_bytes - volume_space.free_bytes) / volume_space.total_bytes, 1
    ),
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch'),
    span.first_ts
FROM volume_span AS span
JOIN entity AS volume ON volume.id = span.entity_id
JOIN entity AS host ON host.id = volume.parent_id
LEFT JOIN volume_space ON volume_space.entity_id = volume.id
WHERE span.last_ts IS NULL
ORDER BY volume.position;

