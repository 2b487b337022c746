-- What views and questions call that SQLite has and a PostgreSQL server does not, made in each site
-- and brought up to date with its schema. A format knows %Y %m %d %H %M %S %j and, of a time as
-- text, %s; a moment is 'now' or ISO 8601, its modifiers '-7 days', 'localtime', 'start of day', ….

CREATE OR REPLACE FUNCTION ifnull(anycompatible, anycompatible) RETURNS anycompatible
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT coalesce($1, $2) $$;

CREATE OR REPLACE FUNCTION iif(boolean, anycompatible, anycompatible) RETURNS anycompatible
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN $1 THEN $2 ELSE $3 END $$;

CREATE OR REPLACE FUNCTION min(anycompatible, anycompatible) RETURNS anycompatible
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN least($1, $2) END $$;

CREATE OR REPLACE FUNCTION max(anycompatible, anycompatible) RETURNS anycompatible
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN greatest($1, $2) END $$;

CREATE OR REPLACE FUNCTION strftime(format text, ts bigint, unit text, zone text DEFAULT 'utc')
RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT to_char(to_timestamp($2) AT TIME ZONE CASE $4 WHEN 'localtime'
    THEN current_setting('TimeZone') ELSE 'UTC' END, '"' || replace(replace(replace(replace(replace(replace(
    replace(replace($1, '"', ''), '%Y', '"YYYY"'), '%m', '"MM"'), '%d', '"DD"'), '%H', '"HH24"'),
    '%M', '"MI"'), '%S', '"SS"'), '%j', '"DDD"') || '"')
$$;

CREATE OR REPLACE FUNCTION time_of(moment text, modifiers text[]) RETURNS timestamp
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    at timestamp := CASE moment WHEN 'now' THEN now() ELSE (moment || CASE
        WHEN moment ~ '(Z|[+-]\d\d:?\d\d)$' THEN '' ELSE 'Z' END)::timestamptz
        END AT TIME ZONE 'UTC';
    modifier text;
BEGIN
    FOREACH modifier IN ARRAY modifiers LOOP
        at := CASE
            WHEN modifier = 'localtime'
                THEN at AT TIME ZONE 'UTC' AT TIME ZONE current_setting('TimeZone')
            WHEN modifier = 'utc'
                THEN at AT TIME ZONE current_setting('TimeZone') AT TIME ZONE 'UTC'
            WHEN modifier LIKE 'start of %' THEN date_trunc(substr(modifier, 10), at)
            ELSE at + modifier::interval
        END;
    END LOOP;
    RETURN at;
END
$$;

CREATE OR REPLACE FUNCTION strftime(format text, moment text, VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text LANGUAGE sql STABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
SELECT CASE $1
    WHEN '%s' THEN extract(epoch FROM time_of($2, $3))::bigint::text
    ELSE strftime($1, extract(epoch FROM time_of($2, $3))::bigint, 'unixepoch')
END
$$;

CREATE OR REPLACE FUNCTION date(moment text, VARIADIC modifiers text[] DEFAULT '{}') RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path FROM CURRENT
AS $$ SELECT to_char(time_of($1, $2), 'YYYY-MM-DD') $$;

CREATE OR REPLACE FUNCTION date(ts bigint, unit text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT to_char(to_timestamp($1) AT TIME ZONE 'UTC', 'YYYY-MM-DD') $$;

CREATE OR REPLACE FUNCTION datetime(moment text, VARIADIC modifiers text[] DEFAULT '{}') RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path FROM CURRENT
AS $$ SELECT to_char(time_of($1, $2), 'YYYY-MM-DD HH24:MI:SS') $$;

CREATE OR REPLACE FUNCTION datetime(ts bigint, unit text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT to_char(to_timestamp($1) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') $$;
