-- Imports of each app by local day.
-- :since = '-14 days': how far back
SELECT local_day, app, imports
FROM imports_daily
WHERE local_day >= date('now', 'localtime', :since)
ORDER BY local_day DESC, app
