--
-- iam_import: what single calls answer about a resource or about the organization
--
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';
CREATE TEMP TABLE answer (name text PRIMARY KEY, document json);
INSERT INTO answer VALUES
('policy', '{"Policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::data/*\"}]}"}'),
('block', '{"PublicAccessBlockConfiguration": {"BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true}}'),
('ownership', '{"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}}'),
('acl', '{"Owner": {"ID": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}, "Grants": [{"Grantee": {"Type": "Group",
	"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}]}'),
('key policy', '{"PolicyName": "default", "Policy": "{\n  \"Statement\" : [ {\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:root\"}, \"Action\": \"kms:*\", \"Resource\": \"*\"} ]\n}"}'),
('grants', '{"Grants": [{"KeyId": "arn:aws:kms:us-east-1:111122223333:key/k1", "GrantId": "g1", "Name": "", "CreationDate": 1659876943.5,
	"GranteePrincipal": "arn:aws:iam::111122223333:role/app", "IssuingAccount": "arn:aws:iam::111122223333:root", "Operations": ["Decrypt"],
	"Constraints": {"EncryptionContextEquals": {"a": "b"}}}], "Truncated": false}'),
('lambda', '{"RevisionId": "r", "Policy": "{\"Version\":\"2012-10-17\",\"Id\":\"default\",\"Statement\":[{\"Sid\":\"a\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"s3.amazonaws.com\"},\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"arn:aws:lambda:us-east-1:111122223333:function:f\"}]}"}'),
('queue', '{"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:111122223333:q", "VisibilityTimeout": "30",
	"Policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"SQS:SendMessage\",\"Resource\":\"*\"}]}"}}'),
('topic', '{"Attributes": {"TopicArn": "arn:aws:sns:us-east-1:111122223333:t", "Owner": "111122223333", "Policy": "{\"Statement\":[]"}}'),
('secret', '{"ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:s-AbCdEf", "Name": "s", "ResourcePolicy": "{\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"secretsmanager:*\",\"Resource\":\"*\"}]}"}'),
('repository', '{"registryId": "111122223333", "repositoryName": "team/app", "policyText": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"444455556666\"},\"Action\":\"ecr:BatchGetImage\"}]}"}');
CREATE FUNCTION pg_temp.answer(text) RETURNS json LANGUAGE sql AS 'SELECT document FROM answer WHERE name = $1';
CREATE TEMP VIEW resource AS
SELECT account_id, arn, policy, policy_unreadable AS bad, public_access_block ->> 'RestrictPublicBuckets' AS restrict, object_ownership, acl IS NOT NULL AS acl, tags
FROM iam_resource;

BEGIN;
-- an answer changes what it speaks of and nothing else, so the order does not matter
SELECT * FROM iam_import(pg_temp.answer('acl'), '111122223333', resource => 'arn:aws:s3:::data');
SELECT * FROM iam_import(pg_temp.answer('policy'), resource => 'arn:aws:s3:::data');
SELECT * FROM iam_import(pg_temp.answer('ownership'), resource => 'arn:aws:s3:::data');
SELECT * FROM iam_import(pg_temp.answer('block'), resource => 'arn:aws:s3:::data');
SELECT * FROM resource;
SELECT account_id, canonical_user_id FROM iam_account;
-- in one array, too
SELECT * FROM iam_import(json_build_array(pg_temp.answer('policy'), pg_temp.answer('block')), '111122223333', resource => 'arn:aws:s3:::both');
-- and the block of the account
SELECT * FROM iam_import(pg_temp.answer('block'), resource => '111122223333');
SELECT public_access_block ->> 'IgnorePublicAcls' AS ignore FROM iam_account;
-- a document that cannot be read is kept as such; a later one mends it
SELECT * FROM iam_import('{"Policy": "{\"Statement\":5}"}', resource => 'arn:aws:s3:::data');
SELECT * FROM resource WHERE arn = 'arn:aws:s3:::data';
SELECT account_id, list, object_kind, object_arn, json_path, document FROM iam_import_problem;
SELECT * FROM iam_import('{"Policy": "%7B%22Statement%22%3A%5B%5D"}', resource => 'arn:aws:s3:::data');
SELECT json_path, document FROM iam_import_problem;
SELECT * FROM iam_import(pg_temp.answer('policy'), resource => 'arn:aws:s3:::data');
SELECT count(*) FROM iam_import_problem;
-- none: null
SELECT * FROM iam_import('{"Policy": null}', resource => 'arn:aws:s3:::data');
SELECT policy, bad, acl FROM resource WHERE arn = 'arn:aws:s3:::data';
ROLLBACK;

BEGIN;
-- keys: grants before the policy leave the policy unknown
SELECT * FROM iam_import(pg_temp.answer('grants'));
SELECT * FROM resource;
SELECT * FROM iam_kms_grant;
SELECT * FROM iam_import(pg_temp.answer('key policy'), resource => 'arn:aws:kms:us-east-1:111122223333:key/k1');
SELECT * FROM resource;
-- another grant is added; with replace those that are not listed go, of this key only
SELECT * FROM iam_import('{"Grants": [{"KeyId": "k1", "GrantId": "g2", "Operations": ["Encrypt"]}]}', resource => 'arn:aws:kms:us-east-1:111122223333:key/k1');
SELECT * FROM iam_import('{"Grants": [{"KeyId": "arn:aws:kms:us-east-1:111122223333:key/k2", "GrantId": "g3"}]}', replace => true);
SELECT key_arn, grant_id FROM iam_kms_grant ORDER BY 1, 2;
SELECT * FROM iam_import('{"Grants": [{"KeyId": "k1", "GrantId": "g2"}]}', resource => 'arn:aws:kms:us-east-1:111122223333:key/k1', replace => true);
SELECT key_arn, grant_id FROM iam_kms_grant ORDER BY 1, 2;
SELECT * FROM iam_import('{"Grants": []}', resource => 'arn:aws:kms:us-east-1:111122223333:key/k1');
SELECT * FROM iam_import('{"Grants": []}', resource => 'arn:aws:kms:us-east-1:111122223333:key/k1', replace => true);
-- the other services
SELECT * FROM iam_import(pg_temp.answer('lambda'));
SELECT * FROM iam_import(pg_temp.answer('lambda'), resource => 'arn:aws:lambda:us-east-1:111122223333:function:f:PROD');
SELECT * FROM iam_import(json_build_array(pg_temp.answer('queue'), pg_temp.answer('topic'), pg_temp.answer('secret')));
SELECT * FROM iam_import(pg_temp.answer('repository'), resource => 'arn:aws:ecr:eu-west-1:111122223333:repository/team/app');
SELECT arn, policy, bad FROM resource WHERE arn::text !~ ':kms:' ORDER BY arn;
-- all attributes without a policy: there is none; the ARN alone says nothing
SELECT * FROM iam_import('{"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:111122223333:q"}}');
SELECT policy IS NULL AS none FROM resource WHERE arn::text ~ ':sqs:';
SELECT * FROM iam_import('{"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:111122223333:q", "VisibilityTimeout": "30"}}');
SELECT policy IS NULL AS none FROM resource WHERE arn::text ~ ':sqs:';
SELECT json_path FROM iam_import_problem;
-- the form Resources and single answers speak of the same rows
SELECT * FROM iam_import('{"Resources": [{"Arn": "arn:aws:sns:us-east-1:111122223333:t"}]}');
SELECT count(*) FROM iam_import_problem;
ROLLBACK;

-- context that is missing, or wrong
SELECT * FROM iam_import(pg_temp.answer('policy'));
SELECT * FROM iam_import(pg_temp.answer('policy'), resource => 'arn:aws:s3:::data');
SELECT * FROM iam_import(pg_temp.answer('policy'), '111122223333', resource => 'data');
SELECT * FROM iam_import(pg_temp.answer('block'), '111122223333');
SELECT * FROM iam_import(pg_temp.answer('block'), '111122223333', resource => 'arn:aws:s3:::data/key');
SELECT * FROM iam_import(pg_temp.answer('ownership'), resource => 'arn:aws:sqs:us-east-1:111122223333:q');
SELECT * FROM iam_import(pg_temp.answer('acl'));
SELECT * FROM iam_import(pg_temp.answer('key policy'));
SELECT * FROM iam_import('{"Grants": [{"KeyId": "k1", "GrantId": "g2"}]}');
SELECT * FROM iam_import('{"Grants": []}');
SELECT * FROM iam_import(pg_temp.answer('grants'), resource => 'arn:aws:kms:us-east-1:111122223333:key/k2');
SELECT * FROM iam_import(pg_temp.answer('repository'));
SELECT * FROM iam_import(pg_temp.answer('repository'), resource => 'arn:aws:ecr:eu-west-1:111122223333:repository/other');
SELECT * FROM iam_import(pg_temp.answer('queue'), resource => 'arn:aws:sqs:us-east-1:111122223333:other');
SELECT * FROM iam_import('{"Attributes": {"Policy": "{}"}}');
SELECT * FROM iam_import('{"Policy": 5}', resource => 'arn:aws:s3:::data');
SELECT * FROM iam_import('{"PublicAccessBlockConfiguration": []}', resource => 'arn:aws:s3:::data');
SELECT * FROM iam_import('{"OwnershipControls": {"Rules": [{}]}}', resource => 'arn:aws:s3:::data');
SELECT * FROM iam_import('{"Policy": "{}", "Resources": []}', resource => 'arn:aws:s3:::data');
SELECT * FROM iam_import('{"Policy": "{}", "Policy": "{}"}', resource => 'arn:aws:s3:::data');
SELECT * FROM iam_import('{"Policy": "{}"}', resource => 'arn:aws:s3:::*');
SELECT * FROM iam_import('{"Resources": []}', resource => 'arn:aws:s3:::data');

BEGIN;
-- the organization, answer by answer and in an order that does not help
SELECT * FROM iam_import('{"Targets": [{"TargetId": "ou-abcd-11111111", "Type": "ORGANIZATIONAL_UNIT"}, {"TargetId": "444455556666", "Type": "ACCOUNT"}]}', resource => 'p-nodelete');
SELECT * FROM iam_import('{"Parents": [{"Id": "ou-abcd-11111111", "Type": "ORGANIZATIONAL_UNIT"}]}', resource => '111122223333');
SELECT * FROM iam_import('{"Children": [{"Id": "ou-abcd-22222222", "Type": "ORGANIZATIONAL_UNIT"}, {"Id": "444455556666", "Type": "ACCOUNT"}]}', resource => 'ou-abcd-11111111');
SELECT * FROM iam_import('{"OrganizationalUnits": [{"Id": "ou-abcd-11111111", "Name": "Prod",
	"Arn": "arn:aws:organizations::123456789012:ou/o-abcdefghij/ou-abcd-11111111"}]}', resource => 'r-abcd');
SELECT * FROM iam_import('{"Policies": [{"Id": "p-nodelete", "Name": "NoDelete", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": false,
	"Arn": "arn:aws:organizations::123456789012:policy/o-abcdefghij/service_control_policy/p-nodelete"}]}');
SELECT * FROM iam_import('{"Policy": {"PolicySummary": {"Id": "p-nodelete", "Name": "NoDelete", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": false},
	"Content": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:Delete*\",\"Resource\":\"*\"}]}"}}');
SELECT * FROM iam_import('{"Policies": [{"Id": "p-FullAWSAccess", "Name": "FullAWSAccess", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": true}]}', resource => '111122223333');
SELECT * FROM iam_import('{"Organization": {"Id": "o-abcdefghij", "MasterAccountId": "123456789012", "FeatureSet": "ALL",
	"Arn": "arn:aws:organizations::123456789012:organization/o-abcdefghij"}}');
SELECT * FROM iam_import('{"Roots": [{"Id": "r-abcd", "Name": "Root", "Arn": "arn:aws:organizations::123456789012:root/o-abcdefghij/r-abcd",
	"PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}]}');
SELECT * FROM iam_import('{"Accounts": [{"Id": "111122223333", "Name": "prod", "Status": "ACTIVE",
	"Arn": "arn:aws:organizations::123456789012:account/o-abcdefghij/111122223333"}]}');
SELECT * FROM iam_import('{"Accounts": [{"Id": "123456789012", "Name": "management",
	"Arn": "arn:aws:organizations::123456789012:account/o-abcdefghij/123456789012"}]}', resource => 'r-abcd');
SELECT account_id, name, organization_id, parent_id, status FROM iam_account ORDER BY 1;
SELECT ou_id, organization_id, parent_id, name FROM iam_organizational_unit ORDER BY 1;
SELECT policy_id, type, name, arn, aws_managed, policy FROM iam_control_policy ORDER BY 1;
SELECT * FROM iam_control_policy_target ORDER BY 1, 2;
SELECT level, target_id, complete, path FROM iam_account_levels('111122223333') ORDER BY 1;
-- a summary leaves the document, a document that cannot be read does not
SELECT * FROM iam_import('{"Policies": [{"Id": "p-nodelete", "Name": "NoDelete", "Type": "SERVICE_CONTROL_POLICY"}]}');
SELECT policy IS NOT NULL AS known FROM iam_control_policy WHERE policy_id = 'p-nodelete';
SELECT * FROM iam_import('{"Policy": {"PolicySummary": {"Id": "p-nodelete", "Type": "SERVICE_CONTROL_POLICY"}, "Content": "{\"Statement\":{\"Effect\":1}}"}}');
SELECT policy IS NOT NULL AS known FROM iam_control_policy WHERE policy_id = 'p-nodelete';
SELECT list, object_arn, json_path FROM iam_import_problem;
-- with replace a list is all there is of the policy, or of the target
SELECT * FROM iam_import('{"Targets": [{"TargetId": "r-abcd"}]}', resource => 'p-nodelete', replace => true);
SELECT * FROM iam_import('{"Policies": [{"Id": "p-onlythis", "Type": "SERVICE_CONTROL_POLICY"}]}', resource => '111122223333', replace => true);
SELECT * FROM iam_control_policy_target ORDER BY 1, 2;
ROLLBACK;
SELECT * FROM iam_import('{"Targets": []}');
SELECT * FROM iam_import('{"Children": []}');
SELECT * FROM iam_import('{"Parents": []}', resource => 'p-nodelete');
SELECT * FROM iam_import('{"Targets": [{"TargetId": "x"}]}', resource => 'p-nodelete');
SELECT * FROM iam_import('{"Policy": {"PolicySummary": {"Id": "nodelete", "Type": "SERVICE_CONTROL_POLICY"}, "Content": "{}"}}');
SELECT * FROM iam_import('{"OrganizationalUnits": [{"Id": "ou-abcd-11111111"}]}', resource => '111122223333');
