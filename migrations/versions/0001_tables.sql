CREATE TABLE meta (
    -- what the program notes for itself
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE site (
    -- whose history this is: one row
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

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

CREATE UNIQUE INDEX entity_identity ON entity (site_id, kind, ifnull(parent_id, 0), identity);

CREATE TABLE image (
    -- what containers were made from
    id INTEGER PRIMARY KEY,
    digest TEXT, -- sha256 of the image
    ref TEXT, -- "lscr.io/linuxserver/radarr:5.2"
    version TEXT -- the image's own version label
) STRICT;

CREATE INDEX image_found ON image (substr(digest, 8, 8));

CREATE TABLE definition (
    -- what the binding and the compose labels say of a service
    id INTEGER PRIMARY KEY,
    container TEXT NOT NULL,
    declared TEXT NOT NULL CHECK (declared IN ('active', 'parked', 'stopped', 'undeclared')),
    category TEXT,
    project TEXT,
    compose_service TEXT
) STRICT;

CREATE INDEX definition_found ON definition (container);

CREATE TABLE snapshot (
    -- the looks of the last 30 days
    ts INTEGER PRIMARY KEY,
    trigger TEXT NOT NULL CHECK (trigger IN ('person', 'schedule')),
    duration_ms INTEGER NOT NULL,
    unreachable INTEGER NOT NULL, -- hosts that did not answer
    clock_step_sec INTEGER NOT NULL -- how much later than its clock said it is recorded
) STRICT;

CREATE INDEX snapshot_of_person ON snapshot (ts) WHERE trigger = 'person';

CREATE TABLE coverage (
    -- the stretches in which snapshots were taken at their usual interval
    first_ts INTEGER PRIMARY KEY,
    last_ts INTEGER NOT NULL CHECK (last_ts >= first_ts),
    snapshots INTEGER NOT NULL
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

CREATE UNIQUE INDEX host_span_open ON host_span (entity_id) WHERE last_ts IS NULL;
CREATE UNIQUE INDEX service_span_open ON service_span (entity_id) WHERE last_ts IS NULL;
CREATE UNIQUE INDEX endpoint_span_open ON endpoint_span (entity_id) WHERE last_ts IS NULL;
CREATE UNIQUE INDEX mount_span_open ON mount_span (entity_id) WHERE last_ts IS NULL;
CREATE UNIQUE INDEX volume_span_open ON volume_span (entity_id) WHERE last_ts IS NULL;
CREATE UNIQUE INDEX import_span_open ON import_span (entity_id) WHERE last_ts IS NULL;

CREATE INDEX host_span_first ON host_span (first_ts);
CREATE INDEX service_span_first ON service_span (first_ts);
CREATE INDEX endpoint_span_first ON endpoint_span (first_ts);
CREATE INDEX mount_span_first ON mount_span (first_ts);
CREATE INDEX volume_span_first ON volume_span (first_ts);
CREATE INDEX import_span_first ON import_span (first_ts);

CREATE TABLE series (
    -- the numbers that are kept, and of what
    id INTEGER PRIMARY KEY,
    entity_id INTEGER NOT NULL REFERENCES entity,
    metric TEXT NOT NULL CHECK (metric IN ('load_1min_hundredths', 'memory_available_bytes',
        'restart_count', 'latency_ms', 'free_bytes', 'total_bytes', 'import_count')),
    last_ts INTEGER, -- of one kept only when it changes: its newest sample
    last_value INTEGER
) STRICT;

CREATE UNIQUE INDEX series_identity ON series (entity_id, metric);

CREATE TABLE sample (
    ts INTEGER NOT NULL,
    series_id INTEGER NOT NULL REFERENCES series,
    value INTEGER NOT NULL,
    PRIMARY KEY (ts, series_id)
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

CREATE TABLE import_event (
    -- one import, as the app's own history names it; ts is the app's time
    entity_id INTEGER NOT NULL REFERENCES entity,
    ts INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (entity_id, ts, event_id)
) STRICT, WITHOUT ROWID;

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

CREATE INDEX action_started ON action (started_ts);
