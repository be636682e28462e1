-- How the answers of the demo are shown.  Read by demo.sql and questions.sql.
\set QUIET on
\pset footer on
\pset border 1
\pset null ''
\pset format aligned
\pset pager off
SET client_min_messages = warning;

-- arn:aws:iam::222222222222:role/x  ->  222222222222:role/x, or production:role/x where the account has a name;
-- names are unique without their path.
CREATE OR REPLACE FUNCTION pg_temp.short(long text) RETURNS text
LANGUAGE sql STABLE
RETURN CASE
	WHEN long = '*' THEN 'anybody'
	WHEN long LIKE '%:oidc-provider/token.actions.githubusercontent.com' THEN 'GitHub workflows'
	ELSE coalesce((SELECT name FROM iam_account
			WHERE account_id = substring(long FROM '^arn:aws[a-z-]*:(?:iam|sts)::([0-9]{12}):')),
			substring(long FROM '^arn:aws[a-z-]*:(?:iam|sts)::([^:]*):'), '')
		|| regexp_replace(regexp_replace(long, '^arn:aws[a-z-]*:(iam|sts)::[^:]*', ''),
			'^:(role|user|group|policy)/.*/', ':\1/.../')
END;

-- Breaks a text into lines at blanks.
CREATE OR REPLACE FUNCTION pg_temp.fold(line text, width integer) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN rtrim(regexp_replace(line, format('(.{1,%s})(\s+|$)', width), E'\\1\n', 'g'), E'\n');

-- One condition: sts:ExternalId = x, aws:PrincipalArn like …/*
CREATE OR REPLACE FUNCTION pg_temp.condition(operator text, key text, vals jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN concat_ws(' ', replace(key, 'token.actions.githubusercontent.com:', 'GitHub '),
	CASE operator WHEN 'StringEquals' THEN '=' WHEN 'Bool' THEN '=' WHEN 'StringLike' THEN 'like' ELSE operator END,
	(SELECT string_agg(value #>> '{}', ' or ') FROM jsonb_path_query(vals, '$[*]') AS value));

-- The conditions of a verdict as a sentence.
CREATE OR REPLACE FUNCTION pg_temp.needs(tree jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	CASE
		WHEN tree IS NULL OR jsonb_typeof(tree) <> 'object' THEN
			RETURN NULL;
		WHEN tree ? 'all' THEN
			RETURN (SELECT string_agg(pg_temp.needs(part), E'\nand ') FROM jsonb_array_elements(tree -> 'all') AS part);
		WHEN tree ? 'any' THEN
			RETURN (SELECT '(' || string_agg(pg_temp.needs(part), E'\nor ') || ')' FROM jsonb_array_elements(tree -> 'any') AS part);
		WHEN tree ? 'not' THEN
			RETURN 'not ' || pg_temp.needs(tree -> 'not');
		WHEN tree ? 'key' THEN
			RETURN pg_temp.condition(tree ->> 'operator', tree ->> 'key', tree -> 'values');
		WHEN tree ->> 'unreadable' = 'identity' THEN
			/* that they do not deny it goes without saying */
			RETURN CASE tree ->> 'effect' WHEN 'allow' THEN 'its own policies allow it' END;
		WHEN tree ? 'unreadable' THEN
			RETURN pg_temp.short(tree ->> 'unreadable') || CASE tree ->> 'effect' WHEN 'allow' THEN ' allows it' END;
		ELSE
			RETURN (SELECT string_agg(replace(key, '_', ' ') || ' is ' || value, E'\nand ') FROM jsonb_each_text(tree));
	END CASE;
END $$;

-- The Condition element of a statement in the same words.
CREATE OR REPLACE FUNCTION pg_temp.conditions(element jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN (SELECT string_agg(pg_temp.condition(operator.name, key.name, key.vals), E'\nand ')
	FROM jsonb_each(element) AS operator (name, keys) CROSS JOIN LATERAL jsonb_each(operator.keys) AS key (name, vals));

-- What could not be read, is missing, or no longer exists.
CREATE OR REPLACE TEMPORARY VIEW gap AS
SELECT pg_temp.short(object_arn) AS "where",
	pg_temp.fold(concat_ws(' ', replace(object_kind, '_', ' '), object_name, 'not read: ') || message, 70) AS what
FROM iam_import_problem
UNION ALL
SELECT pg_temp.short(i.arn::text), 'its boundary is not in the export: ' || pg_temp.short(i.permissions_boundary::text)
FROM iam_identity AS i
WHERE i.permissions_boundary IS NOT NULL
	AND NOT EXISTS (SELECT FROM iam_managed_policy AS m WHERE m.arn = i.permissions_boundary)
UNION ALL
SELECT DISTINCT pg_temp.short(t.role_arn::text), format('trusts %s %s, which was deleted', iam_unique_id_kind(id[1]), id[1])
FROM iam_trust AS t
	CROSS JOIN LATERAL regexp_matches(t.policy::text, '"(A(?:IDA|ROA)[A-Z0-9]{12,})"', 'g') AS id
WHERE NOT EXISTS (SELECT FROM iam_identity AS i WHERE i.unique_id = id[1]);
