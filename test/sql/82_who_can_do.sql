--
-- iam_who_can (WHO-1, WHO-2, XACC-1, XACC-2, EFF-3)
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
SELECT count(*) > 0 AS imported FROM iam_import(:'organization');

-- identity policies, groups, boundaries that are missing, SCPs
SELECT * FROM iam_who_can('ec2:RunInstances', '*') ORDER BY account_id, principal, kind;
SELECT principal, decision FROM iam_who_can('s3:DeleteObject', 'arn:aws:s3:::data/k') ORDER BY account_id, principal, kind;
SELECT principal, decision FROM iam_who_can('s3:DeleteObject', 'arn:aws:s3:::data/k', include_denied => true) ORDER BY account_id, principal, kind;
-- a public bucket, which an RCP keeps in the organization
SELECT * FROM iam_who_can('s3:GetObject', 'arn:aws:s3:::data/public/k') ORDER BY account_id, principal, kind;
SELECT principal, kind, decision FROM iam_who_can('s3:GetObject', 'arn:aws:s3:::data/public/k', unknown_context => false) ORDER BY account_id, principal, kind;
-- a policy that could not be read
SELECT principal, decision FROM iam_who_can('s3:GetObject', 'arn:aws:s3:::broken/k') ORDER BY account_id, principal, kind;
-- key policies and grants
SELECT principal, decision FROM iam_who_can('kms:Decrypt', 'arn:aws:kms:us-east-1:111122223333:key/k1') ORDER BY account_id, principal, kind;
-- trust policies: the same as iam_who_can_assume for stored principals
SELECT principal, decision FROM iam_who_can('sts:AssumeRole', 'arn:aws:iam::444455556666:role/target') ORDER BY account_id, principal, kind;
-- patterns
SELECT principal, decision, conditions FROM iam_who_can('s3:GetObject', 'arn:aws:s3:::data/*') WHERE kind = 'user' ORDER BY account_id, principal, kind;

-- whom a resource policy names, in the tables or not
INSERT INTO iam_resource (account_id, arn, policy) VALUES ('111122223333', 'arn:aws:sqs:us-east-1:111122223333:q',
	'{"Version": "2012-10-17", "Statement": [
	{"Effect": "Allow", "Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}, "Action": "sqs:SendMessage", "Resource": "*",
	 "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}}},
	{"Effect": "Allow", "Principal": {"AWS": ["999900001111", "arn:aws:iam::999900002222:role/feeder", "arn:aws:sts::999900002222:assumed-role/job/s1",
	 "arn:aws:iam::444455556666:root", "arn:aws:iam::111122223333:user/carol", "AIDAGONE00000EXAMPLE0"]}, "Action": "sqs:SendMessage", "Resource": "*"},
	{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::999900002222:role/feeder"}, "Action": "sqs:*", "Resource": "*",
	 "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}');
SELECT principal, kind, account_id, decision FROM iam_who_can('sqs:SendMessage', 'arn:aws:sqs:us-east-1:111122223333:q') ORDER BY account_id, principal, kind;
SELECT principal, conditions FROM iam_who_can('sqs:SendMessage', 'arn:aws:sqs:us-east-1:111122223333:q') WHERE kind IN ('service', 'role') AND conditions IS NOT NULL ORDER BY account_id, principal, kind;
-- documents that look at the caller
INSERT INTO iam_inline_policy
SELECT account_id, arn, 'own', '{"Version": "2012-10-17", "Statement": [
	{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "arn:aws:dynamodb:us-east-1:111122223333:table/${aws:username}"},
	{"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "none"}}}]}'
FROM iam_identity WHERE kind = 'user' AND account_id = '111122223333';
SELECT principal, decision FROM iam_who_can('dynamodb:GetItem', 'arn:aws:dynamodb:us-east-1:111122223333:table/carol') ORDER BY account_id, principal, kind;

-- the answers are those of iam_evaluate
CREATE TEMPORARY TABLE asked (action text, resource text);
INSERT INTO asked VALUES ('s3:GetObject', 'arn:aws:s3:::data/public/k'), ('s3:GetObject', 'arn:aws:s3:::data/k'), ('s3:GetObject', 'arn:aws:s3:::data/*'),
	('s3:GetObject', 'arn:aws:s3:::broken/k'), ('ec2:RunInstances', '*'), ('kms:Decrypt', 'arn:aws:kms:us-east-1:111122223333:key/k1'),
	('sts:AssumeRole', 'arn:aws:iam::111122223333:role/Audit'), ('sts:AssumeRole', 'arn:aws:iam::444455556666:role/target'),
	('sts:AssumeRole', 'arn:aws:iam::111122223333:role/*'), ('sts:GetSessionToken', '*'), ('iam:GetPolicy', 'arn:aws:iam::aws:policy/ReadOnlyAccess'),
	('iam:TagRole', 'arn:aws:iam::111122223333:role/team/Deploy'), ('sqs:SendMessage', 'arn:aws:sqs:us-east-1:111122223333:q'),
	('dynamodb:GetItem', 'arn:aws:dynamodb:us-east-1:111122223333:table/carol');
CREATE TEMPORARY TABLE one_by_one AS
SELECT a.action, a.resource, u.u, i.arn::text AS principal, iam_evaluate(i.arn::text, a.action, a.resource, unknown_context => u.u) AS decision
FROM asked AS a CROSS JOIN (VALUES (true), (false)) AS u (u) CROSS JOIN iam_identity AS i WHERE i.kind <> 'group';
SELECT count(*) AS evaluated, count(*) FILTER (WHERE decision >= 'conditional') AS can FROM one_by_one;
SELECT a.action, a.resource, u.u, w.principal, w.decision
FROM asked AS a CROSS JOIN (VALUES (true), (false)) AS u (u) CROSS JOIN LATERAL iam_who_can(a.action, a.resource, unknown_context => u.u, include_denied => true) AS w
WHERE w.principal IN (SELECT o.principal FROM one_by_one AS o)
EXCEPT SELECT action, resource, u, principal, decision FROM one_by_one;
SELECT action, resource, u, principal, decision FROM one_by_one
EXCEPT SELECT a.action, a.resource, u.u, w.principal, w.decision
FROM asked AS a CROSS JOIN (VALUES (true), (false)) AS u (u) CROSS JOIN LATERAL iam_who_can(a.action, a.resource, unknown_context => u.u, include_denied => true) AS w;
SELECT action, resource, u, principal, decision FROM one_by_one WHERE decision >= 'conditional'
EXCEPT SELECT a.action, a.resource, u.u, w.principal, w.decision
FROM asked AS a CROSS JOIN (VALUES (true), (false)) AS u (u) CROSS JOIN LATERAL iam_who_can(a.action, a.resource, unknown_context => u.u) AS w;

-- who owns the bucket has to be known
SELECT * FROM iam_who_can('s3:GetObject', 'arn:aws:s3:::elsewhere/k') ORDER BY account_id, principal, kind;
SELECT principal, decision FROM iam_who_can('s3:GetObject', 'arn:aws:s3:::elsewhere/k', resource_account => '111122223333') ORDER BY account_id, principal, kind;
SELECT principal, decision FROM iam_who_can('s3:GetObject', 'arn:aws:s3:::elsewhere/k', resource_account => '999900001111') ORDER BY account_id, principal, kind;
SELECT * FROM iam_who_can('s3:GetObject', 'arn:aws:s3:::data/k', resource_account => '12') ORDER BY account_id, principal, kind;
SELECT * FROM iam_who_can('GetObject', 'arn:aws:s3:::data/k') ORDER BY account_id, principal, kind;
SELECT count(*) FROM iam_who_can(NULL, NULL);
ROLLBACK;
