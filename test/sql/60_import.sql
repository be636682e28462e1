--
-- iam_import: account authorization details (GAAD-1 to GAAD-6)
--
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/account.json'
\set document `cat :'file'`
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';
BEGIN;
SELECT * FROM iam_import(:'document');

SELECT account_id, arn, kind, name, path, unique_id, tags FROM iam_identity ORDER BY arn;
SELECT arn, permissions_boundary, created_at, last_used_at, last_used_region FROM iam_identity ORDER BY arn;
-- GroupList holds names, of any letter case
SELECT group_arn, user_arn FROM iam_group_member ORDER BY user_arn, group_arn;
SELECT identity_arn, policy_arn FROM iam_attachment ORDER BY identity_arn, policy_arn;
-- object, text and percent-encoded documents; a plus sign stays one (GAAD-5)
SELECT identity_arn, name, policy FROM iam_inline_policy ORDER BY identity_arn, name;
SELECT role_arn, policy FROM iam_trust ORDER BY role_arn;
SELECT arn, name, unique_id, role_arn, created_at FROM iam_instance_profile;
-- the default version is in force, all are kept (GAAD-4)
SELECT arn, default_version_id, is_attachable, updated_at, policy FROM iam_customer_policy;
SELECT arn, default_version_id, updated_at, policy FROM iam_aws_policy;
SELECT account_id, arn, version_id, is_default, policy FROM iam_managed_policy_version ORDER BY arn, version_id;
SELECT * FROM iam_account;
SELECT * FROM iam_import_problem;

-- the answers: a missing boundary document is unknown, neither allow nor deny
SELECT iam_evaluate('arn:aws:iam::111122223333:user/alice', 'ec2:RunInstances', '*') AS by_group,
	iam_evaluate('arn:aws:iam::111122223333:user/ops/bob', 's3:GetObject', 'arn:aws:s3:::data/k') AS boundary_missing,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::data/k') AS allowed,
	iam_evaluate('arn:aws:iam::111122223333:user/carol', 's3:PutObject', 'arn:aws:s3:::data/k') AS old_version_does_not_count,
	iam_evaluate('arn:aws:sts::111122223333:assumed-role/deploy/s1', 's3:GetObject', 'arn:aws:s3:::b/a+b cé') AS encoded;
ROLLBACK;
