-- What was imported, newest first.
-- :since = '-7 days': how far back
-- :title = '%': what its title is like
SELECT substr(at, 1, 16) || 'Z' AS at, app, title
FROM import_log
WHERE at_ts > CAST(strftime('%s', 'now', :since) AS BIGINT)
    AND title LIKE :title
ORDER BY at_ts DESC
