--
-- iam_import: AWS Config configuration items
--
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/config-items.json'
\set snapshot `cat :'file'`
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';

BEGIN;
SELECT * FROM iam_import(:'snapshot');
SELECT arn, kind, name, path, unique_id, tags, permissions_boundary, created_at FROM iam_identity ORDER BY arn;
SELECT identity_arn, name, policy FROM iam_inline_policy ORDER BY 1, 2;
SELECT role_arn, policy FROM iam_trust;
SELECT identity_arn, policy_arn FROM iam_attachment;
SELECT group_arn, user_arn FROM iam_group_member;
SELECT arn, role_arn FROM iam_instance_profile;
SELECT arn, name, default_version_id, policy FROM iam_customer_policy;
SELECT account_id, arn, policy, policy_unreadable AS bad, public_access_block ->> 'RestrictPublicBuckets' AS restrict, tags FROM iam_resource ORDER BY arn;
SELECT arn, acl FROM iam_resource WHERE acl IS NOT NULL;
SELECT account_id, canonical_user_id, public_access_block FROM iam_account ORDER BY 1;
SELECT account_id, list, object_kind, object_arn, object_name, json_path, document FROM iam_import_problem ORDER BY object_arn;
SELECT iam_evaluate('arn:aws:iam::444455556666:user/carl', 'ec2:RunInstances', '*') AS by_group,
	iam_evaluate('arn:aws:iam::444455556666:user/carl', 's3:GetObject', 'arn:aws:s3:::encoded/a+b', resource_account => '111122223333') AS denied;
-- again, as an array of items: the same, and nothing else goes
SELECT * FROM iam_import((:'snapshot'::json) -> 'configurationItems');
SELECT count(*) FROM iam_import_problem;
-- as the API and advanced queries give them
SELECT * FROM iam_import('{"baseConfigurationItems": [{"resourceType": "AWS::IAM::User", "arn": "arn:aws:iam::444455556666:user/dora", "accountId": "444455556666",
	"configuration": "{\"userName\":\"dora\",\"arn\":\"arn:aws:iam::444455556666:user/dora\",\"groupList\":[]}"}], "unprocessedResourceKeys": []}');
SELECT * FROM iam_import('{"Results": ["{\"resourceType\":\"AWS::SQS::Queue\",\"accountId\":\"444455556666\",\"arn\":\"arn:aws:sqs:us-east-1:444455556666:q\",\"configuration\":{\"Policy\":\"{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Deny\\\",\\\"Principal\\\":\\\"*\\\",\\\"Action\\\":\\\"sqs:*\\\",\\\"Resource\\\":\\\"*\\\"}]}\"}}"], "QueryInfo": {"SelectFields": []}}');
SELECT arn FROM iam_identity WHERE kind = 'user' ORDER BY 1;
SELECT account_id, arn, policy FROM iam_resource WHERE account_id = '444455556666';
-- one item alone
SELECT * FROM iam_import('{"resourceType": "AWS::IAM::Group", "arn": "arn:aws:iam::444455556666:group/g", "awsAccountId": "444455556666",
	"configuration": {"groupName": "g", "groupPolicyList": [{"policyName": "p", "policyDocument": "{\"Statement\":{}}"}]}}');
SELECT json_path FROM iam_import_problem WHERE object_arn = 'arn:aws:iam::444455556666:group/g';
ROLLBACK;
-- nothing that is of use
SELECT * FROM iam_import('{"configurationItems": []}');
SELECT * FROM iam_import('{"configurationItems": [{"resourceType": "AWS::EC2::VPC"}]}');
-- items that are none
SELECT * FROM iam_import('{"configurationItems": [{"arn": "x"}]}');
SELECT * FROM iam_import('{"configurationItems": [7]}');
SELECT * FROM iam_import('{"configurationItems": [{"resourceType": "AWS::IAM::User", "configuration": {}}]}');
SELECT * FROM iam_import('{"configurationItems": [{"resourceType": "AWS::IAM::User", "arn": "arn:aws:iam::444455556666:user/x"}]}');
SELECT * FROM iam_import('{"configurationItems": [{"resourceType": "AWS::IAM::User", "arn": "arn:aws:iam::444455556666:user/x", "configuration": {"userPolicyList": 5}}]}');
SELECT * FROM iam_import('{"configurationItems": [{"resourceType": "AWS::S3::Bucket", "arn": "arn:aws:s3:::b"}]}');
SELECT * FROM iam_import('{"configurationItems": []}', resource => 'arn:aws:s3:::b');
