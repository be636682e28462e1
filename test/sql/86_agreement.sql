--
-- The questions over everybody and iam_evaluate asked one by one give the same
-- answers, on made-up organizations (WHO-1, EFF-1, EVAL-14, XACC-1)
--
\set ON_ERROR_STOP on
\set SHOW_CONTEXT never
SET jit = off;
BEGIN;
CREATE FUNCTION pg_temp.pick(seed text, choices text[]) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN choices[1 + ('x' || substr(md5(seed), 1, 7))::bit(28)::integer % cardinality(choices)];
CREATE FUNCTION pg_temp.statement(seed text, kind text) RETURNS json
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT ('{"Effect": "' || pg_temp.pick(seed || 'e', '{Allow,Allow,Allow,Deny}') || '"'
		|| CASE WHEN kind IN ('resource', 'trust', 'rcp') THEN ', "Principal": ' || pg_temp.pick(seed || 'p', CASE kind WHEN 'rcp' THEN ARRAY['"*"'] ELSE ARRAY[
				'"*"', '{"AWS": "100000000001"}', '{"AWS": "arn:aws:iam::100000000001:user/u1"}', '{"AWS": ["arn:aws:iam::100000000001:role/r1", "100000000002"]}',
				'{"AWS": "arn:aws:iam::100000000002:role/r2"}', '{"AWS": "arn:aws:sts::100000000001:assumed-role/r2/s"}', '{"Service": "ec2.amazonaws.com"}',
				'{"AWS": "AIDAU2EXAMPLE00000001"}', '{"AWS": "100000000009"}'] END) ELSE '' END
		|| ', ' || CASE kind WHEN 'trust' THEN '"Action": "sts:AssumeRole"' ELSE pg_temp.pick(seed || 'a', ARRAY['"Action": "*"', '"Action": "s3:*"',
				'"Action": ["s3:GetObject", "sqs:SendMessage"]', '"Action": "sqs:*"', '"Action": "sts:AssumeRole"', '"Action": ["s3:Get*", "kms:*", "ec2:*"]',
				'"NotAction": "s3:*"', '"NotAction": ["sts:*", "sqs:Send*"]']) END
		|| CASE kind WHEN 'trust' THEN '' ELSE ', ' || pg_temp.pick(seed || 'r', ARRAY['"Resource": "*"', '"Resource": "*"', '"Resource": "*"', '"Resource": "arn:aws:s3:::b1/*"',
				'"Resource": ["arn:aws:s3:::b*", "arn:aws:sqs:*:*:q1"]', '"Resource": "arn:aws:iam::*:role/r1"', '"Resource": "arn:aws:s3:::free/${aws:username}/*"',
				'"NotResource": ["arn:aws:s3:::b2/*", "arn:aws:sqs:*:*:q2"]', '"NotResource": "arn:aws:s3:::*/x"']) END
		|| pg_temp.pick(seed || 'c', ARRAY['', '', '', '', '', '', ', "Condition": {"Bool": {"aws:SecureTransport": "true"}}',
				', "Condition": {"StringEquals": {"aws:PrincipalTag/team": "core"}}', ', "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-made0up000"}}',
				', "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/r*"}}', ', "Condition": {"StringEquals": {"aws:ResourceAccount": "100000000001"}}',
				', "Condition": {"Null": {"aws:MultiFactorAuthAge": "true"}}']) || '}')::json;
END;
CREATE FUNCTION pg_temp.document(seed text, kind text) RETURNS iam_policy
LANGUAGE sql IMMUTABLE
RETURN json_build_object('Version', '2012-10-17', 'Statement', CASE pg_temp.pick(seed || 'n', '{1,2,2,3}')
	WHEN '1' THEN json_build_array(pg_temp.statement(seed || 1, kind))
	WHEN '2' THEN json_build_array(pg_temp.statement(seed || 1, kind), pg_temp.statement(seed || 2, kind))
	ELSE json_build_array(pg_temp.statement(seed || 1, kind), pg_temp.statement(seed || 2, kind), pg_temp.statement(seed || 3, kind)) END)::text::iam_policy;

/* an organization of two accounts, and one outside; every seed another one */
CREATE FUNCTION pg_temp.make(seed text) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
	DELETE FROM iam_identity;
	DELETE FROM iam_group_member;
	DELETE FROM iam_customer_policy;
	DELETE FROM iam_resource;
	DELETE FROM iam_account;
	DELETE FROM iam_organization;
	DELETE FROM iam_control_policy;
	DELETE FROM iam_control_policy_target;
	INSERT INTO iam_organization (organization_id, management_account_id, root_id, enabled_policy_types)
	VALUES ('o-made0up000', '100000000008', 'r-made', '{SERVICE_CONTROL_POLICY,RESOURCE_CONTROL_POLICY}');
	INSERT INTO iam_account (account_id, organization_id, parent_id)
	VALUES ('100000000001', 'o-made0up000', 'r-made'), ('100000000002', 'o-made0up000', 'r-made'), ('100000000003', NULL, NULL);
	INSERT INTO iam_control_policy (policy_id, type, policy)
	SELECT k || n, CASE k WHEN 'p-scp' THEN 'SERVICE_CONTROL_POLICY' ELSE 'RESOURCE_CONTROL_POLICY' END,
		   pg_temp.document(seed || k || n, CASE k WHEN 'p-scp' THEN 'scp' ELSE 'rcp' END)
	FROM unnest(ARRAY['p-scp', 'p-rcp']) AS k, generate_series(1, 2) AS n;
	INSERT INTO iam_control_policy_target
	VALUES ('p-FullAWSAccess', 'r-made'), ('p-FullAWSAccess', '100000000001'), ('p-scp1', '100000000001'), ('p-scp2', '100000000002'),
		('p-rcp1', '100000000001'), ('p-rcp2', '100000000002');
	INSERT INTO iam_customer_policy (account_id, arn, name, policy)
	SELECT a, format('arn:aws:iam::%s:policy/p%s', a, n)::arn, 'p' || n,
		   CASE WHEN pg_temp.pick(seed || a || n || 'gone', '{y,n,n,n,n,n,n,n}') = 'n' THEN pg_temp.document(seed || a || n || 'customer', 'identity') END
	FROM unnest(ARRAY['100000000001', '100000000002', '100000000003']) AS a, generate_series(1, 4) AS n;
	INSERT INTO iam_identity (account_id, arn, kind, name, unique_id, tags, permissions_boundary)
	SELECT a, format('arn:aws:iam::%s:%s/%s%s', a, k, left(k, 1), n)::arn, k, left(k, 1) || n, CASE WHEN k = 'user' AND n = 2 AND a = '100000000001' THEN 'AIDAU2EXAMPLE00000001' END,
		   pg_temp.pick(seed || a || k || n || 't', ARRAY['{}', '{"team": "core"}', '{"team": "other"}'])::jsonb,
		   CASE WHEN k <> 'group' AND pg_temp.pick(seed || a || k || n || 'b', '{y,n,n,n}') = 'y' THEN format('arn:aws:iam::%s:policy/p%s', a, 4 + n % 2)::arn END
	FROM unnest(ARRAY['100000000001', '100000000002', '100000000003']) AS a, unnest(ARRAY['user', 'role', 'group']) AS k, generate_series(1, 3) AS n
	WHERE k <> 'group' OR n = 1;
	INSERT INTO iam_inline_policy
	SELECT i.account_id, i.arn, 'inline', pg_temp.document(seed || i.arn::text, 'identity')
	FROM iam_identity AS i WHERE pg_temp.pick(seed || i.arn::text || 'inline', '{y,y,n}') = 'y';
	INSERT INTO iam_attachment
	SELECT i.account_id, i.arn, format('arn:aws:iam::%s:policy/p%s', i.account_id, n)::arn
	FROM iam_identity AS i, generate_series(1, 4) AS n WHERE pg_temp.pick(seed || i.arn::text || n, '{y,n,n,n}') = 'y';
	INSERT INTO iam_group_member
	SELECT i.account_id, format('arn:aws:iam::%s:group/g1', i.account_id)::arn, i.arn FROM iam_identity AS i WHERE i.kind = 'user' AND i.name = 'u1';
	INSERT INTO iam_trust
	SELECT i.account_id, i.arn, pg_temp.document(seed || i.arn::text, 'trust') FROM iam_identity AS i WHERE i.kind = 'role';
	INSERT INTO iam_resource (account_id, arn, policy)
	SELECT '100000000001', arn::arn, pg_temp.document(seed || arn, 'resource')
	FROM unnest(ARRAY['arn:aws:s3:::b1', 'arn:aws:s3:::b2', 'arn:aws:sqs:us-east-1:100000000001:q1', 'arn:aws:kms:us-east-1:100000000001:key/k']) AS arn;
	INSERT INTO iam_resource (account_id, arn) VALUES ('100000000002', 'arn:aws:s3:::free'), ('100000000002', 'arn:aws:sqs:us-east-1:100000000002:q2');
END;

CREATE TEMPORARY TABLE asked (action text, resource text);
INSERT INTO asked VALUES ('s3:GetObject', 'arn:aws:s3:::b1/x'), ('s3:GetObject', 'arn:aws:s3:::b2/y'), ('s3:PutObject', 'arn:aws:s3:::free/u1/x'),
	('sqs:SendMessage', 'arn:aws:sqs:us-east-1:100000000001:q1'), ('sqs:SendMessage', 'arn:aws:sqs:us-east-1:100000000002:q2'),
	('kms:Decrypt', 'arn:aws:kms:us-east-1:100000000001:key/k'), ('ec2:DescribeInstances', '*'), ('s3:GetObject', 'arn:aws:s3:::b1/*'),
	('sts:AssumeRole', 'arn:aws:iam::100000000001:role/r1'), ('iam:GetRole', 'arn:aws:iam::100000000002:role/r1');
CREATE TEMPORARY TABLE found (seed text, question text, asked bigint, allowed bigint, conditional bigint, different bigint);
CREATE TEMPORARY TABLE one (principal text, action text, resource text, decision iam_decision);
CREATE TEMPORARY TABLE many (LIKE one);
CREATE TEMPORARY TABLE effective (principal text, LIKE iam_permission);
CREATE FUNCTION pg_temp.compare(seed text, question text) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO found
	SELECT seed, question, count(*), count(*) FILTER (WHERE decision = 'allowed'), count(*) FILTER (WHERE decision = 'conditional'),
		   (SELECT count(*) FROM ((TABLE one EXCEPT TABLE many) UNION ALL (TABLE many EXCEPT TABLE one)) AS d)
	FROM one;
	DELETE FROM one;
	DELETE FROM many;
END;

CREATE PROCEDURE pg_temp.check(seed text)
LANGUAGE plpgsql
AS $$
DECLARE
	v_unknown boolean;
BEGIN
	PERFORM pg_temp.make(seed);
	FOREACH v_unknown IN ARRAY ARRAY[true, false] LOOP
		INSERT INTO one
			SELECT i.arn, a.action, a.resource, iam_evaluate(i.arn::text, a.action, a.resource, unknown_context => v_unknown)
			FROM iam_identity AS i CROSS JOIN asked AS a WHERE i.kind <> 'group';
		INSERT INTO many
			SELECT w.principal, a.action, a.resource, w.decision
			FROM asked AS a CROSS JOIN LATERAL iam_who_can(a.action, a.resource, unknown_context => v_unknown, include_denied => true) AS w
			WHERE w.principal IN (SELECT i.arn::text FROM iam_identity AS i);
		PERFORM pg_temp.compare(seed, 'who_can, unknown context ' || v_unknown);
		INSERT INTO one
			SELECT i.arn, a.action, a.resource, v.decision
			FROM iam_identity AS i CROSS JOIN asked AS a
			CROSS JOIN LATERAL (SELECT iam_evaluate(i.arn::text, a.action, a.resource, unknown_context => v_unknown) AS decision OFFSET 0) AS v
			WHERE i.kind <> 'group' AND v.decision >= 'conditional';
		INSERT INTO many
			SELECT w.principal, a.action, a.resource, w.decision
			FROM asked AS a CROSS JOIN LATERAL iam_who_can(a.action, a.resource, unknown_context => v_unknown) AS w
			WHERE w.principal IN (SELECT i.arn::text FROM iam_identity AS i);
		PERFORM pg_temp.compare(seed, 'who_can without denied, unknown context ' || v_unknown);
	END LOOP;

	INSERT INTO many
		SELECT i.arn, a.a, w.resource, w.decision
		FROM iam_identity AS i CROSS JOIN unnest(ARRAY['s3:GetObject', 's3:ListBucket', 'sqs:SendMessage', 'sts:AssumeRole', 'iam:GetUser', 'kms:Decrypt']) AS a (a)
		CROSS JOIN LATERAL iam_which_resources(i.arn::text, a.a, include_denied => true) AS w
		WHERE i.kind <> 'group';
	INSERT INTO one
		SELECT m.principal, m.action, m.resource, iam_evaluate(m.principal, m.action, m.resource, unknown_context => true) FROM many AS m;
	PERFORM pg_temp.compare(seed, 'which_resources');

	INSERT INTO many
		SELECT i.arn, w.action, r.r, w.decision
		FROM iam_identity AS i CROSS JOIN unnest(ARRAY['arn:aws:s3:::b1/x', 'arn:aws:sqs:us-east-1:100000000001:q1', 'arn:aws:iam::100000000001:role/r1']) AS r (r)
		CROSS JOIN LATERAL iam_which_actions(i.arn::text, r.r, include_denied => true) AS w
		WHERE i.kind <> 'group' AND i.name LIKE '%1' AND md5(w.action) < '6';
	INSERT INTO one
		SELECT m.principal, m.action, m.resource, iam_evaluate(m.principal, m.action, m.resource, unknown_context => true) FROM many AS m;
	PERFORM pg_temp.compare(seed, 'which_actions');

	INSERT INTO one
		SELECT i.arn, 'sts:AssumeRole', r.arn, v.decision
		FROM iam_identity AS i CROSS JOIN iam_identity AS r
		CROSS JOIN LATERAL (SELECT iam_evaluate(i.arn::text, 'sts:AssumeRole', r.arn::text, unknown_context => true) AS decision OFFSET 0) AS v
		WHERE i.kind <> 'group' AND r.kind = 'role' AND v.decision >= 'conditional';
	INSERT INTO many
		SELECT w.principal, 'sts:AssumeRole', r.arn, w.decision
		FROM iam_identity AS r CROSS JOIN LATERAL iam_who_can_assume(r.arn::text) AS w
		WHERE r.kind = 'role' AND w.principal IN (SELECT i.arn::text FROM iam_identity AS i);
	PERFORM pg_temp.compare(seed, 'who_can_assume');
	INSERT INTO one
		SELECT w.principal, w.path::text, r.arn, w.decision
		FROM iam_identity AS r CROSS JOIN LATERAL iam_who_can_assume(r.arn::text, 3) AS w
		WHERE r.kind = 'role' AND w.principal IN (SELECT i.arn::text FROM iam_identity AS i);
	INSERT INTO many
		SELECT i.arn, w.path::text, w.role, w.decision
		FROM iam_identity AS i CROSS JOIN LATERAL iam_assumable_roles(i.arn::text, 3) AS w
		WHERE i.kind <> 'group';
	PERFORM pg_temp.compare(seed, 'assumable_roles, paths of 3');

	/*
	 * Effective permissions on what no resource policy speaks about: allowed and
	 * denied there are so for each resource; different counts what contradicts.
	 */
	DELETE FROM effective;
	INSERT INTO effective
		SELECT i.arn::text, e.*
		FROM iam_identity AS i CROSS JOIN LATERAL iam_effective_permissions(i.arn::text) AS e
		WHERE i.kind <> 'group' AND i.name IN ('u1', 'r2')
			AND e.action IN ('*', 's3:GetObject', 's3:PutObject', 'sqs:SendMessage', 'sqs:DeleteQueue', 'iam:GetRole');
	INSERT INTO found
		SELECT seed, 'effective_permissions', count(*), count(*) FILTER (WHERE x.one = 'allowed'), count(*) FILTER (WHERE x.one = 'conditional'),
			   count(*) FILTER (WHERE x.many = 'allowed' AND x.one <> 'allowed' OR x.one >= 'conditional' AND x.many IS NULL)
		FROM (SELECT iam_evaluate(i.arn::text, a.action, a.resource, resource_account => i.account_id, unknown_context => true) AS one,
					 (SELECT max(e.decision)
					  FROM effective AS e
					  WHERE e.principal = i.arn::text AND e.action IN (a.action, '*')
						  AND (e.resource_pattern = '*' OR a.resource::arn ~ e.resource_pattern::arn_pattern)
						  AND NOT EXISTS (SELECT FROM unnest(e.except_patterns) AS x (pattern) WHERE a.resource::arn ~ x.pattern::arn_pattern)) AS many
			  FROM iam_identity AS i
			  CROSS JOIN (VALUES ('s3:GetObject', 'arn:aws:s3:::other/x'), ('s3:GetObject', 'arn:aws:s3:::bb/y'), ('s3:PutObject', 'arn:aws:s3:::free2/u1/x'),
								 ('sqs:SendMessage', 'arn:aws:sqs:us-east-1:%s:q3'), ('sqs:DeleteQueue', 'arn:aws:sqs:us-east-1:%s:q4'),
								 ('iam:GetRole', 'arn:aws:iam::%s:role/r1')) AS f (action, resource)
			  CROSS JOIN LATERAL (SELECT f.action, format(f.resource, i.account_id) AS resource) AS a
			  WHERE i.kind <> 'group' AND i.name IN ('u1', 'r2')) AS x;
END $$;
CALL pg_temp.check('alder');
CALL pg_temp.check('birch');
CALL pg_temp.check('cedar');
SELECT * FROM found ORDER BY seed, question COLLATE "C";
SELECT sum(asked) AS asked, sum(allowed) > 0 AS some_allowed, sum(conditional) > 0 AS some_conditional, sum(different) AS different FROM found;
ROLLBACK;
