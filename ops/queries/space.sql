-- Free space of each volume at the end of each day, and how it changed.
-- :since = '-14 days': how far back
SELECT day, name,
    round(free_last_bytes / 1073741824.0, 1) AS free_gib,
    round((free_last_bytes - lag(free_last_bytes) OVER (PARTITION BY host, name ORDER BY day))
        / 1073741824.0, 1) AS change_gib,
    round(100.0 * free_last_bytes / total_bytes, 1) AS free_percent
FROM free_space_daily
WHERE kind = 'volume' AND day >= date('now', :since)
ORDER BY day DESC, name
