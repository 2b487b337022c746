-- When hosts were rebooted or could not be reached, newest first.
-- :since = '-90 days': how far back
SELECT substr(at, 1, 16) || 'Z' AS at, host, was, now, detail
FROM event
WHERE kind = 'host' AND (coalesce(was, '') <> now OR detail LIKE 'rebooted%')
    AND at_ts > CAST(strftime('%s', 'now', :since) AS BIGINT)
ORDER BY at_ts DESC
