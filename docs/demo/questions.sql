-- Five questions to ask of any account exports; make demo EXPORT=… runs them.
\ir helpers.sql

\echo
\echo '1. What was imported?'
\echo
SELECT account_id AS account,
	count(*) FILTER (WHERE kind = 'user') AS users,
	count(*) FILTER (WHERE kind = 'group') AS groups,
	count(*) FILTER (WHERE kind = 'role') AS roles,
	(SELECT count(*) FROM iam_customer_policy AS p WHERE p.account_id = i.account_id) AS policies,
	(SELECT count(*) FROM iam_import_problem AS p WHERE p.account_id = i.account_id) AS "not read"
FROM iam_identity AS i
GROUP BY account_id
ORDER BY account_id;

\echo
\echo '2. Which roles trust somebody outside these accounts? (the first 40)'
\echo
WITH trusted AS (
	SELECT t.account_id, t.role_arn, s.ordinal, s.conditions, trusted.who
	FROM iam_trust AS t
		CROSS JOIN LATERAL iam_policy_statements(t.policy) AS s
		CROSS JOIN LATERAL (
			SELECT jsonb_path_query(s.principals, 'strict $.** ? (@.type() == "string")') #>> '{}'
		) AS trusted (who)
	WHERE s.effect = 'Allow'
)
SELECT pg_temp.short(role_arn::text) AS "role", pg_temp.short(who) AS "trusts", conditions AS "only if"
FROM trusted
WHERE who !~ '\.(amazonaws\.com(\.cn)?|aws\.internal)$'
	AND coalesce(substring(who FROM '(?:^arn:aws[a-z-]*:(?:iam|sts)::|^)([0-9]{12})(?![^:])'), '') NOT IN (
		SELECT account_id FROM iam_identity)
	OR who ~ ':(oidc|saml)-provider/'
ORDER BY 1, 2
LIMIT 40;

\echo
\echo '3. Who has, or can get, all rights in an account? (the first 40)'
\echo
WITH administrator AS (
	SELECT i.arn, i.kind
	FROM iam_identity AS i
	WHERE i.kind IN ('user', 'role')
		AND iam_evaluate(i.arn::text, 'iam:AttachUserPolicy', 'arn:aws:iam::' || i.account_id || ':user/anybody',
			unknown_context => true) IN ('allowed', 'conditional')
)
SELECT pg_temp.short(arn::text) AS "administrator", coalesce(pg_temp.short(w.principal), 'itself') AS "who", w.decision,
	pg_temp.needs(w.conditions) AS "only if"
FROM administrator AS a
	LEFT JOIN LATERAL iam_who_can_assume(a.arn::text) AS w ON a.kind = 'role'
ORDER BY 1, 2
LIMIT 40;

\echo
\echo '4. Which roles can workflows of GitHub assume, and which repositories does the trust policy name?'
\echo
SELECT pg_temp.short(t.role_arn::text) AS "role",
	coalesce((
		SELECT string_agg(value #>> '{}', ', ')
		FROM jsonb_each(s.conditions) AS operator (name, keys)
			CROSS JOIN LATERAL jsonb_each(operator.keys) AS key (name, vals)
			CROSS JOIN LATERAL jsonb_path_query(key.vals, '$[*]') AS value
		WHERE lower(key.name) LIKE '%:sub'), 'any repository of anybody') AS "subject"
FROM iam_trust AS t
	CROSS JOIN LATERAL iam_policy_statements(t.policy) AS s
WHERE s.effect = 'Allow' AND s.principals::text LIKE '%oidc-provider/token.actions.githubusercontent.com%'
ORDER BY 1;

\echo
\echo '5. What could not be read, or is missing? (the first 40)'
\echo
SELECT "where", what
FROM (
	SELECT pg_temp.short(object_arn) AS "where", concat_ws(' ', object_kind, object_name, 'not read:', message) AS what
	FROM iam_import_problem
	UNION ALL
	SELECT pg_temp.short(i.arn::text), 'boundary ' || i.permissions_boundary::text || ' is not in the export'
	FROM iam_identity AS i
	WHERE i.permissions_boundary IS NOT NULL
		AND NOT EXISTS (SELECT FROM iam_managed_policy AS m WHERE m.arn = i.permissions_boundary)
	) AS answer
ORDER BY 1, 2
LIMIT 40;
