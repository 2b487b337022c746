-- When nobody looked for longer than usual, newest first: nothing is known of these times.
-- :since = '-365 days': how far back
SELECT last_snapshot_at, next_snapshot_at, round(duration_sec / 3600.0, 2) AS hours
FROM gap
WHERE next_snapshot_ts > CAST(strftime('%s', 'now', :since) AS BIGINT)
ORDER BY last_snapshot_ts DESC
