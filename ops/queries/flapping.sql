-- What changed most often.
-- :since = '-7 days': how far back
SELECT kind, host, name, count(*) AS changes, max(at) AS last_at
FROM event
WHERE at_ts > strftime('%s', 'now', :since)
GROUP BY kind, host, name
ORDER BY changes DESC, last_at DESC LIMIT 20
