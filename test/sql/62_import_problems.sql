--
-- iam_import: what cannot be read: a row of iam_import_problem where it is one
-- document of many, an error where it is the export
--
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/problems.json'
\set document `cat :'file'`
BEGIN;
SELECT * FROM iam_import(:'document');
SELECT list, object_kind, object_arn, object_name, json_path, message, left(document, 60) AS document
FROM iam_import_problem ORDER BY object_arn COLLATE "C", json_path COLLATE "C";
-- the rows are there without a policy, the rest is there with theirs
SELECT identity_arn, name, policy FROM iam_inline_policy ORDER BY identity_arn, name;
SELECT role_arn, policy FROM iam_trust ORDER BY role_arn;
SELECT arn, policy FROM iam_customer_policy ORDER BY arn;
-- unknown: never allowed and never denied for it
SELECT name, iam_evaluate(arn::text, 's3:GetObject', 'arn:aws:s3:::b/k') FROM iam_identity WHERE kind = 'user' ORDER BY name;
SELECT iam_evaluate('arn:aws:iam::222233334444:user/fine', 'sts:AssumeRole', 'arn:aws:iam::222233334444:role/nobodyknows');
SELECT iam_explain('arn:aws:iam::222233334444:user/badinline', 's3:GetObject', 'arn:aws:s3:::b/k') ->> 'reason' AS reason;
-- once the document can be read, the problem is gone
SELECT * FROM iam_import('{"IsTruncated": true, "UserDetailList": [{"Arn": "arn:aws:iam::222233334444:user/badinline"}]}');
SELECT count(*) FROM iam_import_problem WHERE object_arn = 'arn:aws:iam::222233334444:user/badinline';
SELECT count(*) > 0 AS others_stay FROM iam_import_problem;
ROLLBACK;

-- an error text that ends within a character is shown all the same
SELECT (iam_import_document('inline_policy', 'arn', NULL, '$.x', to_json(text))).* FROM (VALUES
	('["\€"]'), ('%5B%22%E2%82%AC\%F0%9F%98%80%22%5D')) AS v (text);

-- not an export: a clear error, nothing imported
SELECT * FROM iam_import('not json');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a"}');
SELECT * FROM iam_import(NULL);
SELECT * FROM iam_import('null');
SELECT * FROM iam_import('"text"');
SELECT * FROM iam_import('7');
SELECT * FROM iam_import('[]');
SELECT * FROM iam_import('{}');
SELECT * FROM iam_import('[1]');
SELECT * FROM iam_import('{"Something": []}');
SELECT * FROM iam_import('[{"UserDetailList": []}, {"Something": []}]');
SELECT * FROM iam_import('{"UserDetailList": [], "Something": []}', '111111111111');
SELECT * FROM iam_import('{"UserDetailList": {}}');
SELECT * FROM iam_import('{"UserDetailList": "x"}');
SELECT * FROM iam_import('{"UserDetailList": [1]}');
SELECT * FROM iam_import('{"UserDetailList": [{"UserName": "a"}]}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": 5}]}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": null}]}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:role/a"}]}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::1:user/a"}]}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a"}, {"Arn": "arn:aws:iam::111111111111:user/b", "UserPolicyList": {}}]}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a", "UserPolicyList": [{"PolicyDocument": {}}]}]}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a", "GroupList": [{"GroupName": "g"}]}]}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a", "AttachedManagedPolicies": [{"PolicyArn": "x"}]}]}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a", "PermissionsBoundary": {}}]}');
-- IAM attaches policies of the account and of AWS
SELECT * FROM iam_import('{"RoleDetailList": [{"Arn": "arn:aws:iam::111111111111:role/b"}, {"Arn": "arn:aws:iam::111111111111:role/a", "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/P"}, {"PolicyArn": "arn:aws:iam::222222222222:policy/p"}]}]}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a", "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::222222222222:policy/p"}}]}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a", "Tags": [{"Value": "v"}]}]}');
SELECT * FROM iam_import('{"RoleDetailList": [{"Arn": "arn:aws:iam::111111111111:role/a", "InstanceProfileList": [{}]}]}');
SELECT * FROM iam_import('{"Policies": [{"Arn": "arn:aws:iam::111111111111:policy/a", "PolicyVersionList": [{"Document": {}}]}]}');
-- what list-policies answers has no documents
SELECT * FROM iam_import('{"Policies": [{"PolicyName": "a", "Arn": "arn:aws:iam::111111111111:policy/a", "DefaultVersionId": "v1"}]}');
SELECT * FROM iam_import('{"Accounts": [{"Id": "1"}]}');
-- duplicate keys in the export's own objects
SELECT * FROM iam_import('{"UserDetailList": [], "UserDetailList": []}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a", "Arn": "arn:aws:iam::111111111111:user/b"}]}');
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": {}, "PolicyDocument": {}}]}]}');
-- a name that is no text
SELECT * FROM iam_import('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a", "UserName": "\u0000"}]}');

-- big and deep ones: the server refuses, or a row says so; the backend lives
DO $$
BEGIN
	PERFORM iam_import((repeat('[', 10000) || repeat(']', 10000))::json);
EXCEPTION WHEN statement_too_complex OR invalid_parameter_value THEN
	RAISE NOTICE 'refused';
END $$;
BEGIN;
SELECT * FROM iam_import(format('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a", "UserPolicyList": [{"PolicyName": "big", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "%s"}}}]}]}',
	repeat('x', 2000000))::json);
SELECT object_name, json_path, length(document) > 2000000 AS text_kept FROM iam_import_problem;
SELECT * FROM iam_import(format('{"UserDetailList": [{"Arn": "arn:aws:iam::111111111111:user/a", "UserPolicyList": [{"PolicyName": "deep", "PolicyDocument": {"Statement": %s%s}}]}]}',
	repeat('[', 500), repeat(']', 500))::json);
SELECT object_name, json_path FROM iam_import_problem;
ROLLBACK;
SELECT count(*) AS nothing_left FROM (SELECT FROM iam_identity UNION ALL SELECT FROM iam_account UNION ALL SELECT FROM iam_import_problem) AS x;
