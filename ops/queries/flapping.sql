-- What changed most often.
-- :since = '-7 days': how far back
SELECT kind, host, name, count(*) AS changes, max(at) AS last_at
FROM event
WHERE at_ts > CAST(strftime('%s', 'now', :since) AS BIGINT)
GROUP BY kind, host, name
ORDER BY changes DESC, last_at DESC LIMIT 20
