--
-- iam_import: pages, the forms of documents and dates, organization and resources
--
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/pages.json'
\set pages `cat :'file'`
\set file :abs_srcdir '/fixtures/import/organization.json'
\set organization `cat :'file'`
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';

-- percent-encoding: %XX only, UTF-8
SELECT iam_percent_decode('%7B%22a+b%22%3a%20%22%C3%A9\n%2541%22%7d');
SELECT iam_percent_decode('');
SELECT iam_percent_decode('100%');
SELECT iam_percent_decode('%zz');
SELECT iam_percent_decode('%FF');
SELECT iam_percent_decode('%00');

-- dates of every client; what is none is NULL, never an error
SELECT value, iam_import_timestamp(value::json) FROM unnest(ARRAY[
	'"2022-08-07 12:55:43+00:00"', '"2022-08-07T12:55:43+00:00"', '"2022-08-07T12:55:43Z"', '"2022-08-07T12:55:43.250+02:00"',
	'"2022-08-07T12:55:43-0530"', '"2022-08-07"', '"2022-08-07T12:55"', '1659876943', '1659876943.5', '"1659876943"',
	'"2024-02-29T00:00:00Z"', '"2023-02-29T00:00:00Z"', '"2022-13-01"', '"2022-08-07T24:00:00Z"', '"2022-08-07T12:60:00Z"',
	'"0000-01-01"', '"yesterday"', '""', 'null', 'true', '{}', '-1', '1e300', '99999999999999999999']) AS value;

-- members and elements: what the server's own functions find, and where
SELECT * FROM iam_import_members(ARRAY['{"a": 1, "\u0062\"": [], "a": {"x]}": "\\\\"}, "": null}', NULL, ' [ "]\"," , true , [{}] ] ', '7', '{}', '[]']::json[]);
SELECT * FROM iam_import_members(ARRAY['{"a": 1, "b": "2", "c": 3.0}', '[4]', '{"a": 5}']::json[], ARRAY['c', 'a', 'z'], ARRAY['$.x', '$[1]']);
SELECT * FROM iam_import_members(NULL);
WITH container (value) AS (
	SELECT :'organization'::json UNION ALL SELECT :'pages'::json
	UNION ALL SELECT e.value FROM json_array_elements(:'pages'::json) AS e
	UNION ALL SELECT e.value FROM json_each(:'organization'::json) AS e
	UNION ALL SELECT format('{%s}', string_agg(format('"k%s": %s', n % 40, n), ',' ORDER BY n))::json FROM generate_series(1, 50) AS n)
SELECT count(*) > 10 AS something, count(*) FILTER (WHERE fast IS DISTINCT FROM slow) AS differences
FROM (SELECT (SELECT array_agg((m.ordinal, m.key, m.type, m.value::text, m.repeated) ORDER BY m.ordinal) FROM iam_import_members(ARRAY[c.value]) AS m),
			 (SELECT array_agg(((e.n - 1)::integer, e.key, json_typeof(e.value), e.value::text, e.key IS NOT NULL AND e.nth > 1) ORDER BY e.n)
			  FROM (SELECT o.key, o.value, o.n, row_number() OVER (PARTITION BY o.key ORDER BY o.n) FROM json_each(
						CASE json_typeof(c.value) WHEN 'object' THEN c.value END) WITH ORDINALITY AS o (key, value, n)
					UNION ALL
					SELECT NULL, a.value, a.n, 1 FROM json_array_elements(
						CASE json_typeof(c.value) WHEN 'array' THEN c.value END) WITH ORDINALITY AS a (value, n)) AS e (key, value, n, nth))
	  FROM container AS c) AS x (fast, slow);

BEGIN;
-- pages: the last page with an object has it, groups may come after their members
SELECT * FROM iam_import(:'pages');
SELECT arn, path, created_at FROM iam_identity ORDER BY arn;
SELECT group_arn, user_arn FROM iam_group_member;
ROLLBACK;

BEGIN;
-- the same pages one by one: a truncated page only adds
SELECT * FROM iam_import((:'pages'::json) -> 0);
SELECT group_arn, user_arn FROM iam_group_member;
SELECT iam_evaluate('arn:aws:iam::777788889999:user/dave', 'ec2:RunInstances', '*') AS group_not_known_yet;
SELECT * FROM iam_import((:'pages'::json) -> 1);
SELECT group_arn, user_arn FROM iam_group_member;
SELECT iam_evaluate('arn:aws:iam::777788889999:user/dave', 'ec2:RunInstances', '*') AS group_known;
ROLLBACK;

BEGIN;
-- an export of two accounts is taken account by account
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a"}, {"Arn": "arn:aws:iam::222222222222:user/p/b"}]}');
SELECT account_id, arn, name, path FROM iam_identity ORDER BY arn;
-- nothing that names an account
SELECT * FROM iam_import('{"UserDetailList": [], "Policies": []}');
SELECT * FROM iam_import('{"UserDetailList": [], "Policies": []}', '333333333333');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a"}]}', '333333333333');
SELECT * FROM iam_import('{"UserDetailList": []}', '42');
ROLLBACK;

BEGIN;
-- organization and resources
SELECT * FROM iam_import(:'organization');
SELECT * FROM iam_organization;
SELECT * FROM iam_organizational_unit;
SELECT account_id, name, organization_id, parent_id, status, public_access_block, tags FROM iam_account ORDER BY 1;
SELECT policy_id, type, name, aws_managed, policy FROM iam_control_policy ORDER BY 1;
SELECT * FROM iam_control_policy_target ORDER BY 1, 2;
SELECT account_id, arn, tags, policy, policy_unreadable, object_ownership FROM iam_resource ORDER BY arn;
SELECT * FROM iam_kms_grant;
SELECT account_id, list, object_kind, object_arn, json_path, document FROM iam_import_problem;
-- again: the same; with replace what is not listed goes
SELECT * FROM iam_import(:'organization');
SELECT * FROM iam_import('{"OrganizationPolicyTargets": [{"PolicyId": "p-FullAWSAccess", "TargetId": "r-abcd"}],
	"Resources": [{"Arn": "arn:aws:s3:::new", "AccountId": "111122223333"}]}');
SELECT (SELECT count(*) FROM iam_control_policy_target) AS targets, (SELECT count(*) FROM iam_resource) AS resources;
SELECT * FROM iam_import('{"OrganizationPolicyTargets": [{"PolicyId": "p-FullAWSAccess", "TargetId": "r-abcd"}],
	"Resources": [{"Arn": "arn:aws:s3:::new", "AccountId": "111122223333"}]}', replace => true);
SELECT (SELECT count(*) FROM iam_control_policy_target) AS targets, (SELECT count(*) FROM iam_resource) AS resources,
	(SELECT count(*) FROM iam_kms_grant) AS grants;
-- a bucket's ARN names no account
SELECT * FROM iam_import('{"Resources": [{"Arn": "arn:aws:s3:::orphan"}]}');
SELECT * FROM iam_import('{"Resources": [{"Arn": "arn:aws:s3:::orphan"}]}', '111122223333');
ROLLBACK;
