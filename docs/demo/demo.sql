-- Five questions a reviewer asks, on the sample organization of this folder:
-- security, where the people are, production and development.
\ir helpers.sql

INSERT INTO iam_account (account_id, name)
VALUES ('111111111111', 'security'), ('222222222222', 'production'), ('333333333333', 'development')
ON CONFLICT (account_id) DO UPDATE SET name = excluded.name;

\echo
\echo '1. Who can become the administrator of production, by which roles, and on which conditions?'
\echo
SELECT pg_temp.short(principal) AS "who", hops, decision,
	coalesce((SELECT string_agg(pg_temp.short(step), E'\n' ORDER BY n)
		FROM unnest(path[2:cardinality(path) - 1]) WITH ORDINALITY AS p (step, n)), 'directly') AS "by",
	pg_temp.needs(conditions) AS "only if"
FROM iam_who_can_assume('arn:aws:iam::222222222222:role/production-admin', max_hops => 3)
WHERE principal <> 'arn:aws:iam::222222222222:role/production-admin'
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
\echo '3. What can the roles do that workflows of GitHub run as?'
\echo
SELECT pg_temp.short(role) AS "role",
	iam_evaluate(role, 'secretsmanager:GetSecretValue',
		'arn:aws:secretsmanager:eu-west-1:222222222222:secret:app/deploy-key', unknown_context => true) AS "read deploy key",
	iam_evaluate(role, 'secretsmanager:GetSecretValue',
		'arn:aws:secretsmanager:eu-west-1:222222222222:secret:app/database', unknown_context => true) AS "read database password",
	iam_evaluate(role, 's3:DeleteObject',
		'arn:aws:s3:::example-docs/index.html', unknown_context => true, resource_account => '222222222222') AS "delete docs",
	iam_evaluate(role, 'iam:CreateUser', 'arn:aws:iam::333333333333:user/new', unknown_context => true) AS "create a user"
FROM unnest(ARRAY[
	'arn:aws:iam::222222222222:role/app-deploy', 'arn:aws:iam::222222222222:role/docs-publish',
	'arn:aws:iam::333333333333:role/app-test', 'arn:aws:iam::333333333333:role/terraform']) AS role;

\echo
\echo '4. Is it allowed, and why?'
\echo
SELECT question, answer ->> 'decision' AS decision,
	(SELECT string_agg(concat_ws(' / ', s ->> 'policy', s ->> 'sid'), E'\n')
		FROM jsonb_array_elements(answer -> 'matched_statements') AS s
		WHERE s ->> 'effect' = CASE answer ->> 'decision' WHEN 'explicit_deny' THEN 'Deny' WHEN 'allowed' THEN 'Allow' END
	) AS statement,
	pg_temp.fold(regexp_replace(answer ->> 'reason', 'arn:aws:iam::', '', 'g'), 42) AS reason
FROM (VALUES
	(1, 'alice reads the audit log',
		'arn:aws:iam::111111111111:user/alice', 's3:GetObject', 'arn:aws:s3:::example-audit-log/2024/06/01.gz'),
	(2, 'alice deletes from it',
		'arn:aws:iam::111111111111:user/alice', 's3:DeleteObject', 'arn:aws:s3:::example-audit-log/2024/06/01.gz'),
	(3, 'carol deletes from it',
		'arn:aws:iam::111111111111:user/carol', 's3:DeleteObject', 'arn:aws:s3:::example-audit-log/2024/06/01.gz'),
	(4, 'app-test writes a backup',
		'arn:aws:iam::333333333333:role/app-test', 's3:PutObject', 'arn:aws:s3:::example-backup/db'),
	(5, 'developer stops a server',
		'arn:aws:iam::333333333333:role/developer', 'ec2:StopInstances', 'arn:aws:ec2:eu-west-1:333333333333:instance/i-1')
	) AS q (n, question, principal, action, resource)
	CROSS JOIN LATERAL iam_explain(q.principal, q.action, q.resource) AS answer
ORDER BY n;

\echo
\echo '5. What could not be read, is missing, or no longer exists?'
\echo
SELECT * FROM gap ORDER BY 1, 2;
