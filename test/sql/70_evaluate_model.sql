--
-- iam_evaluate and iam_explain over the tables
--
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/account.json'
\set document `cat :'file'`
\set file :abs_srcdir '/fixtures/import/organization.json'
\set organization `cat :'file'`
\set file :abs_srcdir '/fixtures/import/other-account.json'
\set other `cat :'file'`
BEGIN;
SELECT count(*) > 0 AS imported FROM iam_import(:'document');
SELECT count(*) > 0 AS imported FROM iam_import(:'other');

-- groups (EFF-3), role sessions by name (ARN-12), root, services, anonymous
SELECT p AS principal, a AS action, r AS resource, iam_evaluate(p, a, r)
FROM (VALUES
	('arn:aws:iam::111122223333:user/alice', 'ec2:RunInstances', '*'),
	('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::data/k'),
	('arn:aws:iam::111122223333:user/carol', 's3:PutObject', 'arn:aws:s3:::data/k'),
	('arn:aws:sts::111122223333:assumed-role/Audit/me', 's3:ListBucket', 'arn:aws:s3:::data'),
	('arn:aws:iam::111122223333:role/Audit', 's3:ListBucket', 'arn:aws:s3:::data'),
	('111122223333', 's3:DeleteBucket', 'arn:aws:s3:::data'),
	('arn:aws:iam::111122223333:root', 's3:DeleteBucket', 'arn:aws:s3:::data'),
	('lambda.amazonaws.com', 's3:GetObject', 'arn:aws:s3:::data/k'),
	('anonymous', 's3:GetObject', 'arn:aws:s3:::data/k'),
	('arn:aws:iam::111122223333:user/ops/bob', 's3:GetObject', 'arn:aws:s3:::data/k')) AS q (p, a, r);
-- a typo is an error, not a deny
SELECT iam_evaluate('arn:aws:iam::111122223333:user/Alice', 's3:GetObject', 'arn:aws:s3:::data/k');
SELECT iam_evaluate('arn:aws:iam::111122223333:user/bob', 's3:GetObject', 'arn:aws:s3:::data/k');
SELECT iam_evaluate('arn:aws:sts::111122223333:assumed-role/Nope/s', 's3:GetObject', 'arn:aws:s3:::data/k');
SELECT iam_evaluate('arn:aws:iam::111122223333:role/Nope', 's3:GetObject', 'arn:aws:s3:::data/k');
SELECT iam_evaluate('nonsense', 's3:GetObject', 'arn:aws:s3:::data/k');
SELECT iam_evaluate('arn:aws:iam::111122223333:user/alice', 'GetObject', 'arn:aws:s3:::data/k');
SELECT iam_evaluate('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/k', resource_account => '12');
SELECT iam_evaluate(NULL, 's3:GetObject', 'arn:aws:s3:::data/k') IS NULL AS null_in;
-- a principal of a foreign account: its identity side is unknown
SELECT iam_evaluate('arn:aws:iam::999900001111:user/x', 's3:GetObject', 'arn:aws:s3:::data/k');
SELECT jsonb_pretty(iam_explain('arn:aws:iam::999900001111:user/x', 's3:GetObject', 'arn:aws:s3:::data/k') -> 'assumptions');
SELECT iam_evaluate('arn:aws:sts::111122223333:federated-user/f', 's3:GetObject', 'arn:aws:s3:::data/k');

-- trust policies govern sts:AssumeRole (EVAL-11, STS-2); names of IAM in any letter case
SELECT iam_evaluate('arn:aws:iam::111122223333:user/alice', 'sts:AssumeRole', 'arn:aws:iam::111122223333:role/audit') AS named,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 'sts:AssumeRole', 'arn:aws:iam::111122223333:role/Audit') AS not_named,
	iam_evaluate('arn:aws:iam::111122223333:user/alice', 'sts:AssumeRole', 'arn:aws:iam::111122223333:role/team/Deploy') AS account_and_identity,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 'sts:AssumeRole', 'arn:aws:iam::111122223333:role/team/Deploy') AS account_only,
	iam_evaluate('arn:aws:iam::444455556666:role/hub', 'sts:AssumeRole', 'arn:aws:iam::444455556666:role/target') AS role_named,
	iam_evaluate('arn:aws:iam::111122223333:user/alice', 'sts:AssumeRole', 'arn:aws:iam::444455556666:role/target') AS cross_account,
	iam_evaluate('arn:aws:iam::111122223333:user/alice', 'sts:AssumeRole', 'arn:aws:iam::999900001111:role/x') AS foreign_role,
	iam_evaluate('arn:aws:iam::111122223333:user/alice', 'sts:AssumeRole', 'arn:aws:iam::111122223333:role/nosuch') AS no_role;

-- tags and other facts of stored identities are known, absences included (CTX-17)
INSERT INTO iam_inline_policy VALUES ('111122223333', 'arn:aws:iam::111122223333:user/carol', 'tags',
	'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"core"}}},
	{"Effect":"Allow","Action":"sns:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}},
	{"Effect":"Allow","Action":"iam:TagRole","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/env":"prod"}}},
	{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}},
	{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::data/${aws:username}/*"}]}');
SELECT iam_evaluate('arn:aws:iam::111122223333:user/carol', 'sqs:SendMessage', '*', unknown_context => true) AS tag_known_absent,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 'sns:Publish', '*') AS current_time,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 'sns:Publish', '*', '{"aws:CurrentTime": "2019-01-01T00:00:00Z"}') AS other_time,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 'iam:TagRole', 'arn:aws:iam::111122223333:role/team/Deploy') AS role_tag,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 'iam:TagRole', 'arn:aws:iam::111122223333:role/Audit', unknown_context => true) AS no_role_tag,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 'ec2:RunInstances', '*', unknown_context => true) AS organization_unknown,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 'ec2:RunInstances', '*') AS organization_absent,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 's3:DeleteObject', 'arn:aws:s3:::data/carol/x') AS username;

-- with the organization: SCP levels, RCPs, organization keys; resources
SELECT count(*) > 0 AS imported FROM iam_import(:'organization');
SELECT level, target_id, complete FROM iam_account_levels('111122223333') ORDER BY level;
SELECT * FROM iam_account_organization('111122223333');
SELECT * FROM iam_account_organization('123456789012');
SELECT * FROM iam_account_organization('444455556666');
SELECT level, name, present FROM iam_control_policies('111122223333', 'SERVICE_CONTROL_POLICY') ORDER BY 1, 2;
SELECT level, name, present FROM iam_control_policies('111122223333', 'RESOURCE_CONTROL_POLICY') ORDER BY 1, 2;
SELECT iam_evaluate('arn:aws:iam::111122223333:user/alice', 's3:DeleteObject', 'arn:aws:s3:::data/k') AS scp_denies,
	iam_evaluate('arn:aws:iam::111122223333:root', 's3:DeleteObject', 'arn:aws:s3:::data/k') AS root_too,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 'ec2:RunInstances', '*') AS organization_key,
	iam_evaluate('anonymous', 's3:GetObject', 'arn:aws:s3:::data/public/k') AS rcp_stops_anonymous,
	iam_evaluate('arn:aws:iam::444455556666:role/hub', 's3:GetObject', 'arn:aws:s3:::data/public/k') AS rcp_stops_foreign,
	iam_evaluate('arn:aws:iam::111122223333:role/team/Deploy', 's3:GetObject', 'arn:aws:s3:::data/public/k') AS bucket_policy,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::broken/k') AS unreadable_bucket_policy,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 'kms:Decrypt', 'arn:aws:kms:us-east-1:111122223333:key/k1') AS kms_grant,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 'kms:DescribeKey', 'arn:aws:kms:us-east-1:111122223333:key/k1') AS no_grant;
-- an empty level denies everything below it (SCP-2), an enabled type without policies is unknown
SAVEPOINT s;
DELETE FROM iam_control_policy_target WHERE target_id = 'ou-abcd-11111111';
SELECT iam_evaluate('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/k') AS empty_level;
DELETE FROM iam_control_policy_target;
SELECT iam_evaluate('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/k') AS not_exported;
UPDATE iam_organization SET enabled_policy_types = '{}';
SELECT iam_evaluate('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/k') AS not_enabled;
ROLLBACK TO s;
-- the unit above is not known: neither is what it says
UPDATE iam_account SET parent_id = NULL WHERE account_id = '111122223333';
SELECT iam_evaluate('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/k') AS chain_broken;
ROLLBACK TO s;
-- the management account is exempt (SCP-5)
UPDATE iam_organization SET management_account_id = '111122223333';
SELECT iam_evaluate('arn:aws:iam::111122223333:user/alice', 's3:DeleteObject', 'arn:aws:s3:::data/k') AS management;
ROLLBACK TO s;

-- patterns ask about everything they match
SELECT iam_evaluate('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::data/*') AS covered,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::da*/k') AS several_buckets,
	iam_evaluate('arn:aws:iam::111122223333:user/alice', 'sts:AssumeRole', 'arn:aws:iam::111122223333:role/*') AS several_roles,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::data/a${*}') AS literal_star;

-- who owns the resource
SELECT iam_explain('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::elsewhere/k') -> 'assumptions' AS assumptions;
SELECT iam_evaluate('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::elsewhere/k') AS own,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::elsewhere/k', resource_account => '999900001111') AS foreign_bucket;

-- the explanation agrees with the verdict
SELECT bool_and(iam_evaluate(i.arn::text, q.a, q.r)::text = iam_explain(i.arn::text, q.a, q.r) ->> 'decision') AS same, count(*)
FROM iam_identity AS i
CROSS JOIN (VALUES ('s3:GetObject', 'arn:aws:s3:::data/k'), ('sts:AssumeRole', 'arn:aws:iam::111122223333:role/Audit'), ('ec2:RunInstances', '*')) AS q (a, r)
WHERE i.kind <> 'group';
SELECT m ->> 'kind' AS kind, m ->> 'policy' AS policy, m ->> 'effect' AS effect
FROM jsonb_array_elements(iam_explain('arn:aws:iam::111122223333:user/alice', 's3:DeleteObject', 'arn:aws:s3:::data/k') -> 'matched_statements') AS m
ORDER BY 1, 2, 3;

-- what-if: changes in a transaction are seen at once
DELETE FROM iam_group_member WHERE user_arn = 'arn:aws:iam::111122223333:user/alice';
SELECT iam_evaluate('arn:aws:iam::111122223333:user/alice', 'ec2:RunInstances', '*');
ROLLBACK;
