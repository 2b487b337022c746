-- Which services were started anew, and how often.
-- :since = '-30 days': how far back
SELECT host, service, sum(starts) AS starts, sum(engine_restarts) AS by_engine,
    count(*) AS days, max(day) AS last_day
FROM restarts_daily
WHERE day >= date('now', :since)
GROUP BY host, service
ORDER BY max(sum(starts), sum(engine_restarts)) DESC, host, service
