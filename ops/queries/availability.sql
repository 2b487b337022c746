-- How much of the time each thing was well, the worst first; only time that was looked at counts.
-- :since = '-30 days': how far back
WITH
    -- Counts as availability_daily does, which goes through all there is: this, from then on.
    bounds(begin_ts, end_ts) AS (
        SELECT CAST(strftime('%s', date('now', :since)) AS BIGINT),
            (SELECT max(last_ts) FROM coverage)
    ),
    span(kind, entity_id, first_ts, state) AS (
        SELECT entity.kind, span.entity_id, span.first_ts, span.state
        FROM bounds CROSS JOIN entity CROSS JOIN host_span AS span
        WHERE span.entity_id = entity.id AND span.first_ts >= coalesce((
            SELECT max(first_ts) FROM host_span AS known
            WHERE known.entity_id = entity.id AND known.first_ts <= begin_ts), 0)
        UNION ALL
        SELECT entity.kind, span.entity_id, span.first_ts, span.state
        FROM bounds CROSS JOIN entity CROSS JOIN service_span AS span
        WHERE span.entity_id = entity.id AND span.first_ts >= coalesce((
            SELECT max(first_ts) FROM service_span AS known
            WHERE known.entity_id = entity.id AND known.first_ts <= begin_ts), 0)
        UNION ALL
        SELECT entity.kind, span.entity_id, span.first_ts, span.state
        FROM bounds CROSS JOIN entity CROSS JOIN endpoint_span AS span
        WHERE span.entity_id = entity.id AND span.first_ts >= coalesce((
            SELECT max(first_ts) FROM endpoint_span AS known
            WHERE known.entity_id = entity.id AND known.first_ts <= begin_ts), 0)
        UNION ALL
        SELECT entity.kind, span.entity_id, span.first_ts, span.state
        FROM bounds CROSS JOIN entity CROSS JOIN mount_span AS span
        WHERE span.entity_id = entity.id AND span.first_ts >= coalesce((
            SELECT max(first_ts) FROM mount_span AS known
            WHERE known.entity_id = entity.id AND known.first_ts <= begin_ts), 0)
    ),
    stretch(kind, entity_id, state, from_ts, to_ts) AS (
        SELECT kind, entity_id, state, max(first_ts, begin_ts),
            lead(first_ts, 1, end_ts) OVER (PARTITION BY entity_id ORDER BY first_ts)
        FROM span CROSS JOIN bounds
    ),
    seen(kind, entity_id, state, seconds) AS (
        SELECT kind, entity_id, state,
            min(to_ts, coverage.last_ts) - max(from_ts, coverage.first_ts)
        FROM stretch CROSS JOIN coverage
        WHERE state <> 'gone' AND coverage.first_ts < to_ts AND coverage.last_ts > from_ts
            AND coverage.first_ts >= (
                SELECT max(first_ts) FROM coverage AS earlier WHERE earlier.first_ts <= from_ts)
    )
SELECT seen.kind, coalesce(grandparent.name, parent.name, entity.name) AS host,
    CASE seen.kind WHEN 'endpoint' THEN parent.name ELSE entity.name END AS name,
    round(100.0 * sum(iif(state IN ('up', 'running', 'ok', 'slow'), seconds, 0))
        / nullif(sum(iif(state <> 'unknown', seconds, 0)), 0), 3) AS well_percent,
    round(sum(iif(state IN ('up', 'running', 'ok', 'slow', 'unknown'), 0, seconds)) / 3600.0, 1)
        AS bad_hours,
    round(sum(iif(state = 'unknown', seconds, 0)) / 3600.0, 1) AS unknown_hours
FROM seen
JOIN entity ON entity.id = seen.entity_id
LEFT JOIN entity AS parent ON parent.id = entity.parent_id
LEFT JOIN entity AS grandparent ON grandparent.id = parent.parent_id
GROUP BY 1, 2, 3
ORDER BY well_percent, host, name
