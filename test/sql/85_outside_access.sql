--
-- iam_cross_account_access, iam_public_access (EFF-2, WHO-2)
--
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/trusts.json'
\set trusts `cat :'file'`
\set file :abs_srcdir '/fixtures/import/organization.json'
\set organization `cat :'file'`
\set file :abs_srcdir '/fixtures/import/other-account.json'
\set other `cat :'file'`
BEGIN;
SELECT count(*) > 0 AS imported FROM iam_import(:'trusts');
SELECT count(*) > 0 AS imported FROM iam_import(:'other');
INSERT INTO iam_resource (account_id, arn, policy) VALUES
	('444455556666', 'arn:aws:s3:::shared', '{"Version": "2012-10-17", "Statement": [
		{"Sid": "Org", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}},
		{"Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": ["111122223333", "444455556666"]}, "Action": ["s3:Get*", "s3:List*"], "Resource": "*"},
		{"Sid": "Canonical", "Effect": "Allow", "Principal": {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}, "NotAction": "s3:Put*", "Resource": "*"},
		{"Sid": "Delivery", "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "*"}]}'),
	('444455556666', 'arn:aws:sns:us-east-1:444455556666:t', '{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "sns:Publish", "Resource": "*"},
		{"Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}'),
	('444455556666', 'arn:aws:s3:::open', '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": "*"}}');
SELECT resource_arn, kind, ordinal, sid, principal, principal_account, outside_organization AS outside, actions, conditions, decision
FROM iam_cross_account_access ORDER BY resource_arn COLLATE "C", ordinal, principal COLLATE "C";
SELECT resource_arn, ordinal, sid, actions, conditions, decision FROM iam_public_access ORDER BY resource_arn COLLATE "C", ordinal;
-- Block Public Access; the organization; an RCP above
UPDATE iam_resource SET public_access_block = '{"RestrictPublicBuckets": true}' WHERE arn = 'arn:aws:s3:::open';
SELECT decision FROM iam_public_access WHERE resource_arn = 'arn:aws:s3:::open';
SELECT count(*) > 0 AS imported FROM iam_import(:'organization');
SELECT resource_arn, principal, outside_organization AS outside, decision FROM iam_cross_account_access
WHERE account_id = '111122223333' ORDER BY resource_arn COLLATE "C", ordinal, principal COLLATE "C";
-- the rights and row security of whoever asks
SELECT relname, reloptions FROM pg_class WHERE relname IN ('iam_cross_account_access', 'iam_public_access', 'iam_resource_grant') ORDER BY 1;
ROLLBACK;
