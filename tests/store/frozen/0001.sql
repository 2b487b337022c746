PRAGMA application_id = 1836213603;
BEGIN TRANSACTION;
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
INSERT INTO "action" VALUES(1,'media.history.prune','--yes','ann',1771243200,1771243260,0,NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE coverage (
    -- the stretches in which snapshots were taken at their usual interval
    first_ts INTEGER PRIMARY KEY,
    last_ts INTEGER NOT NULL CHECK (last_ts >= first_ts),
    snapshots INTEGER NOT NULL
) STRICT;
INSERT INTO "coverage" VALUES(1771243200,1771243260,2);
INSERT INTO "coverage" VALUES(1771329660,1771329720,2);
CREATE TABLE definition (
    -- what the binding and the compose labels say of a service
    id INTEGER PRIMARY KEY,
    container TEXT NOT NULL,
    declared TEXT NOT NULL CHECK (declared IN ('active', 'parked', 'stopped', 'undeclared')),
    category TEXT,
    project TEXT,
    compose_service TEXT
) STRICT;
INSERT INTO "definition" VALUES(1,'radarr','active','management','stack','radarr');
INSERT INTO "definition" VALUES(2,'radarr','active','management',NULL,NULL);
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
INSERT INTO "endpoint_span" VALUES(3,1771243200,1771243200,'ok',NULL,200,NULL);
INSERT INTO "endpoint_span" VALUES(3,1771243260,1771243260,'unknown','host_down',NULL,NULL);
INSERT INTO "endpoint_span" VALUES(3,1771329660,NULL,'ok',NULL,200,NULL);
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
INSERT INTO "entity" VALUES(1,1,'host',NULL,'vm','vm',0,NULL);
INSERT INTO "entity" VALUES(2,1,'service',1,'service radarr','radarr',0,NULL);
INSERT INTO "entity" VALUES(3,1,'endpoint',2,'health','http://192.0.2.209:7878/ping',0,NULL);
INSERT INTO "entity" VALUES(4,1,'mount',1,'/mnt/media','/mnt/media',0,NULL);
INSERT INTO "entity" VALUES(5,1,'volume',1,'pve:/media','pve:/media',0,NULL);
INSERT INTO "entity" VALUES(6,1,'import',NULL,'radarr','radarr',0,NULL);
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
INSERT INTO "host_span" VALUES(1,1771243200,1771243200,'up',NULL,209,'media','boot-1','192.0.2.209','docker',1,NULL,NULL,NULL,8589934592);
INSERT INTO "host_span" VALUES(1,1771243260,1771243260,'down','timeout',209,'media','boot-1','192.0.2.209',NULL,NULL,NULL,'timed out after 5 s',NULL,NULL);
INSERT INTO "host_span" VALUES(1,1771329660,NULL,'up',NULL,209,'media','boot-1','192.0.2.209','docker',1,NULL,NULL,NULL,8589934592);
CREATE TABLE image (
    -- what containers were made from
    id INTEGER PRIMARY KEY,
    digest TEXT, -- sha256 of the image
    ref TEXT, -- "lscr.io/linuxserver/radarr:5.2"
    version TEXT -- the image's own version label
) STRICT;
INSERT INTO "image" VALUES(1,'sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','lscr.io/linuxserver/radarr:5.2','5.2');
CREATE TABLE import_event (
    -- one import, as the app's own history names it; ts is the app's time
    entity_id INTEGER NOT NULL REFERENCES entity,
    ts INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (entity_id, ts, event_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "import_event" VALUES(6,1771241400,7,'A film (2026)');
INSERT INTO "import_event" VALUES(6,1771242600,8,'Another');
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
INSERT INTO "import_span" VALUES(6,1771243200,NULL,'ok',NULL,'movie',NULL);
CREATE TABLE meta (
    -- what the program notes for itself
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('days_rolled_until','1771286400');
INSERT INTO "meta" VALUES('hours_rolled_until','1771329600');
INSERT INTO "meta" VALUES('pruned_until','1771286400');
INSERT INTO "meta" VALUES('schema_made_by','0.1.0');
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
INSERT INTO "mount_span" VALUES(4,1771243200,1771243200,'ok',NULL,'pve:/media','rw','pve:/media','rw','nfs4',NULL,NULL);
INSERT INTO "mount_span" VALUES(4,1771243260,1771243260,'unknown','host_down','pve:/media','rw',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "mount_span" VALUES(4,1771329660,NULL,'ok',NULL,'pve:/media','rw','pve:/media','rw','nfs4',NULL,NULL);
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
INSERT INTO "rollup_day" VALUES(1,1771200000,1,25,25,25,25);
INSERT INTO "rollup_day" VALUES(2,1771200000,1,5368709120,5368709120,5368709120,5368709120);
INSERT INTO "rollup_day" VALUES(3,1771200000,1,12,12,12,12);
INSERT INTO "rollup_day" VALUES(4,1771200000,1,42949672960,42949672960,42949672960,42949672960);
INSERT INTO "rollup_day" VALUES(5,1771200000,1,107374182400,107374182400,107374182400,107374182400);
INSERT INTO "rollup_day" VALUES(6,1771200000,1,2,2,2,2);
INSERT INTO "rollup_day" VALUES(7,1771200000,1,42949672960,42949672960,42949672960,42949672960);
INSERT INTO "rollup_day" VALUES(8,1771200000,1,107374182400,107374182400,107374182400,107374182400);
INSERT INTO "rollup_day" VALUES(9,1771200000,1,2,2,2,2);
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
INSERT INTO "rollup_hour" VALUES(1,1771243200,1,25,25,25,25);
INSERT INTO "rollup_hour" VALUES(2,1771243200,1,5368709120,5368709120,5368709120,5368709120);
INSERT INTO "rollup_hour" VALUES(3,1771243200,1,12,12,12,12);
INSERT INTO "rollup_hour" VALUES(4,1771243200,1,42949672960,42949672960,42949672960,42949672960);
INSERT INTO "rollup_hour" VALUES(5,1771243200,1,107374182400,107374182400,107374182400,107374182400);
INSERT INTO "rollup_hour" VALUES(6,1771243200,1,2,2,2,2);
INSERT INTO "rollup_hour" VALUES(7,1771243200,1,42949672960,42949672960,42949672960,42949672960);
INSERT INTO "rollup_hour" VALUES(8,1771243200,1,107374182400,107374182400,107374182400,107374182400);
INSERT INTO "rollup_hour" VALUES(9,1771243200,1,2,2,2,2);
CREATE TABLE sample (
    ts INTEGER NOT NULL,
    series_id INTEGER NOT NULL REFERENCES series,
    value INTEGER NOT NULL,
    PRIMARY KEY (ts, series_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "sample" VALUES(1771243200,1,25);
INSERT INTO "sample" VALUES(1771243200,2,5368709120);
INSERT INTO "sample" VALUES(1771243200,3,12);
INSERT INTO "sample" VALUES(1771243200,4,42949672960);
INSERT INTO "sample" VALUES(1771243200,5,107374182400);
INSERT INTO "sample" VALUES(1771243200,6,2);
INSERT INTO "sample" VALUES(1771243200,7,42949672960);
INSERT INTO "sample" VALUES(1771243200,8,107374182400);
INSERT INTO "sample" VALUES(1771243200,9,2);
INSERT INTO "sample" VALUES(1771329660,1,25);
INSERT INTO "sample" VALUES(1771329660,2,5368709120);
INSERT INTO "sample" VALUES(1771329660,3,12);
INSERT INTO "sample" VALUES(1771329660,4,42949672960);
INSERT INTO "sample" VALUES(1771329660,5,107374182400);
INSERT INTO "sample" VALUES(1771329660,6,2);
INSERT INTO "sample" VALUES(1771329660,7,42949672960);
INSERT INTO "sample" VALUES(1771329660,8,107374182400);
INSERT INTO "sample" VALUES(1771329720,3,12);
INSERT INTO "sample" VALUES(1771329720,4,42949672960);
INSERT INTO "sample" VALUES(1771329720,7,42949672960);
CREATE TABLE series (
    -- the numbers that are kept, and of what
    id INTEGER PRIMARY KEY,
    entity_id INTEGER NOT NULL REFERENCES entity,
    metric TEXT NOT NULL CHECK (metric IN ('load_1min_hundredths', 'memory_available_bytes',
        'restart_count', 'latency_ms', 'free_bytes', 'total_bytes', 'import_count')),
    last_ts INTEGER, -- of one kept only when it changes: its newest sample
    last_value INTEGER
) STRICT;
INSERT INTO "series" VALUES(1,1,'load_1min_hundredths',NULL,NULL);
INSERT INTO "series" VALUES(2,1,'memory_available_bytes',NULL,NULL);
INSERT INTO "series" VALUES(3,3,'latency_ms',NULL,NULL);
INSERT INTO "series" VALUES(4,4,'free_bytes',NULL,NULL);
INSERT INTO "series" VALUES(5,4,'total_bytes',1771329660,107374182400);
INSERT INTO "series" VALUES(6,4,'latency_ms',NULL,NULL);
INSERT INTO "series" VALUES(7,5,'free_bytes',NULL,NULL);
INSERT INTO "series" VALUES(8,5,'total_bytes',1771329660,107374182400);
INSERT INTO "series" VALUES(9,6,'import_count',1771243200,2);
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
INSERT INTO "service_span" VALUES(2,1771243200,1771243200,'running',NULL,1,'none',NULL,0,1,1770984000,1771070400,NULL,0,NULL);
INSERT INTO "service_span" VALUES(2,1771243260,1771243260,'unknown','host_down',2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "service_span" VALUES(2,1771329660,NULL,'running',NULL,1,'none',NULL,0,1,1770984000,1771070400,NULL,0,NULL);
CREATE TABLE site (
    -- whose history this is: one row
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;
INSERT INTO "site" VALUES(1,'home');
CREATE TABLE snapshot (
    -- the looks of the last 30 days
    ts INTEGER PRIMARY KEY,
    trigger TEXT NOT NULL CHECK (trigger IN ('person', 'schedule')),
    duration_ms INTEGER NOT NULL,
    unreachable INTEGER NOT NULL, -- hosts that did not answer
    clock_step_sec INTEGER NOT NULL -- how much later than its clock said it is recorded
) STRICT;
INSERT INTO "snapshot" VALUES(1771243200,'schedule',600,0,0);
INSERT INTO "snapshot" VALUES(1771243260,'schedule',600,1,0);
INSERT INTO "snapshot" VALUES(1771329660,'schedule',600,0,0);
INSERT INTO "snapshot" VALUES(1771329720,'schedule',600,0,0);
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
INSERT INTO "volume_span" VALUES(5,1771243200,1771243200,'ok',NULL,'/mnt/media',NULL);
INSERT INTO "volume_span" VALUES(5,1771243260,1771243260,'unknown','host_down','/mnt/media',NULL);
INSERT INTO "volume_span" VALUES(5,1771329660,NULL,'ok',NULL,'/mnt/media',NULL);
CREATE UNIQUE INDEX entity_identity ON entity (site_id, kind, ifnull(parent_id, 0), identity);
CREATE INDEX image_found ON image (substr(digest, 8, 8));
CREATE INDEX definition_found ON definition (container);
CREATE INDEX snapshot_of_person ON snapshot (ts) WHERE trigger = 'person';
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
CREATE UNIQUE INDEX series_identity ON series (entity_id, metric);
CREATE INDEX action_started ON action (started_ts);
CREATE VIEW service_now AS
-- Every service as the newest snapshot saw it; `since` is when it became so.
SELECT
    host.name AS host,
    service.name AS service,
    definition.container AS container,
    definition.category AS category,
    definition.declared AS declared,
    span.state AS state,
    span.reason AS reason,
    span.health AS health,
    span.exit_code AS exit_code,
    span.oom_killed AS oom_killed,
    CASE WHEN span.restart_count IS NOT NULL THEN coalesce((
        SELECT series.last_value FROM series
        WHERE series.entity_id = service.id AND series.metric = 'restart_count'
    ), span.restart_count) END AS restart_count,
    image.ref AS image,
    image.version AS image_version,
    (
        SELECT endpoint_span.state FROM entity AS endpoint
        JOIN endpoint_span ON endpoint_span.entity_id = endpoint.id
        WHERE endpoint.parent_id = service.id AND endpoint_span.last_ts IS NULL
    ) AS endpoint_state,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.started_ts, 'unixepoch') AS started_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch') AS since
FROM service_span AS span
JOIN entity AS service ON service.id = span.entity_id
JOIN entity AS host ON host.id = service.parent_id
JOIN definition ON definition.id = span.definition_id
LEFT JOIN image ON image.id = span.image_id
WHERE span.last_ts IS NULL
ORDER BY host.position, service.position;
CREATE VIEW service_history AS
-- Every state each service was ever in; `last_seen_at` NULL: it still is.
SELECT
    host.name AS host,
    service.name AS service,
    span.state AS state,
    span.reason AS reason,
    span.health AS health,
    span.exit_code AS exit_code,
    span.oom_killed AS oom_killed,
    image.ref AS image,
    image.version AS image_version,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.started_ts, 'unixepoch') AS started_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch') AS first_seen_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.last_ts, 'unixepoch') AS last_seen_at
FROM service_span AS span
JOIN entity AS service ON service.id = span.entity_id
JOIN entity AS host ON host.id = service.parent_id
LEFT JOIN image ON image.id = span.image_id;
CREATE VIEW endpoint_history AS
-- Every state each service's health URL was ever in; `last_seen_at` NULL: it still is.
SELECT
    host.name AS host,
    service.name AS service,
    span.state AS state,
    span.reason AS reason,
    span.http_status AS http_status,
    span.detail AS detail,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch') AS first_seen_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.last_ts, 'unixepoch') AS last_seen_at
FROM endpoint_span AS span
JOIN entity AS endpoint ON endpoint.id = span.entity_id
JOIN entity AS service ON service.id = endpoint.parent_id
JOIN entity AS host ON host.id = service.parent_id;
CREATE VIEW host_history AS
-- Every state each host was ever in; another boot_id is a reboot; `last_seen_at` NULL: it still is.
SELECT
    host.name AS host,
    span.state AS state,
    span.reason AS reason,
    span.detail AS detail,
    span.address AS address,
    span.boot_id AS boot_id,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch') AS first_seen_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.last_ts, 'unixepoch') AS last_seen_at
FROM host_span AS span
JOIN entity AS host ON host.id = span.entity_id;
CREATE VIEW mount_history AS
-- Every state each network mount was ever in; `last_seen_at` NULL: it still is.
SELECT
    host.name AS host,
    mount.name AS path,
    span.state AS state,
    span.reason AS reason,
    span.detail AS detail,
    span.source AS source,
    span.mode AS mode,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.first_ts, 'unixepoch') AS first_seen_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', span.last_ts, 'unixepoch') AS last_seen_at
FROM mount_span AS span
JOIN entity AS mount ON mount.id = span.entity_id
JOIN entity AS host ON host.id = mount.parent_id;
CREATE VIEW event AS
-- Every change of state, `was` being the last state known: what was unknown in between is passed
-- over. `was` NULL: it is new. `now` 'gone': it is no more.
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', now.first_ts, 'unixepoch') AS at,
    'host' AS kind,
    host.name AS host,
    host.name AS name,
    nullif(was.state, 'gone') AS was,
    now.state AS now,
    CASE
        WHEN now.state = 'up' AND was.boot_id <> now.boot_id THEN 'rebooted'
        ELSE coalesce(now.detail, now.reason)
    END AS detail
FROM host_span AS now
JOIN entity AS host ON host.id = now.entity_id
LEFT JOIN host_span AS was ON was.entity_id = now.entity_id AND was.first_ts = (
    SELECT max(known.first_ts) FROM host_span AS known
    WHERE known.entity_id = now.entity_id AND known.first_ts < now.first_ts
        AND known.state <> 'unknown'
)
WHERE now.state <> 'unknown' AND now.first_ts > (SELECT min(first_ts) FROM coverage)
    AND (was.state IS NOT now.state OR was.reason IS NOT now.reason
        OR was.boot_id IS NOT now.boot_id)
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
        WHEN was.started_ts <> now.started_ts THEN 'restarted'
        ELSE now.error
    END
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
WHERE now.state <> 'unknown' AND now.first_ts > (SELECT min(first_ts) FROM coverage)
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
    coalesce(now.detail, now.reason)
FROM endpoint_span AS now
JOIN entity AS endpoint ON endpoint.id = now.entity_id
JOIN entity AS service ON service.id = endpoint.parent_id
JOIN entity AS host ON host.id = service.parent_id
LEFT JOIN endpoint_span AS was ON was.entity_id = now.entity_id AND was.first_ts = (
    SELECT max(known.first_ts) FROM endpoint_span AS known
    WHERE known.entity_id = now.entity_id AND known.first_ts < now.first_ts
        AND known.state <> 'unknown'
)
WHERE now.state <> 'unknown' AND now.first_ts > (SELECT min(first_ts) FROM coverage)
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
    coalesce(now.detail, now.reason, now.note)
FROM mount_span AS now
JOIN entity AS mount ON mount.id = now.entity_id
JOIN entity AS host ON host.id = mount.parent_id
LEFT JOIN mount_span AS was ON was.entity_id = now.entity_id AND was.first_ts = (
    SELECT max(known.first_ts) FROM mount_span AS known
    WHERE known.entity_id = now.entity_id AND known.first_ts < now.first_ts
        AND known.state <> 'unknown'
)
WHERE now.state <> 'unknown' AND now.first_ts > (SELECT min(first_ts) FROM coverage)
    AND (was.state IS NOT now.state OR was.reason IS NOT now.reason
        OR was.source IS NOT now.source OR was.mode IS NOT now.mode
        OR was.fs_type IS NOT now.fs_type);
CREATE VIEW gap AS
-- The stretches between snapshots that are longer than usual: nothing is known of them.
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', before.last_ts, 'unixepoch') AS last_snapshot_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', after.first_ts, 'unixepoch') AS next_snapshot_at,
    after.first_ts - before.last_ts AS duration_sec
FROM coverage AS before
JOIN coverage AS after
    ON after.first_ts = (SELECT min(first_ts) FROM coverage WHERE first_ts > before.last_ts);
CREATE VIEW snapshot_log AS
-- The looks of the last 30 days, newest first.
SELECT
    strftime('%Y-%m-%dT%H:%M:%SZ', ts, 'unixepoch') AS at,
    trigger,
    duration_ms,
    unreachable AS unreachable_hosts,
    clock_step_sec
FROM snapshot
ORDER BY ts DESC;
CREATE VIEW free_space_daily AS
-- Free and total bytes of each volume and mount by complete UTC day; several mounts may be one pool.
SELECT
    strftime('%Y-%m-%d', rollup_day.ts, 'unixepoch') AS day,
    entity.kind AS kind,
    host.name AS host,
    entity.name AS name,
    rollup_day.min AS free_min_bytes,
    rollup_day.avg AS free_avg_bytes,
    rollup_day.max AS free_max_bytes,
    rollup_day.last AS free_last_bytes,
    (
        SELECT whole.last FROM series AS total
        JOIN rollup_day AS whole ON whole.series_id = total.id
        WHERE total.entity_id = entity.id AND total.metric = 'total_bytes'
            AND whole.ts <= rollup_day.ts
        ORDER BY whole.ts DESC LIMIT 1
    ) AS total_bytes
FROM rollup_day
JOIN series ON series.id = rollup_day.series_id
JOIN entity ON entity.id = series.entity_id
JOIN entity AS host ON host.id = entity.parent_id
WHERE series.metric = 'free_bytes';
CREATE VIEW availability_daily AS
-- Of each UTC day, how many seconds each thing was seen well, seen otherwise, or was unknown.
-- Well: up, running, ok, slow. Only time covered by snapshots counts; percent is of what was known.
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
    strftime('%Y-%m-%d', seen.day_ts, 'unixepoch') AS day,
    seen.kind AS kind,
    coalesce(grandparent.name, parent.name, entity.name) AS host,
    CASE seen.kind WHEN 'endpoint' THEN parent.name ELSE entity.name END AS name,
    sum(seen.seconds) AS observed_sec,
    sum(CASE WHEN seen.state IN ('up', 'running', 'ok', 'slow') THEN seen.seconds ELSE 0 END)
        AS well_sec,
    sum(CASE WHEN seen.state = 'unknown' THEN seen.seconds ELSE 0 END) AS unknown_sec,
    round(
        100.0 * sum(
            CASE WHEN seen.state IN ('up', 'running', 'ok', 'slow') THEN seen.seconds ELSE 0 END
        ) / nullif(sum(CASE WHEN seen.state <> 'unknown' THEN seen.seconds ELSE 0 END), 0), 3
    ) AS well_percent
FROM seen
JOIN entity ON entity.id = seen.entity_id
LEFT JOIN entity AS parent ON parent.id = entity.parent_id
LEFT JOIN entity AS grandparent ON grandparent.id = parent.parent_id
GROUP BY seen.day_ts, seen.kind, seen.entity_id;
CREATE VIEW imports_daily AS
-- Imports by day, by the local time of whoever asks.
SELECT
    strftime('%Y-%m-%d', import_event.ts, 'unixepoch', 'localtime') AS local_day,
    entity.name AS app,
    count(*) AS imports
FROM import_event
JOIN entity ON entity.id = import_event.entity_id
GROUP BY local_day, import_event.entity_id;
COMMIT;
