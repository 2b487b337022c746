-- How much of the time each thing was well, the worst first; only time that was looked at counts.
-- :since = '-30 days': how far back
SELECT kind, host, name,
    round(100.0 * sum(well_sec) / nullif(sum(observed_sec - unknown_sec), 0), 3) AS well_percent,
    round(sum(observed_sec - unknown_sec - well_sec) / 3600.0, 1) AS bad_hours,
    round(sum(unknown_sec) / 3600.0, 1) AS unknown_hours
FROM availability_daily
WHERE day >= date('now', :since)
GROUP BY kind, host, name
ORDER BY well_percent, host, name
