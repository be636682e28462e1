--
-- One step of the assume graph, computed for groups of roles and callers, is what
-- each pair gives by itself (WHO-1, EVAL-14), on made-up organizations that have
-- everything that tells roles or callers apart
--
\set ON_ERROR_STOP on
\set SHOW_CONTEXT never
SET jit = off;
BEGIN;
CREATE FUNCTION pg_temp.pick(seed text, choices text[]) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN choices[1 + ('x' || substr(md5(seed), 1, 7))::bit(28)::integer % cardinality(choices)];
/* the third account may be of another partition */
CREATE FUNCTION pg_temp.partition(seed text, account text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN account = '100000000003' AND pg_temp.pick(seed || 'partition', '{y,n,n}') = 'y' THEN 'aws-cn' ELSE 'aws' END;
CREATE FUNCTION pg_temp.statement(seed text, kind text) RETURNS text
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT '{"Effect": "' || pg_temp.pick(seed || 'e', CASE kind WHEN 'trust' THEN '{Allow,Allow,Allow,Allow,Allow,Deny}' WHEN 'identity' THEN '{Allow,Allow,Allow,Deny}'
																 WHEN 'rcp' THEN '{Deny}' ELSE '{Allow,Deny}' END::text[]) || '"'
		|| CASE kind WHEN 'trust' THEN ', ' || pg_temp.pick(seed || 'p', ARRAY['"Principal": "*"', '"Principal": {"AWS": "*"}', '"Principal": {"AWS": "100000000001"}',
				'"Principal": {"AWS": ["arn:aws:iam::100000000001:root", "100000000002"]}', '"Principal": {"AWS": "arn:aws:iam::100000000002:root"}',
				'"Principal": {"AWS": "arn:aws:iam::100000000002:root"}', '"Principal": {"AWS": "arn:aws:iam::100000000001:user/u1"}',
				'"Principal": {"AWS": ["arn:aws:iam::100000000001:role/r1", "100000000002"]}', '"Principal": {"AWS": "arn:aws:iam::100000000002:role/p/r2"}',
				'"Principal": {"AWS": "arn:aws:sts::100000000001:assumed-role/r2/s"}', '"Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}',
				'"Principal": {"AWS": ["AIDAU2EXAMPLE00000001", "AROAR3EXAMPLE00000001:s"]}', '"Principal": {"AWS": "999999999999", "Service": "ec2.amazonaws.com"}', '"Principal": {"AWS": ["100000000003", "arn:aws-cn:iam::100000000003:user/u1"]}',
				'"Principal": {"Federated": "arn:aws:iam::100000000001:oidc-provider/example.com", "AWS": "arn:aws:iam::888888888888:role/x"}',
				'"NotPrincipal": {"AWS": ["arn:aws:iam::100000000001:user/u1", "100000000001"]}', '"NotPrincipal": {"AWS": "AIDAU2EXAMPLE00000001"}'])
			WHEN 'rcp' THEN ', ' || pg_temp.pick(seed || 'p', ARRAY['"Principal": "*"', '"Principal": "*"', '"NotPrincipal": {"AWS": ["arn:aws:iam::100000000001:user/u1", "100000000001"]}'])
			ELSE '' END
		|| ', ' || CASE kind WHEN 'trust' THEN pg_temp.pick(seed || 'a', ARRAY['"Action": "sts:AssumeRole"', '"Action": "sts:AssumeRole"', '"Action": "sts:*"', '"Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]'])
			ELSE pg_temp.pick(seed || 'a', ARRAY['"Action": "*"', '"Action": "sts:AssumeRole"', '"Action": "sts:AssumeRole"', '"Action": ["s3:Get*", "sts:Assume*"]',
				'"Action": "s3:*"', '"NotAction": "s3:*"', '"NotAction": ["sts:*", "sqs:Send*"]']) END
		|| CASE kind WHEN 'trust' THEN '' ELSE ', ' || pg_temp.pick(seed || 'r', ARRAY['"Resource": "*"', '"Resource": "*"', '"Resource": "*"', '"Resource": "arn:aws:iam::*:role/*"',
				'"Resource": "arn:aws:iam::100000000001:role/*"', '"Resource": "arn:aws:iam::100000000001:role/r1"', '"Resource": ["arn:aws:iam::100000000002:role/p/r2", "arn:aws:iam::100000000001:role/r3"]',
				'"Resource": "arn:aws:iam::100000000002:role/p/*"', '"Resource": "arn:aws:iam::*:role/r1"', '"Resource": "arn:aws:iam::100000000001:role/${aws:PrincipalTag/team}"',
				'"Resource": "arn:*:iam::100000000001:role/r?"', '"Resource": ["arn:aws:s3:::b", "arn:aws:iam::100000000001:role/aws-service-role/*"]',
				'"NotResource": "arn:aws:iam::100000000001:role/r1"', '"NotResource": "arn:aws:s3:::*"']) END
		|| pg_temp.pick(seed || 'c', ARRAY['', '', '', '', '', '', ', "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}',
				', "Condition": {"StringEquals": {"aws:PrincipalTag/team": "core"}}', ', "Condition": {"StringEquals": {"aws:ResourceTag/team": "core"}}',
				', "Condition": {"StringEquals": {"iam:ResourceTag/team": "${aws:PrincipalTag/team}"}}', ', "Condition": {"StringEquals": {"sts:ExternalId": "x"}}',
				', "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}, "StringNotEquals": {"aws:PrincipalType": "User"}}', ', "Condition": {"StringEquals": {"aws:PrincipalAccount": "100000000002", "sts:ExternalId": "x"}}',
				', "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-made0up000"}}', ', "Condition": {"StringNotEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}',
				', "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/r*"}}', ', "Condition": {"StringEquals": {"aws:ResourceAccount": "100000000001"}}',
				', "Condition": {"StringEquals": {"aws:ResourceTag/none": "x"}, "Null": {"aws:TokenIssueTime": "false"}}']) || '}';
END;
CREATE FUNCTION pg_temp.document(seed text, kind text) RETURNS iam_policy
LANGUAGE sql IMMUTABLE
RETURN ('{"Version": "' || pg_temp.pick(seed || 'v', '{2012-10-17,2012-10-17,2012-10-17,2008-10-17}') || '", "Statement": [' || pg_temp.statement(seed || 1, kind)
	|| CASE WHEN pg_temp.pick(seed || 'n', '{1,1,2}') = '2' THEN ', ' || pg_temp.statement(seed || 2, kind) ELSE '' END || ']}')::iam_policy;

/* two accounts of an organization, one outside it; every seed another one */
CREATE FUNCTION pg_temp.make(seed text) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
	DELETE FROM iam_identity;
	DELETE FROM iam_group_member;
	DELETE FROM iam_customer_policy;
	DELETE FROM iam_aws_policy;
	DELETE FROM iam_account;
	DELETE FROM iam_organization;
	DELETE FROM iam_control_policy;
	DELETE FROM iam_control_policy_target;
	INSERT INTO iam_organization (organization_id, management_account_id, root_id, enabled_policy_types)
	VALUES ('o-made0up000', pg_temp.pick(seed || 'management', '{100000000008,100000000008,100000000001}'), 'r-made',
			CASE pg_temp.pick(seed || 'types', '{0,1,2}') WHEN '0' THEN '{}' WHEN '1' THEN '{SERVICE_CONTROL_POLICY}' ELSE '{SERVICE_CONTROL_POLICY,RESOURCE_CONTROL_POLICY}' END::text[]);
	INSERT INTO iam_account (account_id, organization_id, parent_id)
	VALUES ('100000000001', 'o-made0up000', 'r-made'), ('100000000002', 'o-made0up000', CASE pg_temp.pick(seed || 'parent', '{0,1,2}') WHEN '0' THEN 'ou-gone' ELSE 'r-made' END),
		('100000000003', NULL, NULL);
	INSERT INTO iam_control_policy (policy_id, type, policy)
	SELECT k || n, CASE k WHEN 'p-scp' THEN 'SERVICE_CONTROL_POLICY' ELSE 'RESOURCE_CONTROL_POLICY' END,
		   CASE WHEN pg_temp.pick(seed || k || n || 'gone', '{y,n,n,n,n,n,n,n}') = 'n' THEN pg_temp.document(seed || k || n, CASE k WHEN 'p-scp' THEN 'scp' ELSE 'rcp' END) END
	FROM unnest(ARRAY['p-scp', 'p-rcp']) AS k, generate_series(1, 2) AS n;
	INSERT INTO iam_control_policy_target
	VALUES ('p-FullAWSAccess', 'r-made'), ('p-FullAWSAccess', '100000000001'), ('p-FullAWSAccess', '100000000002'), ('p-scp1', '100000000001'), ('p-scp2', '100000000002'),
		('p-rcp1', '100000000001'), ('p-rcp2', '100000000002');
	INSERT INTO iam_aws_policy (arn, name, policy)
	SELECT format('arn:aws:iam::aws:policy/w%s', n)::arn, 'w' || n, pg_temp.document(seed || n || 'aws', 'identity') FROM generate_series(1, 2) AS n;
	INSERT INTO iam_customer_policy (account_id, arn, name, policy)
	SELECT a, format('arn:aws:iam::%s:policy/p%s', a, n)::arn, 'p' || n,
		   CASE WHEN pg_temp.pick(seed || a || n || 'gone', '{y,n,n,n,n,n,n,n}') = 'n' THEN pg_temp.document(seed || a || n || 'customer', 'identity') END
	FROM unnest(ARRAY['100000000001', '100000000002', '100000000003']) AS a, generate_series(1, 3) AS n;
	INSERT INTO iam_identity (account_id, arn, kind, name, path, unique_id, tags, permissions_boundary)
	SELECT a, format('arn:%s:iam::%s:%s%s%s', pg_temp.partition(seed, a), a, k, p.path, x.name)::arn, k, x.name, p.path,
		   CASE WHEN k = 'user' AND n = 2 AND a = '100000000001' THEN 'AIDAU2EXAMPLE00000001' WHEN k = 'role' AND n = 3 AND a = '100000000001' THEN 'AROAR3EXAMPLE00000001' END,
		   pg_temp.pick(seed || a || k || n || 't', ARRAY['{}', '{"team": "core"}', '{"team": "r1"}'])::jsonb,
		   CASE WHEN k <> 'group' AND pg_temp.pick(seed || a || k || n || 'b', '{y,n,n,n}') = 'y' THEN format('arn:aws:iam::%s:policy/p%s', a, 3 + n % 2)::arn END
	FROM unnest(ARRAY['100000000001', '100000000002', '100000000003']) AS a, unnest(ARRAY['user', 'role', 'group']) AS k, generate_series(1, 5) AS n
	CROSS JOIN LATERAL (SELECT left(k, 1) || n AS name) AS x
	CROSS JOIN LATERAL (SELECT CASE WHEN k = 'role' AND n = 2 AND a = '100000000002' THEN '/p/' WHEN k = 'role' AND n = 5 THEN '/aws-service-role/' ELSE '/' END AS path) AS p
	WHERE n <= CASE k WHEN 'user' THEN 3 WHEN 'role' THEN 5 ELSE 1 END;
	/* a role whose name is not spelled as in its ARN, and one with a character that may begin a variable */
	INSERT INTO iam_identity (account_id, arn, kind, name, tags)
	VALUES ('100000000001', 'arn:aws:iam::100000000001:role/odd', 'role', 'Odd', '{"team": "core"}'), ('100000000002', 'arn:aws:iam::100000000002:role/$odd', 'role', '$odd', '{"team": "core"}');
	INSERT INTO iam_inline_policy
	SELECT i.account_id, i.arn, 'inline', CASE WHEN pg_temp.pick(seed || i.arn::text || 'unreadable', '{y,n,n,n,n,n,n,n,n,n,n,n}') = 'n' THEN pg_temp.document(seed || i.arn::text, 'identity') END
	FROM iam_identity AS i WHERE pg_temp.pick(seed || i.arn::text || 'inline', '{y,y,n}') = 'y';
	INSERT INTO iam_attachment
	SELECT i.account_id, i.arn, CASE WHEN n > 4 THEN format('arn:aws:iam::aws:policy/w%s', n - 4) ELSE format('arn:aws:iam::%s:policy/p%s', i.account_id, n) END::arn
	FROM iam_identity AS i, generate_series(1, 6) AS n WHERE pg_temp.pick(seed || i.arn::text || n, CASE n WHEN 4 THEN '{y,n,n,n,n,n,n,n}' ELSE '{y,n,n,n}' END::text[]) = 'y';
	INSERT INTO iam_group_member
	SELECT i.account_id, format('arn:aws:iam::%s:group/%s', i.account_id, pg_temp.pick(seed || i.account_id || 'group', '{g1,g1,g1,gone}'))::arn, i.arn FROM iam_identity AS i WHERE i.kind = 'user' AND i.name <> 'u2';
	INSERT INTO iam_trust
	SELECT i.account_id, i.arn, CASE WHEN pg_temp.pick(seed || i.arn::text || 'gone', '{y,n,n,n,n,n,n,n,n,n,n,n}') = 'n' THEN pg_temp.document(seed || i.arn::text, 'trust') END
	FROM iam_identity AS i WHERE i.kind = 'role';
END;

CREATE TEMPORARY TABLE pair (role text, principal text, decision iam_decision, conditions jsonb);
CREATE TEMPORARY TABLE step (LIKE pair);
CREATE TEMPORARY TABLE tally (seed text, question text, pairs bigint, allowed bigint, conditional bigint, different bigint);
CREATE PROCEDURE pg_temp.check(seed text)
LANGUAGE plpgsql
AS $$
DECLARE
	v_unknown boolean;
	v_denied boolean;
BEGIN
	PERFORM pg_temp.make(seed);
	FOREACH v_unknown IN ARRAY ARRAY[true, false] LOOP
		DELETE FROM pair;
		INSERT INTO pair
			SELECT r.arn, c.principal, d.*
			FROM iam_identity AS r
			JOIN (SELECT i.arn::text AS principal FROM iam_identity AS i WHERE i.kind <> 'group' UNION ALL VALUES ('ec2.amazonaws.com'), ('lambda.amazonaws.com')) AS c
				/* services are found where a policy names them */
				ON c.principal LIKE 'arn:%' OR EXISTS (SELECT FROM iam_trust AS t CROSS JOIN LATERAL iam_trust_entries(t.policy) AS e WHERE t.account_id = r.account_id AND t.role_arn = r.arn AND e.entry = c.principal)
			CROSS JOIN LATERAL (
				SELECT iam_decide(a.request, a.caller, a.kind, a.level, CASE WHEN a.present THEN iam_policy_effect(a.policy, a.kind, a.request, a.caller) END) AS decision,
					   iam_decide_conditions(a.request, a.caller, a.kind, a.level, CASE WHEN a.present THEN iam_policy_effect(a.policy, a.kind, a.request, a.caller) END)
				FROM iam_applicable_policies(c.principal, 'sts:AssumeRole', r.arn::text, unknown_context => v_unknown) AS a) AS d
			WHERE r.kind = 'role';
		FOREACH v_denied IN ARRAY ARRAY[false, true] LOOP
			DELETE FROM step;
			INSERT INTO step
				SELECT s.role_arn, s.principal, s.decision, s.conditions
				FROM iam_assume_step((SELECT array_agg(i.arn) FROM iam_identity AS i WHERE i.kind = 'role'), '{}', v_unknown, v_denied) AS s
				WHERE s.principal IN (SELECT p.principal FROM pair AS p);
			INSERT INTO tally
				SELECT seed, format('unknown context %s, denied %s', v_unknown, v_denied), count(*), count(*) FILTER (WHERE p.decision = 'allowed'),
					   count(*) FILTER (WHERE p.decision = 'conditional'),
					   count(*) FILTER (WHERE (p.decision, p.conditions) IS DISTINCT FROM (s.decision, s.conditions)
										AND NOT (s.decision IS NULL AND (p.principal LIKE '%.amazonaws.com' OR NOT v_denied) AND p.decision < 'conditional'))
				FROM pair AS p FULL JOIN step AS s USING (role, principal);
		END LOOP;
	END LOOP;
	/* each role by itself, and the table, have the same answers */
	INSERT INTO tally
		SELECT seed, 'one by one', count(*), count(*) FILTER (WHERE w.decision = 'allowed'), count(*) FILTER (WHERE w.decision = 'conditional'),
			   count(*) FILTER (WHERE (s.kind, s.account_id, s.decision, s.conditions) IS DISTINCT FROM (w.kind, w.account_id, w.decision, w.conditions))
		FROM (SELECT * FROM iam_assume_step((SELECT array_agg(i.arn) FROM iam_identity AS i WHERE i.kind = 'role'), '{}', true, false)) AS s
		FULL JOIN (SELECT w.* FROM iam_identity AS i CROSS JOIN LATERAL iam_assume_step(ARRAY[i.arn], '{}', true, false) AS w WHERE i.kind = 'role') AS w USING (role_arn, principal);
	PERFORM iam_assume_edge_refresh();
	INSERT INTO tally
		SELECT seed, 'edges', count(*), count(*) FILTER (WHERE s.decision = 'allowed'), count(*) FILTER (WHERE s.decision = 'conditional'),
			   count(*) FILTER (WHERE (s.kind, s.decision, s.conditions) IS DISTINCT FROM (e.kind, e.decision, e.conditions))
		FROM (SELECT * FROM iam_assume_step((SELECT array_agg(i.arn) FROM iam_identity AS i WHERE i.kind = 'role'), '{}', true, false)) AS s
		FULL JOIN iam_assume_edge AS e ON e.target = s.role_arn AND e.source = s.principal;
END $$;
CALL pg_temp.check('alder');
CALL pg_temp.check('birch');
CALL pg_temp.check('cedar');
CALL pg_temp.check('fir');
CALL pg_temp.check('hazel');
SELECT question, sum(pairs) > 0 AS some, sum(allowed) > 0 AS some_allowed, sum(conditional) > 0 AS some_conditional, sum(different) AS different
FROM tally GROUP BY question ORDER BY question COLLATE "C";

-- what a trust policy names, read from its image, is what its JSON says
CREATE FUNCTION pg_temp.entries(policy iam_policy) RETURNS TABLE (type text, entry text)
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT DISTINCT coalesce(e.type, 'AWS'), e.entry
	FROM iam_policy_statements(policy) AS s
	CROSS JOIN LATERAL (
		SELECT NULL::text AS type, '*' AS entry
		WHERE s.not_principals IS NOT NULL OR jsonb_typeof(s.principals) = 'string'
		UNION ALL
		SELECT m.key, v.value
		FROM jsonb_each(CASE WHEN jsonb_typeof(s.principals) = 'object' THEN s.principals END) AS m
		CROSS JOIN LATERAL jsonb_array_elements_text(
			CASE jsonb_typeof(m.value) WHEN 'array' THEN m.value ELSE jsonb_build_array(m.value) END) AS v (value)) AS e
	WHERE s.effect = 'Allow';
END;
CREATE TEMPORARY TABLE named (policy iam_policy);
INSERT INTO named SELECT pg_temp.document('named' || n, 'trust') FROM generate_series(1, 200) AS n;
INSERT INTO named SELECT ('{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", ' || p || '}, {"Effect": "Deny", "Principal": {"AWS": "555555555555"}, "Action": "*"}]}')::iam_policy
FROM unnest(ARRAY['"Principal": "*"', '"Principal": {"AWS": []}', '"Principal": {"AWS": ["*", "*", "111122223333", "111122223333"]}', '"Principal": {"Service": "*"}',
	'"Principal": {"Federated": "*", "Service": ["a.amazonaws.com", "b.amazonaws.com", "a.amazonaws.com"]}', '"Principal": {"AWS": "arn:aws:iam::111122223333:user/*"}',
	'"Principal": {"AWS": ["arn:aws:iam::111122223333:group/g", "not a principal", "AROAEXAMPLE000000001", "\u00e9\"\\"], "CanonicalUser": "x"}',
	'"Principal": {"Federated": ["accounts.google.com", "example.com"], "AWS": "arn:aws:sts::111122223333:assumed-role/r/s"}', '"NotPrincipal": {"AWS": "111122223333"}',
	'"Sid": "none"']) AS p;
SELECT count(*) AS policies, count(*) FILTER (WHERE e.n > 1) AS with_several, sum(e.different) AS different
FROM named AS p
CROSS JOIN LATERAL (
	SELECT (SELECT count(*) FROM iam_trust_entries(p.policy)) AS n,
		   (SELECT count(*) FROM ((SELECT * FROM iam_trust_entries(p.policy) EXCEPT ALL SELECT * FROM pg_temp.entries(p.policy))
								  UNION ALL (SELECT * FROM pg_temp.entries(p.policy) EXCEPT ALL SELECT * FROM iam_trust_entries(p.policy))) AS d) AS different) AS e;

-- what groups are made by
SELECT p AS entry, iam_principal_parts(p) AS parts
FROM unnest(ARRAY['arn:aws:iam::111122223333:root', 'arn:aws:iam::111122223333:role/a/b', 'arn:aws-cn:sts::111122223333:assumed-role/r/s', 'arn:aws:iam::111122223333:user/',
	'arn:aws:iam::111122223333:user/*', 'arn:aws:iam::1:root', 'arn:aws:iam:eu-west-1:111122223333:root', 'arn:aws:s3::111122223333:root', '111122223333', '']) AS p;
SELECT r AS resource, c AS condition, iam_policy_aims(p.policy, q.request) AS aims, iam_policy_role_scope(p.policy, q.request) AS scope, iam_policy_says(p.policy, q.request) AS says,
	   iam_policy_names_principals(p.policy) AS names, iam_policy_caller_scope(p.policy) AS callers
FROM (VALUES ('"*"', '{}'), ('["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/p-*", "arn:aws:s3:::b"]', '{}'), ('"arn:aws:iam::*:role/a"', '{}'),
		('"arn:aws:iam::111122223333:role/${aws:username}"', '{}'), ('"*"', '{"Bool": {"aws:MultiFactorAuthPresent": "true"}}'), ('"*"', '{"StringEquals": {"aws:ResourceAccount": "x"}}'),
		('"*"', '{"StringEquals": {"aws:PrincipalTag/a": "${iam:ResourceTag/a}"}}'), ('"arn:aws"', '{}'), ('"*"', '{"StringEquals": {"aws:principalorgid": "x"}}'), ('"*"', '{"NumericLessThan": {"aws:MultiFactorAuthAge": "1"}}')) AS v (r, c)
CROSS JOIN LATERAL (SELECT format('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": %s, "Condition": %s},
	{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}', r, c)::iam_policy AS policy) AS p
CROSS JOIN LATERAL (SELECT iam_request('sts:AssumeRole', 'arn:aws:iam::111122223333:role/a', unknown_context => true) AS request) AS q;
SELECT iam_is_plain_role(a::arn, '111122223333', n) AS plain, a, n
FROM (VALUES ('arn:aws:iam::111122223333:role/a', 'a'), ('arn:aws:iam::111122223333:role/p/a', 'a'), ('arn:aws:iam::111122223333:role/pa', 'a'), ('arn:aws:iam::111122223333:role/A', 'a'),
	('arn:aws:iam::111122223333:role//a', 'a'), ('arn:aws:iam::444455556666:role/a', 'a'), ('arn:aws:iam::111122223333:user/a', 'a'), ('arn:aws:iam::111122223333:role/a*', 'a*'),
	('arn:aws:iam::111122223333:role/${*}', '${*}'), ('arn:aws:iam::111122223333:role/p/a', 'p/a')) AS v (a, n);

-- many principals: the direct question looks its few rows up, whatever the trust policy names; a whole account is read, by its keys
SELECT pg_temp.make('many');
INSERT INTO iam_identity (account_id, arn, kind, name)
SELECT a, format('arn:aws:iam::%s:%s/many%s', a, k, n)::arn, k, 'many' || n
FROM (SELECT (200000000000 + n)::text AS a FROM generate_series(1, 400) AS n) AS a, unnest(ARRAY['user', 'role']) AS k, generate_series(1, 15) AS n;
INSERT INTO iam_inline_policy SELECT i.account_id, i.arn, 'inline', '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}' FROM iam_identity AS i WHERE i.name ~ '^many[59]$';
INSERT INTO iam_customer_policy (account_id, arn, name, policy)
SELECT DISTINCT i.account_id, format('arn:aws:iam::%s:policy/many%s', i.account_id, n)::arn, 'many' || n, '{"Statement": [{"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]}'::iam_policy
FROM iam_identity AS i, generate_series(1, 3) AS n WHERE i.name LIKE 'many%';
INSERT INTO iam_attachment SELECT i.account_id, i.arn, format('arn:aws:iam::%s:policy/many%s', i.account_id, 1 + n % 3)::arn
FROM (SELECT i.account_id, i.arn, row_number() OVER (ORDER BY i.arn) AS n FROM iam_identity AS i WHERE i.name LIKE 'many1_') AS i;
INSERT INTO iam_customer_policy (account_id, arn, name, policy)
SELECT DISTINCT i.account_id, format('arn:aws:iam::%s:policy/silent%s', i.account_id, n)::arn, 'silent' || n, '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'::iam_policy
FROM iam_identity AS i, generate_series(1, 3) AS n WHERE i.name LIKE 'many%';
INSERT INTO iam_attachment SELECT i.account_id, i.arn, format('arn:aws:iam::%s:policy/silent%s', i.account_id, n)::arn FROM iam_identity AS i, generate_series(1, 3) AS n WHERE i.name LIKE 'many%';
INSERT INTO iam_trust SELECT i.account_id, i.arn, (CASE i.name WHEN 'many1' THEN '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}'
	WHEN 'many2' THEN format('{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::%s:role/many1"}}]}', i.account_id)
	WHEN 'many3' THEN '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "777777777777"}}]}'
	ELSE format('{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "%s"}}]}', i.account_id) END)::iam_policy
FROM iam_identity AS i WHERE i.kind = 'role' AND i.name LIKE 'many%';
ANALYZE iam_identity, iam_trust, iam_inline_policy, iam_customer_policy, iam_attachment, iam_group_member;
CREATE TEMPORARY TABLE scans AS SELECT relid, seq_scan, seq_tup_read FROM pg_stat_xact_user_tables;
SELECT r, w.kind, w.decision, count(*) FROM generate_series(1, 4) AS r CROSS JOIN LATERAL iam_who_can_assume('arn:aws:iam::200000000007:role/many' || r) AS w GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT count(*), max(hops) FROM iam_who_can_assume('arn:aws:iam::200000000007:role/many2', 3);
SELECT s.relname, s.seq_scan - b.seq_scan AS scans
FROM pg_stat_xact_user_tables AS s JOIN scans AS b USING (relid)
WHERE s.relname IN ('iam_identity', 'iam_trust', 'iam_inline_policy', 'iam_customer_policy', 'iam_attachment') AND s.seq_scan > b.seq_scan;
SELECT count(*) AS edges, count(DISTINCT e.target) AS roles FROM iam_assume_step(NULL, '{}', true, false, '{200000000007}') AS e (target);
ROLLBACK;

-- attached documents are found in three ways: for one account by the documents, for a single principal besides by their holders, for many accounts all of them
BEGIN;
INSERT INTO iam_account (account_id) SELECT a::text FROM generate_series(200000000020, 200000000032) AS a;
INSERT INTO iam_identity (account_id, arn, kind, name)
SELECT a, format('arn:aws:iam::%s:role/%s', a, n)::arn, 'role', n
FROM (SELECT a::text, 'asked' FROM generate_series(200000000020, 200000000032) AS a
	UNION ALL SELECT '200000000020', n FROM unnest('{asked_too,none,speaks,silent,unread,missing,own_speaks,own_silent,own_unread,own_missing,both,two}'::text[]) AS n) AS i (a, n);
INSERT INTO iam_aws_policy (arn, name, policy) VALUES
	('arn:aws:iam::aws:policy/TestSpeaks', 'TestSpeaks', '{"Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}'),
	('arn:aws:iam::aws:policy/TestSilent', 'TestSilent', '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'),
	('arn:aws:iam::aws:policy/TestUnread', 'TestUnread', NULL);
INSERT INTO iam_customer_policy (account_id, arn, name, policy) VALUES
	('200000000020', 'arn:aws:iam::200000000020:policy/speaks', 'speaks', '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}'),
	('200000000020', 'arn:aws:iam::200000000020:policy/silent', 'silent', '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'),
	('200000000020', 'arn:aws:iam::200000000020:policy/unread', 'unread', NULL),
	('200000000021', 'arn:aws:iam::200000000021:policy/speaks', 'speaks', '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}');
INSERT INTO iam_attachment (account_id, identity_arn, policy_arn)
SELECT '200000000020', format('arn:aws:iam::200000000020:role/%s', h)::arn, format('arn:aws:iam::%s:policy/%s', a, p)::arn
FROM (VALUES ('speaks', 'aws', 'TestSpeaks'), ('silent', 'aws', 'TestSilent'), ('unread', 'aws', 'TestUnread'), ('missing', 'aws', 'TestMissing'),
	('own_speaks', '200000000020', 'speaks'), ('own_silent', '200000000020', 'silent'), ('own_unread', '200000000020', 'unread'), ('own_missing', '200000000020', 'missing'),
	('both', 'aws', 'TestMissing'), ('both', '200000000020', 'speaks'), ('two', 'aws', 'TestSilent'), ('two', '200000000020', 'silent')) AS v (h, a, p);
INSERT INTO iam_trust (account_id, role_arn, policy)
SELECT i.account_id, i.arn, format('{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": [%s"%s"]}}]}',
	CASE WHEN i.name = 'asked_too' THEN '"arn:aws:iam::200000000021:role/asked", ' END, i.account_id)::iam_policy
FROM iam_identity AS i WHERE i.name LIKE 'asked%';
SELECT i.name, d.decision AS by_document, h.decision AS by_holder, a.decision AS all_documents,
	iam_evaluate(i.arn::text, 'sts:AssumeRole', 'arn:aws:iam::200000000020:role/asked', unknown_context => true) AS one
FROM iam_identity AS i
LEFT JOIN iam_assume_step('{arn:aws:iam::200000000020:role/asked}', '{}', true, false) AS d ON d.principal = i.arn::text
LEFT JOIN iam_assume_step('{arn:aws:iam::200000000020:role/asked_too}', '{}', true, false) AS h ON h.principal = i.arn::text
LEFT JOIN (SELECT s.principal, s.decision
	FROM iam_assume_step(NULL, '{}', true, false, ARRAY(SELECT a::text FROM generate_series(200000000020, 200000000032) AS a)) AS s
	WHERE s.role_arn = 'arn:aws:iam::200000000020:role/asked') AS a ON a.principal = i.arn::text
WHERE i.account_id = '200000000020' ORDER BY i.name;

-- no accounts are none, not all
SELECT count(*) AS edges FROM iam_assume_edges_of(NULL, NULL);
SELECT count(*) > 0 AS some FROM iam_assume_edges_of(NULL, '{200000000020}');
SELECT e FROM iam_assume_edges_of(NULL, '{200000000020}') AS e EXCEPT SELECT e FROM iam_assume_edges_of('{200000000020}', NULL) AS e;
-- the two halves of a refresh, by one process and by two
CREATE TEMPORARY TABLE at_once AS
SELECT e::text AS edge FROM iam_assume_edges_of(ARRAY(SELECT a::text FROM generate_series(200000000020, 200000000032) AS a), NULL) AS e;
PREPARE halves AS
SELECT count(e.edge) AS edges, count(*) FILTER (WHERE a.edge IS NULL OR e.edge IS NULL) AS different
FROM (SELECT h::text AS edge
	FROM iam_assume_edges_of('{200000000020}', ARRAY(SELECT a::text FROM generate_series(200000000021, 200000000032) AS a)) AS h) AS e
FULL JOIN at_once AS a USING (edge);
SET LOCAL max_parallel_workers_per_gather = 0;
EXECUTE halves;
SET LOCAL max_parallel_workers_per_gather = 2;
EXECUTE halves;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
EXPLAIN (COSTS OFF)
SELECT s.principal FROM iam_assume_step(NULL, '{}', true, false, '{200000000020}') AS s
UNION ALL
SELECT s.principal FROM iam_assume_step(NULL, '{}', true, false, '{200000000021}') AS s;
ROLLBACK;
