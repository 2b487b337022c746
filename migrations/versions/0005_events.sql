DROP VIEW event;

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
