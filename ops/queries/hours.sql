-- At which local hour of the day things change: what runs at night shows here.
-- :since = '-30 days': how far back
SELECT strftime('%H', at_ts, 'unixepoch', 'localtime') AS local_hour, count(*) AS changes,
    count(DISTINCT name) AS things
FROM event
WHERE at_ts > CAST(strftime('%s', 'now', :since) AS BIGINT)
GROUP BY local_hour
