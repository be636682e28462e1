--
-- iam_who_can decides alike what is alike: every kind of class against iam_evaluate
-- asked one by one (WHO-1, WHO-2, EFF-3, BND-1, SCP-1, SCP-7, RCP-1)
--
\set ON_ERROR_STOP on
SET jit = off;
BEGIN;
INSERT INTO iam_organization (organization_id, management_account_id, root_id, feature_set, enabled_policy_types)
VALUES ('o-classes0001', '100000000001', 'r-clss', 'ALL', '{SERVICE_CONTROL_POLICY,RESOURCE_CONTROL_POLICY}');
INSERT INTO iam_organizational_unit (ou_id, organization_id, parent_id) VALUES ('ou-clss-00000001', 'o-classes0001', 'r-clss'), ('ou-clss-00000002', 'o-classes0001', 'ou-clss-00000001');
INSERT INTO iam_account (account_id, organization_id, parent_id) VALUES
	('100000000001', 'o-classes0001', 'r-clss'),				-- manages the organization
	('100000000002', 'o-classes0001', 'ou-clss-00000001'),
	('100000000003', 'o-classes0001', 'ou-clss-00000002'),		-- below a policy that looks at the caller
	('100000000004', 'o-classes0001', 'ou-clss-00000009'),		-- its unit is not known
	('100000000005', NULL, NULL);								-- in no organization
INSERT INTO iam_control_policy (policy_id, type, name, policy) VALUES
	('p-deny0001', 'SERVICE_CONTROL_POLICY', 'no queues', '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "sqs:DeleteQueue", "Resource": "*"}}'),
	('p-deny0002', 'SERVICE_CONTROL_POLICY', 'but the operators', '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "ec2:*", "Resource": "*",
		"Condition": {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/role-1"}}}}');
INSERT INTO iam_control_policy_target
SELECT 'p-FullAWSAccess', t FROM unnest('{r-clss,ou-clss-00000001,ou-clss-00000002,100000000001,100000000002,100000000003,100000000004}'::text[]) AS t
UNION ALL VALUES ('p-deny0001', 'ou-clss-00000001'), ('p-deny0002', 'ou-clss-00000002');

INSERT INTO iam_aws_policy (arn, name, policy) VALUES
	('arn:aws:iam::aws:policy/Admin', 'Admin', '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'),
	('arn:aws:iam::aws:policy/Own', 'Own', '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:*", "sqs:*"], "Resource": "*",
		"Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}}}'),
	('arn:aws:iam::aws:policy/Tagged', 'Tagged', '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*",
		"Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}}'),
	('arn:aws:iam::aws:policy/Sure', 'Sure', '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*",
		"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}}'),
	('arn:aws:iam::aws:policy/One', 'One', '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
		"Condition": {"StringEquals": {"aws:PrincipalAccount": "100000000002"}}}}'),
	('arn:aws:iam::aws:policy/Unreadable', 'Unreadable', NULL);
INSERT INTO iam_customer_policy (account_id, arn, name, policy)
SELECT a.id, format('arn:aws:iam::%s:policy/%s', a.id, p.name)::arn, p.name, p.policy::iam_policy
FROM (SELECT format('10000000000%s', n) FROM generate_series(1, 5) AS n) AS a (id)
CROSS JOIN (VALUES ('no-deletes', '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*:Delete*", "Resource": "*"}}'),
	('limit', '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": "ec2:*", "Resource": "*"}}'),
	('own-limit', '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "*-1"}}}}')) AS p (name, policy);

-- each kind of thing to hold, by users, roles and service-linked roles of every account
INSERT INTO iam_identity (account_id, arn, kind, name, path, unique_id, tags, permissions_boundary)
SELECT a.id, format('arn:aws:iam::%s:%s%s%s-%s', a.id, k.kind, k.path, k.kind, n)::arn, k.kind, format('%s-%s', k.kind, n), k.path,
	   CASE k.kind WHEN 'user' THEN 'AIDA' WHEN 'role' THEN 'AROA' ELSE 'AGPA' END || a.id || n,
	   CASE n % 2 WHEN 0 THEN '{"team": "blue"}' ELSE '{}' END::jsonb,
	   CASE WHEN k.kind = 'group' THEN NULL WHEN n = 3 THEN format('arn:aws:iam::%s:policy/limit', a.id)::arn
			WHEN n = 4 THEN format('arn:aws:iam::%s:policy/own-limit', a.id)::arn WHEN n = 5 THEN format('arn:aws:iam::%s:policy/gone', a.id)::arn END
FROM (SELECT format('10000000000%s', n) FROM generate_series(1, 5) AS n) AS a (id)
CROSS JOIN (VALUES ('user', '/'), ('role', '/'), ('role', '/aws-service-role/x.amazonaws.com/'), ('group', '/')) AS k (kind, path)
CROSS JOIN generate_series(1, 6) AS n
WHERE k.path = '/' OR n > 3 OR k.kind = 'group';
INSERT INTO iam_attachment (account_id, identity_arn, policy_arn)
SELECT i.account_id, i.arn, format('arn:aws:iam::%s:policy/%s', CASE WHEN p IN ('no-deletes') THEN i.account_id ELSE 'aws' END, p)::arn
FROM iam_identity AS i
CROSS JOIN unnest(CASE (regexp_replace(i.name, '^.*-', '')::integer + right(i.account_id, 1)::integer) % 6
	WHEN 0 THEN '{Admin}' WHEN 1 THEN '{Admin,no-deletes}' WHEN 2 THEN '{Own,Tagged}' WHEN 3 THEN '{Sure,One}' WHEN 4 THEN '{Unreadable}' ELSE '{Gone,Own}' END::text[]) AS p
WHERE i.kind <> 'group' OR i.name = 'group-1';
INSERT INTO iam_group_member
SELECT account_id, format('arn:aws:iam::%s:group/group-%s', account_id, CASE WHEN name = 'user-2' THEN '9' ELSE '1' END)::arn, arn
FROM iam_identity WHERE kind = 'user' AND name IN ('user-1', 'user-2');
INSERT INTO iam_inline_policy
SELECT account_id, arn, 'own', CASE name
	WHEN 'user-6' THEN '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
	WHEN 'role-6' THEN '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:${aws:PrincipalTag/team}"}}'
	WHEN 'group-1' THEN '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}}' END::iam_policy
FROM iam_identity WHERE name IN ('user-6', 'role-6', 'role-5', 'group-1') AND path = '/';
INSERT INTO iam_resource (account_id, arn, policy) VALUES
	('100000000002', 'arn:aws:s3:::open', '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}'),
	('100000000002', 'arn:aws:s3:::shared', '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ["100000000003", "arn:aws:iam::100000000005:user/user-6"]},
		"Action": "s3:GetObject", "Resource": "*"}]}'),
	('100000000003', 'arn:aws:s3:::plain', NULL);

CREATE TEMPORARY TABLE asked (action text, resource text);
INSERT INTO asked VALUES ('s3:GetObject', '*'), ('s3:PutObject', '*'), ('sqs:DeleteQueue', '*'), ('sqs:SendMessage', '*'), ('ec2:RunInstances', '*'), ('iam:CreateUser', '*'),
	('sts:GetCallerIdentity', '*'), ('s3:GetObject', 'arn:aws:s3:::open/k'), ('s3:GetObject', 'arn:aws:s3:::shared/k'), ('s3:GetObject', 'arn:aws:s3:::plain/k'),
	('sqs:SendMessage', 'arn:aws:sqs:us-east-1:100000000003:blue'), ('sqs:DeleteQueue', 'arn:aws:sqs:us-east-1:100000000002:blue'), ('ec2:StartInstances', 'arn:aws:ec2:us-east-1:100000000003:instance/i-1');
CREATE TEMPORARY TABLE one_by_one AS
SELECT a.action, a.resource, u.u, i.arn::text AS principal, iam_evaluate(i.arn::text, a.action, a.resource, unknown_context => u.u) AS decision
FROM asked AS a CROSS JOIN (VALUES (true), (false)) AS u (u) CROSS JOIN iam_identity AS i WHERE i.kind <> 'group';
SELECT decision, count(*) FROM one_by_one GROUP BY decision ORDER BY decision;

CREATE TEMPORARY TABLE at_once AS
SELECT a.action, a.resource, u.u, d.d, w.*
FROM asked AS a CROSS JOIN (VALUES (true), (false)) AS u (u) CROSS JOIN (VALUES (true), (false)) AS d (d)
CROSS JOIN LATERAL iam_who_can(a.action, a.resource, unknown_context => u.u, include_denied => d.d) AS w;
-- with and without those who cannot
(SELECT action, resource, u, principal, decision FROM one_by_one
 EXCEPT SELECT action, resource, u, principal, decision FROM at_once WHERE d)
UNION ALL
(SELECT action, resource, u, principal, decision FROM at_once WHERE d AND principal LIKE 'arn:%'
 EXCEPT SELECT action, resource, u, principal, decision FROM one_by_one);
(SELECT action, resource, u, principal, decision FROM one_by_one WHERE decision >= 'conditional'
 EXCEPT SELECT action, resource, u, principal, decision FROM at_once WHERE NOT d)
UNION ALL
(SELECT action, resource, u, principal, decision FROM at_once WHERE NOT d AND principal LIKE 'arn:%'
 EXCEPT SELECT action, resource, u, principal, decision FROM one_by_one WHERE decision >= 'conditional');
-- every principal once
SELECT action, resource, u, d, principal, kind FROM at_once GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1;
-- conditions are those of the explanation, which names the documents that could not be read
SELECT count(*) AS conditional, count(*) FILTER (WHERE w.conditions IS DISTINCT FROM iam_explain(w.principal, w.action, w.resource, unknown_context => true) -> 'conditions') AS different
FROM at_once AS w WHERE w.u AND NOT w.d AND w.decision = 'conditional' AND w.kind IN ('user', 'role') AND w.conditions::text NOT LIKE '%unreadable%';

-- counted
CREATE TEMPORARY TABLE counted AS
SELECT a.action, a.resource, u.u, d.d, s.*
FROM asked AS a CROSS JOIN (VALUES (true), (false)) AS u (u) CROSS JOIN (VALUES (true), (false)) AS d (d)
CROSS JOIN LATERAL iam_who_can_summary(a.action, a.resource, unknown_context => u.u, include_denied => d.d) AS s;
SELECT count(*) > 100 AS many, sum(principals) = (SELECT count(*) FROM at_once) AS all_of_them FROM counted;
SELECT action, resource, u, d, account_id, kind, decision, conditions, principals FROM counted
EXCEPT SELECT action, resource, u, d, account_id, kind, decision, conditions, count(*) FROM at_once GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
SELECT * FROM iam_who_can_summary('iam:CreateUser', '*') ORDER BY account_id, kind, decision DESC, conditions LIMIT 6;

-- the accounts of principals that cannot matter are not looked at
SELECT DISTINCT account_id FROM iam_who_can('s3:GetObject', 'arn:aws:s3:::shared/k') ORDER BY 1;

-- what the tables hold: accounts, boundaries, policies that are attached and missing
SELECT (SELECT array_agg((a.account_id, a.partition) ORDER BY a.account_id) FROM iam_stored_accounts() AS a) = (SELECT array_agg(DISTINCT (account_id, arn_partition(arn)) ORDER BY (account_id, arn_partition(arn))) FROM iam_identity) AS accounts,
	(SELECT array_agg(b ORDER BY b) FROM iam_stored_boundaries() AS b) = (SELECT array_agg(DISTINCT permissions_boundary ORDER BY permissions_boundary) FILTER (WHERE permissions_boundary IS NOT NULL) FROM iam_identity) AS boundaries;
CREATE FUNCTION pg_temp.missing() RETURNS TABLE (missing bigint, different bigint)
LANGUAGE sql
BEGIN ATOMIC
	WITH plain AS (
		SELECT policy_arn FROM iam_attachment EXCEPT (SELECT arn FROM iam_aws_policy UNION ALL SELECT arn FROM iam_customer_policy))
	SELECT count(*), (SELECT count(*) FROM ((TABLE plain EXCEPT ALL SELECT * FROM iam_missing_policies()) UNION ALL (SELECT * FROM iam_missing_policies() EXCEPT ALL TABLE plain)) AS d)
	FROM plain;
END;
SELECT * FROM pg_temp.missing();
SAVEPOINT fewer;
DELETE FROM iam_aws_policy WHERE arn > 'arn:aws:iam::aws:policy/P';		-- beyond the last
DELETE FROM iam_customer_policy WHERE account_id < '100000000002';		-- before the first
SELECT * FROM pg_temp.missing();
DELETE FROM iam_customer_policy;
DELETE FROM iam_aws_policy WHERE arn <> 'arn:aws:iam::aws:policy/One';
SELECT * FROM pg_temp.missing();
DELETE FROM iam_aws_policy;
SELECT * FROM pg_temp.missing();
ROLLBACK TO fewer;
-- callers of stored identities are those of iam_caller
SELECT count(*) AS identities, count(*) FILTER (WHERE iam_identity_caller(i.arn, i.unique_id, i.permissions_boundary IS NOT NULL, i.tags, l.caller)::text
	IS DISTINCT FROM iam_caller(i.arn::text, iam_identity_facts(i.unique_id, i.permissions_boundary IS NOT NULL, NULL, 'o-classes0001', 'o-classes0001/r-clss/', true, false), i.tags::json)::text) AS different
FROM iam_identity AS i CROSS JOIN (SELECT iam_caller('100000000001', '{"organization_id": "o-classes0001", "organization_path": "o-classes0001/r-clss/", "organization_known": true}')) AS l (caller)
WHERE i.kind <> 'group';
SELECT iam_identity_caller(NULL, NULL, false, NULL, iam_caller('100000000001')) IS NULL AS no_identity,
	iam_identity_caller('arn:aws:iam::100000000001:user/u', 'not an id', false, NULL, iam_caller('100000000001'))::text::json ->> 'facts' AS facts;
-- facts and control policies of many accounts are those of each
SELECT count(*) AS rows, count(*) FILTER (WHERE (f.organization_id, f.organization_path, f.organization_known, f.in_management_account)
	IS DISTINCT FROM (o.organization_id, o.organization_path, o.organization_known, o.in_management_account)) AS different
FROM iam_organization_facts(ARRAY['100000000001', '100000000002', '100000000003', '100000000004', '100000000005', '999999999999']) AS f
CROSS JOIN LATERAL iam_account_organization(f.account_id) AS o;
SELECT t, count(*) FROM unnest('{SERVICE_CONTROL_POLICY,RESOURCE_CONTROL_POLICY}'::text[]) AS t
CROSS JOIN LATERAL iam_organization_control_policies(ARRAY['100000000001', '100000000002', '100000000003', '100000000004', '100000000005'], t) AS p GROUP BY t ORDER BY t;
SELECT t, p.account_id, p.level, p.name, p.policy, p.present FROM unnest('{SERVICE_CONTROL_POLICY,RESOURCE_CONTROL_POLICY}'::text[]) AS t
CROSS JOIN LATERAL iam_organization_control_policies(ARRAY['100000000001', '100000000002', '100000000003', '100000000004', '100000000005'], t) AS p
EXCEPT SELECT t, a.account_id, p.level, p.name, p.policy, p.present FROM unnest('{SERVICE_CONTROL_POLICY,RESOURCE_CONTROL_POLICY}'::text[]) AS t
CROSS JOIN iam_account AS a CROSS JOIN LATERAL iam_control_policies(a.account_id, t) AS p;
ROLLBACK;

-- accounts and what looks at them: each against iam_evaluate (PRIN-2, PRIN-12, EFF-3, BND-3, SCP-1, KMS-6)
BEGIN;
CREATE FUNCTION pg_temp.compare(actions text[], resources text[]) RETURNS TABLE (resource text, principal text, decision iam_decision, one_by_one iam_decision)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT r.resource, w.principal, w.decision, iam_evaluate(w.principal, r.action, r.resource, unknown_context => true)
	FROM unnest(actions, resources) AS r (action, resource)
	CROSS JOIN LATERAL iam_who_can(r.action, r.resource, include_denied => true) AS w
	WHERE w.kind IN ('user', 'role')
	ORDER BY 1, 2;
END;
INSERT INTO iam_identity (account_id, arn, kind, name, unique_id) VALUES
	('100000000001', 'arn:aws:iam::100000000001:user/x', 'user', 'x', 'AIDAEXAMPLE0000000001'), ('100000000003', 'arn:aws:iam::100000000003:user/x', 'user', 'x', NULL),
	('100000000004', 'arn:aws-cn:iam::100000000004:role/r', 'role', 'r', NULL);
INSERT INTO iam_inline_policy
SELECT account_id, arn, 'all', '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}' FROM iam_identity;
INSERT INTO iam_resource (account_id, arn, policy)
SELECT r.account, r.arn::arn, format('{"Version": "2012-10-17", "Statement": {"Effect": "%s", "Principal": {%s}, "Action": ["s3:*", "kms:*"], "Resource": "*"}}', r.effect, r.principal)::iam_policy
FROM (VALUES
	/* an account of another partition than aws */
	('100000000004', 'arn:aws-cn:s3:::denied', 'Deny', '"AWS": "arn:aws-cn:iam::100000000004:root"'),
	('100000000004', 'arn:aws-cn:kms:cn-north-1:100000000004:key/own', 'Allow', '"AWS": "arn:aws-cn:iam::100000000004:root"'),
	('100000000004', 'arn:aws-cn:kms:cn-north-1:100000000004:key/of-aws', 'Allow', '"AWS": "arn:aws:iam::100000000004:root"'),
	/* somebody's canonical id, where those of the accounts are not known */
	('100000000001', 'arn:aws:s3:::allowed', 'Allow', '"CanonicalUser": "' || repeat('2', 64) || '"'),
	('100000000001', 'arn:aws:s3:::denied', 'Deny', '"CanonicalUser": "' || repeat('2', 64) || '"'),
	('100000000001', 'arn:aws:s3:::named', 'Deny', '"AWS": "AIDAEXAMPLE0000000001"')) AS r (account, arn, effect, principal);
SELECT * FROM pg_temp.compare('{s3:GetObject,kms:Decrypt,kms:Decrypt,s3:GetObject,s3:GetObject,s3:GetObject}',
	'{arn:aws-cn:s3:::denied/k,arn:aws-cn:kms:cn-north-1:100000000004:key/own,arn:aws-cn:kms:cn-north-1:100000000004:key/of-aws,arn:aws:s3:::allowed/k,arn:aws:s3:::denied/k,arn:aws:s3:::named/k}');
-- a grant may name a user by its unique id
INSERT INTO iam_identity (account_id, arn, kind, name, unique_id) VALUES ('100000000001', 'arn:aws:iam::100000000001:user/y', 'user', 'y', 'AIDAEXAMPLE0000000002');
INSERT INTO iam_resource (account_id, arn, policy) VALUES ('100000000001', 'arn:aws:kms:us-east-1:100000000001:key/k',
	'{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::100000000001:user/x"}, "Action": "kms:*", "Resource": "*"}}');
INSERT INTO iam_kms_grant (account_id, key_arn, grant_id, grantee_principal, operations) VALUES ('100000000001', 'arn:aws:kms:us-east-1:100000000001:key/k', 'g', 'AIDAEXAMPLE0000000002', '{Decrypt}');
SELECT * FROM pg_temp.compare('{kms:Decrypt}', '{arn:aws:kms:us-east-1:100000000001:key/k}');
-- policies of accounts whose ids, one after the other, read alike
INSERT INTO iam_organization (organization_id, management_account_id, root_id, enabled_policy_types) VALUES ('o-classes0002', '100000000009', 'r-clss', '{SERVICE_CONTROL_POLICY}');
INSERT INTO iam_account (account_id, organization_id, parent_id) SELECT a, 'o-classes0002', 'r-clss' FROM unnest('{100000000001,100000000003}'::text[]) AS a;
INSERT INTO iam_control_policy (policy_id, type, policy)
SELECT id, 'SERVICE_CONTROL_POLICY', format('{"Version": "2012-10-17", "Statement": {"Effect": "%s", "Action": "*", "Resource": "*"}}', effect)::iam_policy
FROM (VALUES ('p-1', 'Allow'), ('p-2', 'Deny'), ('p-1 p-2', 'Allow')) AS p (id, effect);
INSERT INTO iam_control_policy_target VALUES ('p-1', 'r-clss'), ('p-1', '100000000001'), ('p-2', '100000000001'), ('p-1 p-2', '100000000003');
SELECT * FROM pg_temp.compare('{sqs:ListQueues}', '{*}');
-- a group of an export has no boundary, whatever is said of it
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::100000000005:user/u", "GroupList": ["g"], "UserPolicyList": [{"PolicyName": "all", "PolicyDocument":
	{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}],
	"GroupDetailList": [{"Arn": "arn:aws:iam::100000000005:group/g", "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::100000000005:policy/b"}}], "RoleDetailList": [], "Policies": []}');
SELECT * FROM pg_temp.compare('{sqs:ListQueues}', '{*}') WHERE principal LIKE '%:100000000005:%';
-- each principal by itself, and thousands of them
UPDATE iam_account SET organization_id = NULL, parent_id = NULL;
INSERT INTO iam_identity (account_id, arn, kind, name) SELECT '100000000001', format('arn:aws:iam::100000000001:role/many%s', n)::arn, 'role', 'many' || n FROM generate_series(1, 3000) AS n;
INSERT INTO iam_attachment SELECT account_id, arn, 'arn:aws:iam::aws:policy/Missing' FROM iam_identity WHERE name LIKE 'many%';
SELECT decision, sum(principals) FROM iam_who_can_summary('kms:Decrypt', 'arn:aws:kms:us-east-1:100000000001:key/k', include_denied => true) GROUP BY decision ORDER BY decision;
ROLLBACK;
