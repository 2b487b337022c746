-- Every time a service ended with an exit code other than 0, newest first.
-- :since = '-30 days': how far back
-- :service = '%': which
SELECT substr(first_seen_at, 1, 16) || 'Z' AS at, host, service, exit_code, oom_killed,
    round(lasted_sec / 60.0, 1) AS minutes
FROM service_history
WHERE state = 'exited' AND exit_code <> 0 AND service LIKE :service
    AND first_seen_ts > CAST(strftime('%s', 'now', :since) AS BIGINT)
ORDER BY first_seen_ts DESC
