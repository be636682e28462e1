--
-- iam_effective_permissions (EFF-1, EFF-3)
--
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/account.json'
\set document `cat :'file'`
SET jit = off;
BEGIN;
SELECT count(*) > 0 AS imported FROM iam_import(:'document');
DELETE FROM iam_attachment;
DELETE FROM iam_group_member;
DELETE FROM iam_inline_policy;
CREATE TEMPORARY VIEW carol AS
SELECT action, access_level, resource_pattern, except_patterns, decision, conditions, granted_by FROM iam_effective_permissions('arn:aws:iam::111122223333:user/carol');
SELECT * FROM carol;

INSERT INTO iam_inline_policy VALUES ('111122223333', 'arn:aws:iam::111122223333:user/carol', 'allow', '{"Version": "2012-10-17", "Statement": [
	{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::a*/*", "arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::b"]},
	{"Effect": "Allow", "Action": "sqs:SendMessage", "NotResource": "arn:aws:sqs:*:*:private*"},
	{"Effect": "Allow", "Action": ["ec2:StopInstances", "ec2:DescribeInstances", "kms:Decrypt", "no-such:Thing", "no-such:Get*"], "Resource": "*"},
	{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}');
SELECT * FROM carol;
-- what Deny takes away; under a condition it stays (EFF-1)
INSERT INTO iam_inline_policy VALUES ('111122223333', 'arn:aws:iam::111122223333:user/carol', 'deny', '{"Version": "2012-10-17", "Statement": [
	{"Effect": "Deny", "Action": "s3:*Object", "Resource": ["arn:aws:s3:::a-secret/*", "arn:aws:s3:::other/*"]},
	{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::a-half/*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}},
	{"Effect": "Deny", "Action": "ec2:Stop*", "NotResource": ["arn:aws:ec2:us-east-1:*:instance/*", "arn:aws:ec2:eu-*:*:instance/*"]},
	{"Effect": "Deny", "Action": ["kms:*", "no-such:Thing"], "Resource": "*"}]}');
SELECT action, resource_pattern, except_patterns, decision, conditions FROM carol;
SELECT action, decision FROM iam_effective_permissions('arn:aws:iam::111122223333:user/carol', '{"aws:MultiFactorAuthPresent": "true", "aws:SecureTransport": "true"}') WHERE action IN ('s3:PutObject', 'sns:Publish');
SELECT action, decision FROM iam_effective_permissions('arn:aws:iam::111122223333:user/carol', include_denied => true) WHERE action LIKE 'kms:%';
SELECT action, decision FROM iam_effective_permissions('arn:aws:iam::111122223333:user/carol', unknown_context => false) WHERE action IN ('s3:PutObject', 'sns:Publish');
-- a boundary leaves of a pattern what both allow
INSERT INTO iam_customer_policy (account_id, arn, name, policy) VALUES ('111122223333', 'arn:aws:iam::111122223333:policy/limit', 'limit', '{"Version": "2012-10-17", "Statement": [
	{"Effect": "Allow", "Action": "s3:Get*", "Resource": ["arn:aws:s3:::a1/*", "arn:aws:s3:::*/public"]},
	{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}');
UPDATE iam_identity SET permissions_boundary = 'arn:aws:iam::111122223333:policy/limit' WHERE arn = 'arn:aws:iam::111122223333:user/carol';
SELECT action, resource_pattern, except_patterns, decision, conditions FROM carol;
-- an SCP
INSERT INTO iam_organization (organization_id, root_id, enabled_policy_types) VALUES ('o-abcdefghij', 'r-abcd', '{SERVICE_CONTROL_POLICY}');
UPDATE iam_account SET organization_id = 'o-abcdefghij', parent_id = 'r-abcd';
INSERT INTO iam_account (account_id, organization_id, parent_id) VALUES ('111122223333', 'o-abcdefghij', 'r-abcd') ON CONFLICT DO NOTHING;
INSERT INTO iam_control_policy_target VALUES ('p-FullAWSAccess', 'r-abcd'), ('p-FullAWSAccess', '111122223333'), ('p-region', 'r-abcd');
INSERT INTO iam_control_policy (policy_id, type, policy) VALUES ('p-region', 'SERVICE_CONTROL_POLICY',
	'{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "sqs:*", "Resource": "arn:aws:sqs:us-*:*:*"}}');
SELECT action, resource_pattern, except_patterns, decision, conditions FROM carol WHERE action LIKE 'sqs:%';
-- a policy that is missing or could not be read, a boundary too
INSERT INTO iam_attachment VALUES ('111122223333', 'arn:aws:iam::111122223333:user/carol', 'arn:aws:iam::111122223333:policy/gone');
SELECT * FROM carol WHERE action = '*';
SELECT iam_evaluate('arn:aws:iam::111122223333:user/carol', 'sqs:DeleteQueue', 'arn:aws:sqs:eu-west-1:111122223333:q');
DELETE FROM iam_attachment;
-- administrators, NotAction
UPDATE iam_identity SET permissions_boundary = NULL WHERE arn = 'arn:aws:iam::111122223333:user/carol';
DELETE FROM iam_inline_policy;
INSERT INTO iam_inline_policy VALUES ('111122223333', 'arn:aws:iam::111122223333:user/carol', 'most',
	'{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": ["iam:*", "kms:*"], "Resource": "*"}}');
SELECT count(*) = (SELECT count(*) FROM iam_action WHERE service NOT IN ('iam', 'kms')) AS everything_else, array_agg(DISTINCT granted_by) FROM carol;
SELECT action, resource_pattern, except_patterns, decision FROM carol WHERE action IN ('s3:GetObject', 'sts:AssumeRole', 'sqs:SendMessage', 'ec2:DescribeInstances');

SELECT * FROM iam_effective_permissions('arn:aws:iam::111122223333:user/nosuch');
SELECT * FROM iam_effective_permissions('111122223333');
SELECT count(*) FROM iam_effective_permissions(NULL);
ROLLBACK;

-- two patterns that overlap are narrowed to what both match
BEGIN;
INSERT INTO iam_identity (account_id, arn, kind, name, path) VALUES ('999988887777', 'arn:aws:iam::999988887777:user/narrow', 'user', 'narrow', '/');
INSERT INTO iam_inline_policy (account_id, identity_arn, name, policy) VALUES ('999988887777', 'arn:aws:iam::999988887777:user/narrow', 'p',
	'{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::team-*/*"}}');
INSERT INTO iam_customer_policy (account_id, arn, name, path, policy) VALUES ('999988887777', 'arn:aws:iam::999988887777:policy/limit', 'limit', '/',
	'{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::*/public"}}');
UPDATE iam_identity SET permissions_boundary = 'arn:aws:iam::999988887777:policy/limit' WHERE account_id = '999988887777';
SELECT action, resource_pattern, except_patterns, decision, conditions FROM iam_effective_permissions('arn:aws:iam::999988887777:user/narrow');
ROLLBACK;
SELECT iam_arn_pattern_intersection('arn:aws:s3:::*ab', 'arn:aws:s3:::ba*'), iam_arn_pattern_intersection('arn:aws:s3:::a*', 'arn:aws:s3:::b*'),
	   iam_arn_pattern_intersection('arn:aws:s3:::${aws:username}/*', 'arn:aws:s3:::b*') IS NULL AS variable;
