-- When a service came to run another image, newest first.
-- :since = '-90 days': how far back
SELECT substr(at, 1, 16) || 'Z' AS at, host, name AS service, detail
FROM event
WHERE kind = 'service' AND detail LIKE 'image %'
    AND at_ts > CAST(strftime('%s', 'now', :since) AS BIGINT)
ORDER BY at_ts DESC
