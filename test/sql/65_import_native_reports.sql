--
-- iam_import: credential report, service last accessed, identity providers, VPC endpoints
--
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/credential-report.csv'
\set report `cat :'file'`
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';

SELECT * FROM iam_import_csv(E'a,"b,""c""",\r\n\n,\n"x"');

BEGIN;
-- as text, and as the API gives it
SELECT * FROM iam_import(to_json(:'report'::text));
SELECT user_arn, kind, identifier AS id, active, rotated_at, expires_at, last_used_at, last_used_service AS service, last_used_region AS region
FROM iam_credential ORDER BY user_arn, kind, identifier;
CREATE TEMP TABLE before AS SELECT * FROM iam_credential;
SELECT * FROM iam_import(json_build_object('Content', translate(encode(convert_to(:'report', 'UTF8'), 'base64'), E'\n', ''),
	'ReportFormat', 'text/csv', 'GeneratedTime', '2024-06-01T00:00:00+00:00'));
SELECT count(*) FROM (TABLE iam_credential EXCEPT TABLE before) AS new;
-- a report is complete: who is not in it is gone; columns are found by name
SELECT * FROM iam_import(to_json(E'arn,mfa_active,new_column,user,password_enabled\narn:aws:iam::111122223333:user/alice,false,x,alice,false\n'::text));
SELECT user_arn, kind, active FROM iam_credential ORDER BY 1, 2;
SELECT * FROM iam_import(to_json(E'user,arn,mfa_active\r\nbob,arn:aws:iam::111122223333:user/bob,true\r\n'::text), replace => false);
SELECT user_arn, kind, active FROM iam_credential ORDER BY 1, 2;
-- what cannot be read
SELECT * FROM iam_import(to_json(E'user,arn,password_enabled,password_last_used,mfa_active\nbob,arn:aws:iam::111122223333:user/bob,true,yesterday,true\ncut,arn\nx\n'::text), '111122223333');
SELECT object_kind, object_arn, object_name, json_path, message, document FROM iam_import_problem ORDER BY json_path;
SELECT user_arn, kind, active, last_used_at FROM iam_credential ORDER BY 1, 2;
ROLLBACK;
SELECT * FROM iam_import(to_json(:'report'::text), '444455556666');
SELECT * FROM iam_import('{"Content": "!!!!"}');
SELECT * FROM iam_import('{"Content": "aGVsbG8="}');
SELECT * FROM iam_import('{"Content": 5}');

BEGIN;
\set accessed '{"JobStatus": "COMPLETED", "JobType": "ACTION_LEVEL", "IsTruncated": false, "ServicesLastAccessed": [{"ServiceName": "Amazon S3", "ServiceNamespace": "s3", "LastAuthenticated": "2024-05-01T10:00:00+00:00", "LastAuthenticatedEntity": "arn:aws:iam::111122223333:role/app", "LastAuthenticatedRegion": "us-east-1", "TotalAuthenticatedEntities": 1, "TrackedActionsLastAccessed": [{"ActionName": "GetObject"}, {"ActionName": "ListBuckets", "LastAccessedTime": "2024-05-01T10:00:00Z", "LastAccessedRegion": "us-east-1"}]}, {"ServiceName": "Amazon EC2", "ServiceNamespace": "ec2", "TotalAuthenticatedEntities": 0}]}'
SELECT * FROM iam_import(:'accessed', resource => 'arn:aws:iam::111122223333:role/app');
SELECT account_id, identity_arn, service, action, last_accessed_at, last_accessed_by, last_accessed_region FROM iam_service_last_accessed ORDER BY service, action;
SELECT * FROM iam_import('{"ServicesLastAccessed": [{"ServiceNamespace": "s3", "LastAuthenticated": "never"}]}', resource => 'arn:aws:iam::111122223333:role/app');
SELECT object_kind, object_name, json_path FROM iam_import_problem;
SELECT count(*) FROM iam_service_last_accessed;
SELECT * FROM iam_import('{"ServicesLastAccessed": [{"ServiceNamespace": "s3"}]}', resource => 'arn:aws:iam::111122223333:role/app', replace => true);
SELECT * FROM iam_import('{"ServicesLastAccessed": [{"ServiceNamespace": "s3"}]}', '111122223333', resource => 'arn:aws:iam::aws:policy/ReadOnlyAccess');
SELECT account_id, identity_arn, service, action FROM iam_service_last_accessed ORDER BY 2, 3, 4;
ROLLBACK;
SELECT * FROM iam_import(:'accessed');
SELECT * FROM iam_import(:'accessed', resource => '111122223333');
SELECT * FROM iam_import('{"JobStatus": "IN_PROGRESS"}', resource => 'arn:aws:iam::111122223333:role/app');
SELECT * FROM iam_import('{"ServicesLastAccessed": [{"ServiceNamespace": "s3"}]}', resource => 'arn:aws:iam::aws:policy/ReadOnlyAccess');

BEGIN;
SELECT * FROM iam_import('{"IdentityProviders": [
	{"Arn": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", "AccountId": "111122223333", "ClientIds": ["sts.amazonaws.com"], "Url": "https://token.actions.githubusercontent.com"},
	{"Arn": "arn:aws:iam::111122223333:saml-provider/Corp", "AccountId": "111122223333"}],
	"VpcEndpoints": [
	{"VpcEndpointId": "vpce-0123456789abcdef0", "AccountId": "111122223333", "VpcId": "vpc-1", "PolicyDocument": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}"},
	{"VpcEndpointId": "vpce-0123456789abcdef1", "OwnerId": "111122223333", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3", "PolicyDocument": "{"}]}');
TABLE iam_identity_provider;
TABLE iam_vpc_endpoint;
SELECT account_id, list, object_kind, object_arn, json_path, document FROM iam_import_problem;
SELECT * FROM iam_import('{"VpcEndpoints": [{"VpcEndpointId": "vpce-0123456789abcdef1", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}}]}', '111122223333', replace => true);
SELECT vpc_endpoint_id, policy IS NOT NULL AS known FROM iam_vpc_endpoint;
SELECT * FROM iam_import('{"IdentityProviders": [{"Arn": "arn:aws:iam::111122223333:saml-provider/Corp"}]}', replace => true);
SELECT arn FROM iam_identity_provider;
ROLLBACK;
SELECT * FROM iam_import('{"VpcEndpoints": [{"VpcEndpointId": "vpce-0123456789abcdef1"}]}');
SELECT * FROM iam_import('{"IdentityProviders": [{"Arn": "arn:aws:iam::111122223333:user/u"}]}');

-- a large document: notices tell how far it is
BEGIN;
SELECT object_kind, imported FROM iam_import((SELECT json_build_object('Resources', json_agg(json_build_object(
	'Arn', 'arn:aws:sqs:us-east-1:111122223333:q' || n, 'Tags', json_build_array(json_build_object('Key', 'k', 'Value', repeat('x', 9000))))))
	FROM generate_series(1, 450) AS n));
ROLLBACK;
