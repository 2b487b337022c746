-- The least memory each host had left, and its highest load, by day.
-- :since = '-14 days': how far back
SELECT day, host,
    round(max(CASE metric WHEN 'memory_available_bytes' THEN min END) / 1073741824.0, 2)
        AS least_free_gib,
    max(CASE metric WHEN 'load_1min_hundredths' THEN max END) / 100.0 AS highest_load
FROM number_daily
WHERE kind = 'host' AND day >= date('now', :since)
GROUP BY day, host
ORDER BY day DESC, host
