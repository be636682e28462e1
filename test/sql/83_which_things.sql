--
-- iam_which_resources, iam_which_actions
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
SET jit = off;
BEGIN;
SELECT count(*) > 0 AS imported FROM iam_import(:'document');
SELECT count(*) > 0 AS imported FROM iam_import(:'other');
SELECT count(*) > 0 AS imported FROM iam_import(:'organization');

-- objects are asked about as the whole of a bucket
SELECT * FROM iam_which_resources('arn:aws:iam::111122223333:user/carol', 's3:GetObject');
SELECT * FROM iam_which_resources('arn:aws:iam::444455556666:role/hub', 's3:GetObject', include_denied => true);
SELECT * FROM iam_which_resources('arn:aws:iam::111122223333:role/Audit', 's3:ListBucket');
SELECT * FROM iam_which_resources('arn:aws:iam::111122223333:user/carol', 'kms:Decrypt');
-- identities and policies for actions of IAM
SELECT resource, kind, decision FROM iam_which_resources('arn:aws:iam::111122223333:user/alice', 'sts:AssumeRole');
SELECT kind, decision, count(*) FROM iam_which_resources('111122223333', 'iam:GetUser', include_denied => true) GROUP BY 1, 2 ORDER BY 1, 2;
SELECT kind, count(*) FROM iam_which_resources('111122223333', 'iam:GetPolicy') GROUP BY 1;
-- without resource-level permissions
SELECT * FROM iam_which_resources('111122223333', 'iam:ListUsers');
-- an action the catalogue does not know: all resources of the service
SELECT resource, decision FROM iam_which_resources('111122223333', 's3:NoSuchAction');
-- of one account
SELECT count(*) FROM iam_which_resources('arn:aws:iam::111122223333:user/alice', 'sts:AssumeRole', resource_account => '444455556666');

SELECT action, access_level, decision FROM iam_which_actions('arn:aws:iam::111122223333:user/carol', 'arn:aws:s3:::data/k') WHERE access_level = 'Read' LIMIT 5;
SELECT action FROM iam_which_actions('arn:aws:iam::111122223333:user/alice', 'arn:aws:iam::111122223333:role/Audit') WHERE action LIKE 'sts:%';
SELECT action, decision FROM iam_which_actions('arn:aws:iam::111122223333:user/carol', 'arn:aws:kms:us-east-1:111122223333:key/k1');
-- a bucket is no object, an object no bucket
SELECT bool_or(action = 's3:GetObject') AS objects, bool_or(action = 's3:ListBucket') AS buckets FROM iam_which_actions('111122223333', 'arn:aws:s3:::data');
SELECT bool_or(action = 's3:GetObject') AS objects, bool_or(action = 's3:ListBucket') AS buckets FROM iam_which_actions('111122223333', 'arn:aws:s3:::data/k');
SELECT count(*) > 1000 AS many, bool_or(action = 'iam:ListUsers') AS list_users, bool_or(action = 's3:GetObject') AS objects FROM iam_which_actions('arn:aws:iam::111122223333:user/alice', '*');

-- the answers are those of iam_evaluate
SELECT count(*) AS evaluated, count(*) FILTER (WHERE w.decision >= 'conditional') AS can,
	count(*) FILTER (WHERE w.decision <> iam_evaluate(i.arn::text, a.a, w.resource, unknown_context => u.u)) AS different
FROM iam_identity AS i
CROSS JOIN (VALUES ('iam:TagRole'), ('iam:GetUser'), ('s3:GetObject'), ('kms:Decrypt'), ('s3:ListBucket'), ('sts:AssumeRole')) AS a (a)
CROSS JOIN (VALUES (true), (false)) AS u (u)
CROSS JOIN LATERAL iam_which_resources(i.arn::text, a.a, unknown_context => u.u, include_denied => true) AS w
WHERE i.kind <> 'group';
SELECT count(*) AS evaluated, count(*) FILTER (WHERE w.decision >= 'conditional') > 0 AS some,
	count(*) FILTER (WHERE w.decision <> iam_evaluate(i.arn::text, w.action, r.r, unknown_context => u.u)) AS different
FROM iam_identity AS i
CROSS JOIN (VALUES ('arn:aws:s3:::data/k'), ('arn:aws:iam::111122223333:role/Audit'), ('arn:aws:kms:us-east-1:111122223333:key/k1'), ('*')) AS r (r)
CROSS JOIN (VALUES (true), (false)) AS u (u)
CROSS JOIN LATERAL iam_which_actions(i.arn::text, r.r, unknown_context => u.u, include_denied => true) AS w
WHERE i.kind <> 'group' AND (r.r <> '*' AND md5(w.action) < '2' OR md5(w.action) < '008');

SELECT * FROM iam_which_resources('arn:aws:iam::111122223333:user/nosuch', 's3:GetObject');
SELECT * FROM iam_which_resources('111122223333', 'GetObject');
SELECT * FROM iam_which_resources('111122223333', 's3:GetObject', resource_account => '12');
SELECT * FROM iam_which_actions('111122223333', 'arn:aws:s3:::data', resource_account => '12');
SELECT count(*) FROM iam_which_resources(NULL, NULL);
SELECT count(*) FROM iam_which_actions(NULL, NULL);
ROLLBACK;
