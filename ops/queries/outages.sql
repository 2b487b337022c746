-- The longest times a host, service, endpoint or mount was not well, as far as was looked.
-- :since = '-30 days': how far back
WITH bad AS (
    SELECT 'host' AS kind, host, host AS name, state, first_seen_at, first_seen_ts, lasted_sec
    FROM host_history WHERE state = 'down'
    UNION ALL
    SELECT 'service', host, service, state, first_seen_at, first_seen_ts, lasted_sec
    FROM service_history WHERE state NOT IN ('running', 'unknown', 'gone')
    UNION ALL
    SELECT 'endpoint', host, service, state, first_seen_at, first_seen_ts, lasted_sec
    FROM endpoint_history WHERE state = 'failed'
    UNION ALL
    SELECT 'mount', host, path, state, first_seen_at, first_seen_ts, lasted_sec
    FROM mount_history WHERE state NOT IN ('ok', 'slow', 'unknown', 'gone')
)
SELECT kind, host, name, state, substr(first_seen_at, 1, 16) || 'Z' AS began,
    round(lasted_sec / 3600.0, 2) AS hours
FROM bad
WHERE first_seen_ts > CAST(strftime('%s', 'now', :since) AS BIGINT)
ORDER BY lasted_sec DESC LIMIT 20
