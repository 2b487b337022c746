-- What changed, newest first.
-- :since = '-1 day': how far back
-- :host = '%': of which host
-- :name = '%': of what
SELECT substr(at, 1, 16) || 'Z' AS at, host,
    name || CASE kind WHEN 'endpoint' THEN ' endpoint' ELSE '' END AS name,
    coalesce(nullif(was, now) || ' → ', '') || now AS state, detail
FROM event
WHERE at_ts > CAST(strftime('%s', 'now', :since) AS BIGINT) AND host LIKE :host AND name LIKE :name
ORDER BY at_ts DESC
