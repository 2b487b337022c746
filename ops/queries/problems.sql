-- What is not well now, and since when.
SELECT kind, host, name, state, detail, substr(since, 1, 16) || 'Z' AS since
FROM (
    SELECT 'host' AS kind, host, host AS name, state, coalesce(detail, reason) AS detail, since
    FROM host_now WHERE state <> 'up'
    UNION ALL
    SELECT 'service', host, service, state,
        coalesce(reason, 'exit code ' || exit_code, nullif(health, 'none')), since
    FROM service_now
    WHERE declared NOT IN ('parked', 'stopped') AND (state <> 'running' OR health = 'unhealthy')
    UNION ALL
    SELECT 'endpoint', host, service, state, coalesce(detail, reason), since
    FROM endpoint_now WHERE state <> 'ok'
    UNION ALL
    SELECT 'mount', host, path, state, coalesce(detail, reason), since
    FROM mount_now WHERE state <> 'ok'
    UNION ALL
    SELECT 'volume', host, name, state, reason, since
    FROM volume_now WHERE state <> 'ok'
) AS unwell
ORDER BY since DESC
