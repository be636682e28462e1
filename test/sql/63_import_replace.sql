--
-- iam_import: importing again makes the stored state equal to the new document
--
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/account.json'
\set document `cat :'file'`
\set file :abs_srcdir '/fixtures/import/other-account.json'
\set other `cat :'file'`
BEGIN;
CREATE FUNCTION pg_temp.state() RETURNS TABLE (relation text, line text) LANGUAGE sql AS $$
	SELECT 'identity', t::text FROM iam_identity t UNION ALL SELECT 'member', t::text FROM iam_group_member t
	UNION ALL SELECT 'customer', t::text FROM iam_customer_policy t UNION ALL SELECT 'aws', t::text FROM iam_aws_policy t
	UNION ALL SELECT 'version', t::text FROM iam_managed_policy_version t UNION ALL SELECT 'inline', t::text FROM iam_inline_policy t
	UNION ALL SELECT 'attachment', t::text FROM iam_attachment t UNION ALL SELECT 'trust', t::text FROM iam_trust t
	UNION ALL SELECT 'profile', t::text FROM iam_instance_profile t UNION ALL SELECT 'account', t::text FROM iam_account t
	UNION ALL SELECT 'problem', t::text FROM iam_import_problem t
$$;
SELECT count(*) FROM iam_import(:'document');
CREATE TEMP TABLE first_state ON COMMIT DROP AS SELECT * FROM pg_temp.state();
SELECT count(*) > 20 AS something FROM first_state;
-- twice the same: the same state
SELECT * FROM iam_import(:'document');
(SELECT * FROM first_state EXCEPT ALL SELECT * FROM pg_temp.state()) UNION ALL (SELECT * FROM pg_temp.state() EXCEPT ALL SELECT * FROM first_state);

-- an absent and an empty list say nothing
SELECT * FROM iam_import('{"UserDetailList": [], "RoleDetailList": null}', '111122223333');
(SELECT * FROM first_state EXCEPT ALL SELECT * FROM pg_temp.state()) UNION ALL (SELECT * FROM pg_temp.state() EXCEPT ALL SELECT * FROM first_state);

-- another account's import leaves this one alone
SELECT count(*) FROM iam_import(:'other');
SELECT count(*) FROM (SELECT * FROM first_state EXCEPT ALL SELECT * FROM pg_temp.state()) AS x;

-- a truncated page adds and updates: its objects are complete, other objects stay
SAVEPOINT s;
SELECT * FROM iam_import('{"IsTruncated": true, "UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/carol", "GroupList": ["admins"]}, {"Arn": "arn:aws:iam::111122223333:user/eve"}]}');
SELECT arn FROM iam_identity WHERE account_id = '111122223333' AND kind = 'user' ORDER BY arn;
SELECT group_arn FROM iam_group_member WHERE user_arn = 'arn:aws:iam::111122223333:user/carol';
SELECT count(*) AS attachments FROM iam_attachment WHERE identity_arn = 'arn:aws:iam::111122223333:user/carol';
ROLLBACK TO s;

-- a complete list replaces its kind and no other
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/ops/bob", "UserPolicyList": []}]}');
SELECT arn, permissions_boundary FROM iam_identity WHERE account_id = '111122223333' ORDER BY arn;
SELECT (SELECT count(*) FROM iam_inline_policy WHERE account_id = '111122223333') AS inline, (SELECT count(*) FROM iam_group_member) AS members;
ROLLBACK TO s;
-- a role list without the role: its trust policy and instance profile go too
SELECT * FROM iam_import('{"RoleDetailList": [{"Arn": "arn:aws:iam::111122223333:role/Audit", "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}}]}');
SELECT (SELECT count(*) FROM iam_trust WHERE account_id = '111122223333') AS trusts, (SELECT count(*) FROM iam_instance_profile) AS profiles;
ROLLBACK TO s;
-- policies: customer policies are replaced only by a list that has some
SELECT * FROM iam_import('{"Policies": [{"Arn": "arn:aws:iam::aws:policy/Other", "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "Document": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}]}', '111122223333');
SELECT arn FROM iam_managed_policy ORDER BY arn;
SELECT * FROM iam_import('{"Policies": [{"Arn": "arn:aws:iam::111122223333:policy/New", "PolicyVersionList": [{"VersionId": "v7", "IsDefaultVersion": true, "Document": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}]}');
SELECT arn, default_version_id FROM iam_managed_policy ORDER BY arn;
SELECT arn, version_id, is_default FROM iam_managed_policy_version WHERE account_id <> 'aws';
ROLLBACK TO s;
-- the newest AWS managed policy wins, whichever import brings it
SELECT count(*) FROM iam_import('{"Policies": [{"Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "DefaultVersionId": "v80", "UpdateDate": "2021-01-01T00:00:00Z", "PolicyVersionList": [{"VersionId": "v80", "Document": {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}}]}]}', '444455556666');
SELECT default_version_id, updated_at IS NOT NULL AS dated, policy FROM iam_aws_policy;
SELECT version_id, is_default FROM iam_managed_policy_version WHERE account_id = 'aws' ORDER BY 1;
SELECT count(*) FROM iam_import('{"Policies": [{"Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "DefaultVersionId": "v91", "UpdateDate": "2024-01-01T00:00:00Z", "PolicyVersionList": [{"VersionId": "v91", "Document": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}]}]}', '444455556666');
SELECT default_version_id, policy FROM iam_aws_policy;
SELECT version_id, is_default FROM iam_managed_policy_version WHERE account_id = 'aws' ORDER BY 1;
ROLLBACK TO s;
-- what would change nothing, or is older, is not even locked: imports of other accounts need not wait
CREATE FUNCTION pg_temp.shared(version text, updated text, document text) RETURNS json LANGUAGE sql AS $$
	SELECT json_build_object('Policies', json_build_array(json_build_object('Arn', 'arn:aws:iam::aws:policy/Shared', 'DefaultVersionId', version,
		'UpdateDate', updated, 'PolicyVersionList', json_build_array(json_build_object('VersionId', version, 'Document', document))))) $$;
SELECT count(*) FROM iam_import(pg_temp.shared('v2', '2024-01-01', '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'), '444455556666');
SELECT count(*) FROM iam_import(pg_temp.shared('v2', '2024-01-01', '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'), '777788889999');
SELECT count(*) FROM iam_import(pg_temp.shared('v2', '2023-01-01', 'x'), '777788889999');
SELECT w.default_version_id, w.policy IS NOT NULL AS read, w.xmax = '0' AS free, v.xmax = '0' AS version_free
FROM iam_aws_policy AS w JOIN iam_managed_policy_version AS v ON v.account_id = 'aws' AND v.arn = w.arn WHERE w.name = 'Shared';
-- of the same age it is one that could be read
SELECT count(*) FROM iam_import(pg_temp.shared('v3', '2024-06-01', 'x'), '777788889999');
SELECT default_version_id, policy FROM iam_aws_policy WHERE name = 'Shared';
SELECT count(*) FROM iam_import(pg_temp.shared('v3', '2024-06-01', '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'), '444455556666');
SELECT count(*) FROM iam_import(pg_temp.shared('v3', '2024-06-01', 'x'), '777788889999');
SELECT default_version_id, policy FROM iam_aws_policy WHERE name = 'Shared';
SELECT version_id, is_default, policy FROM iam_managed_policy_version WHERE account_id = 'aws' AND arn = 'arn:aws:iam::aws:policy/Shared' ORDER BY 1;
SELECT account_id, object_name, message FROM iam_import_problem WHERE object_arn = 'arn:aws:iam::aws:policy/Shared' ORDER BY 1, 2;
ROLLBACK TO s;
-- a name that moved to another path: the old ARN cannot be there any more
SELECT * FROM iam_import('{"IsTruncated": true, "UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/moved/Alice"}]}');
SELECT arn FROM iam_identity WHERE account_id = '111122223333' AND kind = 'user' ORDER BY arn;
ROLLBACK TO s;
-- replace says otherwise
SELECT * FROM iam_import('{"IsTruncated": true, "UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/alice"}]}', replace => true);
SELECT kind, count(*) FROM iam_identity WHERE account_id = '111122223333' GROUP BY kind;
SELECT (SELECT count(*) FROM iam_customer_policy) AS customer, (SELECT count(*) FROM iam_aws_policy) AS aws;
ROLLBACK TO s;
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/alice"}]}', replace => false);
SELECT count(*) FROM iam_identity WHERE account_id = '111122223333' AND kind = 'user';
ROLLBACK;

-- not for everybody
SELECT has_function_privilege('public', 'iam_import(json, text, boolean, text)', 'EXECUTE') AS public_may_import;
