-- Five questions a reviewer asks, on the sample organization of this folder:
-- security (111111111111), where the people are, production (222222222222)
-- and development (333333333333).
\ir helpers.sql

\echo
\echo '1. Who can become the administrator of production, by which roles, and on which conditions?'
\echo
SELECT pg_temp.short(principal) AS "who", hops, decision,
	(SELECT string_agg(pg_temp.short(step), E'\n' ORDER BY n) FROM unnest(path::text[]) WITH ORDINALITY AS p (step, n)) AS "by",
	pg_temp.needs(conditions) AS "only if"
FROM iam_who_can_assume('arn:aws:iam::222222222222:role/production-admin', max_hops => 3)
ORDER BY hops, principal;

\echo
\echo '2. Who outside the three accounts can assume one of their roles?'
\echo
SELECT pg_temp.short(r.arn::text) AS "role", pg_temp.short(w.principal) AS "who", w.decision,
	pg_temp.needs(w.conditions) AS "only if"
FROM iam_identity AS r
	CROSS JOIN LATERAL iam_who_can_assume(r.arn::text) AS w
WHERE r.kind = 'role' AND w.kind NOT IN ('user', 'role', 'service')
ORDER BY 1, 2;

\echo
\echo '3. What can the roles do that GitHub workflows run as?'
\echo
SELECT pg_temp.short(role) AS "role",
	iam_evaluate(role, 'secretsmanager:GetSecretValue',
		'arn:aws:secretsmanager:eu-west-1:222222222222:secret:app/deploy-key', unknown_context => true) AS "read deploy key",
	iam_evaluate(role, 'secretsmanager:GetSecretValue',
		'arn:aws:secretsmanager:eu-west-1:222222222222:secret:app/database', unknown_context => true) AS "read database password",
	iam_evaluate(role, 's3:DeleteObject', 'arn:aws:s3:::example-docs/index.html', unknown_context => true) AS "delete docs",
	iam_evaluate(role, 'iam:CreateUser', 'arn:aws:iam::333333333333:user/new', unknown_context => true) AS "create a user"
FROM unnest(ARRAY[
	'arn:aws:iam::222222222222:role/app-deploy', 'arn:aws:iam::222222222222:role/docs-publish',
	'arn:aws:iam::333333333333:role/app-test', 'arn:aws:iam::333333333333:role/terraform']) AS role;

\echo
\echo '4. Is it allowed, and why?'
\echo
SELECT question, answer ->> 'decision' AS decision, answer ->> 'reason' AS reason
FROM (VALUES
	(1, 'May alice read the audit log?',
		'arn:aws:iam::111111111111:user/alice', 's3:GetObject', 'arn:aws:s3:::example-audit-log/2024/06/01.gz'),
	(2, 'May alice delete from it?',
		'arn:aws:iam::111111111111:user/alice', 's3:DeleteObject', 'arn:aws:s3:::example-audit-log/2024/06/01.gz'),
	(3, 'May carol?',
		'arn:aws:iam::111111111111:user/carol', 's3:DeleteObject', 'arn:aws:s3:::example-audit-log/2024/06/01.gz'),
	(4, 'May app-test write to the backups?',
		'arn:aws:iam::333333333333:role/app-test', 's3:PutObject', 'arn:aws:s3:::example-backup/db'),
	(5, 'May developer stop an instance?',
		'arn:aws:iam::333333333333:role/developer', 'ec2:StopInstances', 'arn:aws:ec2:eu-west-1:333333333333:instance/i-1')
	) AS q (n, question, principal, action, resource)
	CROSS JOIN LATERAL iam_explain(q.principal, q.action, q.resource) AS answer
ORDER BY n;

\echo
\echo '5. What could not be read, is missing, or no longer exists?'
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
	UNION ALL
	SELECT pg_temp.short(t.role_arn::text),
		'trusts ' || iam_unique_id_kind(id[1]) || ' ' || id[1] || ', which was deleted'
	FROM iam_trust AS t
		CROSS JOIN LATERAL regexp_matches(t.policy::text, '"(A(?:IDA|ROA)[A-Z0-9]{12,})"', 'g') AS id
	) AS answer
ORDER BY 1, 2;
