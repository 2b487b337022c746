-- The endpoints that took longest to answer, by their average.
-- :since = '-7 days': how far back
SELECT host, name AS service, sum(answers) AS answers,
    CAST(sum(latency_avg_ms * answers) AS BIGINT) / CAST(sum(answers) AS BIGINT) AS avg_ms,
    max(latency_max_ms) AS max_ms
FROM latency_daily
WHERE kind = 'endpoint' AND day >= date('now', :since)
GROUP BY host, name
ORDER BY avg_ms DESC
