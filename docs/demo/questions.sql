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
\echo '2. Which roles trust somebody outside these accounts, and on which conditions? (the first 40)'
\echo
SELECT pg_temp.short(t.role_arn::text) AS "role", pg_temp.short(trusted.who) AS "trusts",
	pg_temp.conditions(s.conditions) AS "only if"
FROM iam_trust AS t
	CROSS JOIN LATERAL iam_policy_statements(t.policy) AS s
	CROSS JOIN LATERAL (
		SELECT jsonb_path_query(s.principals, 'strict $.** ? (@.type() == "string")') #>> '{}'
	) AS trusted (who)
WHERE s.effect = 'Allow'
	-- neither a service, nor a deleted user or role, nor of these accounts
	AND trusted.who !~ '\.(amazonaws\.com(\.cn)?|aws\.internal)$'
	AND iam_unique_id_kind(trusted.who) IS NULL
	AND (trusted.who ~ ':(oidc|saml)-provider/' OR
		coalesce(substring(trusted.who FROM '^(?:arn:aws[a-z-]*:(?:iam|sts)::)?([0-9]{12})(?![0-9])'), '') NOT IN (
			SELECT account_id FROM iam_identity))
ORDER BY 1, 2, 3
LIMIT 40;

\echo
\echo '3. Which roles can become an administrator of their account, and who can assume them? (the first 40)'
\echo
WITH administrator AS MATERIALIZED (
	SELECT i.arn
	FROM iam_identity AS i
	WHERE i.kind = 'role' AND i.path NOT LIKE '/aws-service-role/%'
		AND iam_evaluate(i.arn::text, 'iam:AttachRolePolicy', i.arn::text, unknown_context => true) = 'allowed'
)
SELECT pg_temp.short(a.arn::text) AS "role", pg_temp.short(w.principal) AS "who", w.decision,
	pg_temp.needs(w.conditions) AS "only if"
FROM administrator AS a
	CROSS JOIN LATERAL iam_who_can_assume(a.arn::text) AS w
WHERE w.principal <> a.arn::text AND w.kind <> 'service'
ORDER BY 1, 2
LIMIT 40;

\echo
\echo '4. Which roles can workflows of GitHub assume, and of which repositories? (the first 40)'
\echo
SELECT pg_temp.short(t.role_arn::text) AS "role",
	coalesce((
		SELECT string_agg(value #>> '{}', E'\n')
		FROM jsonb_each(s.conditions) AS operator (name, keys)
			CROSS JOIN LATERAL jsonb_each(operator.keys) AS key (name, vals)
			CROSS JOIN LATERAL jsonb_path_query(key.vals, '$[*]') AS value
		WHERE lower(key.name) LIKE '%:sub'), 'any repository of anybody') AS "subject"
FROM iam_trust AS t
	CROSS JOIN LATERAL iam_policy_statements(t.policy) AS s
WHERE s.effect = 'Allow' AND s.principals::text LIKE '%oidc-provider/token.actions.githubusercontent.com%'
ORDER BY 1
LIMIT 40;

\echo
\echo '5. What could not be read, is missing, or no longer exists? (the first 40)'
\echo
SELECT * FROM gap ORDER BY 1, 2 LIMIT 40;
