--
-- Self-contained requests: iam_evaluate(json) and iam_explain(json); the types iam_request, iam_caller and iam_effect
--
\pset null '(null)'

-- one policy, one answer
CREATE TEMP TABLE ask (id serial, doc json);
INSERT INTO ask (doc) VALUES
('{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
	"identity_policies": [{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}}]}'),
('{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:PutObject", "resource": "arn:aws:s3:::b/k",
	"identity_policies": [{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}}]}'),
('{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
	"identity_policies": [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
		{"name": "no", "policy": {"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}}]}'),
('{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}'),
('{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "unknown_context": true,
	"identity_policies": [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}]}'),
('{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
	"context": {"aws:SecureTransport": true},
	"identity_policies": [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}]}'),
('{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resource_account": "111122223333",
	"permissions_boundary": {"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}},
	"identity_policies": [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]}'),
('{"principal": "anonymous", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
	"resource_policy": {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}}');
SELECT id, iam_evaluate(doc) FROM ask ORDER BY id;
SELECT iam_evaluate(NULL), iam_explain(NULL);
SELECT id, iam_explain(doc) ->> 'decision' AS decision, iam_explain(doc) ->> 'reason' AS reason FROM ask ORDER BY id;
SELECT jsonb_pretty(iam_explain(doc)) FROM ask WHERE id IN (3, 5);

-- a literal is a request document
SELECT iam_evaluate('{"principal": "anonymous", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}');

-- what is no request
SELECT iam_evaluate('[]');
SELECT iam_evaluate('{"action": "s3:GetObject", "resource": "*"}');
SELECT iam_evaluate('{"principal": "anonymous", "action": "GetObject", "resource": "*"}');
SELECT iam_evaluate('{"principal": "anonymous", "action": "s3:GetObject", "resource": "b"}');
SELECT iam_evaluate('{"principal": "alice", "action": "s3:GetObject", "resource": "*"}');
SELECT iam_evaluate('{"principal": "anonymous", "action": "s3:GetObject", "resource": "*", "identity": []}');
SELECT iam_evaluate('{"principal": "anonymous", "action": "s3:GetObject", "resource": "*", "unknown_context": 1}');
SELECT iam_evaluate('{"principal": "anonymous", "action": "s3:GetObject", "resource": "*", "identity_policies": [{"Statement": {"Effect": "Allow"}}]}');
SELECT iam_evaluate('{"principal": "anonymous", "action": "s3:GetObject", "resource": "*", "context": {"a": {"b": 1}}}');
SELECT iam_evaluate('{"principal": "anonymous", "principal": "anonymous", "action": "s3:GetObject", "resource": "*"}');

-- iam_request: text form and back
CREATE TEMP TABLE request (id serial, r iam_request);
INSERT INTO request (r) VALUES
(iam_request('S3:GetObject', 'arn:aws:s3:::b/k')),
(iam_request('s3:GetObject', '*')),
(iam_request('s3:GetObject', 'arn:aws:s3:::b/${*}/*', '{"aws:SourceIp": "203.0.113.9", "aws:TagKeys": ["b", "a"], "s3:max-keys": 10, "x": null, "y": [], "z": true}',
	'111122223333', true)),
(iam_request('kms:Decrypt', 'arn:aws:kms:us-east-1:111122223333:key/k', NULL, NULL, NULL, '{
	"organization_id": "o-1", "organization_path": "o-1/r-1/", "organization_known": true, "in_management_account": true,
	"tags": [{"Key": "Team", "Value": "a"}, {"Key": "team", "Value": "b"}], "tags_known": true, "rcp_services": ["s3", "KMS"],
	"kms_grants": [{"GrantId": "g", "GranteePrincipal": "arn:aws:iam::111122223333:role/r", "RetiringPrincipal": "arn:aws:iam::111122223333:user/u",
		"IssuingAccount": "arn:aws:iam::111122223333:root", "Operations": ["Decrypt", "CreateGrant"],
		"Constraints": {"EncryptionContextSubset": {"a": "b"}}}],
	"current_time": "2024-01-02T03:04:05Z", "epoch_time": "1704164645"}')),
(iam_request('s3:GetObject', 'arn:aws:s3:::b/k', '{}', '111122223333', true, '{
	"acl": [{"Grantee": {"Type": "CanonicalUser", "ID": "c1"}, "Permission": "READ"},
		{"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "WRITE"},
		{"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}, "Permission": "READ_ACP"}],
	"block_public_access": {"IgnorePublicAcls": true, "RestrictPublicBuckets": false}}'));
SELECT id, r FROM request ORDER BY id;
SELECT id, r::text::iam_request::text = r::text AS same_text, iam_request_send(r::text::iam_request) = iam_request_send(r) AS same_binary FROM request ORDER BY id;
SELECT iam_request(NULL, '*'), iam_request('s3:GetObject', NULL);

SELECT iam_request('GetObject', '*');
SELECT iam_request('s3:GetObject', 'b');
SELECT iam_request('s3:GetObject', '*', '[]');
SELECT iam_request('s3:GetObject', '*', '1');
SELECT iam_request('s3:GetObject', '*', '{"a": {}}');
SELECT iam_request('s3:GetObject', '*', '{}', '123');
SELECT iam_request('s3:GetObject', '*', resource_facts => '{"tag": {}}');
SELECT iam_request('s3:GetObject', '*', resource_facts => '{"tags_known": "yes"}');
SELECT iam_request('s3:GetObject', '*', resource_facts => '{"organization_id": 1}');
SELECT iam_request '{"action": "s3:GetObject", "resource": "*", "principal": "anonymous"}';
SELECT iam_request '{"action": "s3:GetObject"}';
SELECT iam_request 's3:GetObject';

-- iam_caller: one literal is the principal, by cast or by call
CREATE TEMP TABLE caller (id serial, c iam_caller);
INSERT INTO caller (c) VALUES
(iam_caller('anonymous')),
('arn:aws:iam::111122223333:user/path/alice'),
(iam_caller('arn:aws:sts::111122223333:assumed-role/app/s1', '{"role_arn": "arn:aws:iam::111122223333:role/x/app", "unique_id": "AROA123:s1",
	"canonical_id": "c1", "organization_id": "o-1", "organization_path": "o-1/r-1/", "organization_known": true,
	"in_management_account": true, "has_boundary": true, "tags_known": true}', '{"Team": "ü"}')),
(iam_caller('arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/r')),
(iam_caller('arn:aws:sts::111122223333:federated-user/f', '{"federating_user": "arn:aws:iam::111122223333:user/u"}')),
(iam_caller('111122223333', NULL, NULL)),
(iam_caller('ec2.amazonaws.com'));
SELECT id, c FROM caller ORDER BY id;
SELECT id, c::text::iam_caller::text = c::text AS same_text, iam_caller_send(c::text::iam_caller) = iam_caller_send(c) AS same_binary FROM caller ORDER BY id;
SELECT iam_caller(NULL);
SELECT iam_caller('alice');
SELECT iam_caller('alice', '{}');
SELECT iam_caller('anonymous', '{"role": 1}');
SELECT iam_caller('anonymous', '{"role_arn": "arn:aws:iam::111122223333:role/r"}');
SELECT iam_caller('anonymous', '{}', '{"a": 1}');

-- iam_effect: small where nothing is unknown; its text is checked
CREATE TEMP TABLE effect AS
SELECT n, iam_policy_effect(p, 'identity', r, iam_caller('arn:aws:iam::111122223333:user/alice')) AS e
FROM (VALUES (1, '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'::iam_policy),
	(2, '{"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}}'),
	(3, NULL)) p (n, p),
	(SELECT iam_request('s3:GetObject', 'arn:aws:s3:::b/k', unknown_context => true)) q (r);
SELECT n, pg_column_size(e) <= 40 AS small, e::text::iam_effect::text = e::text AS same FROM effect ORDER BY n;
SELECT iam_effect '';
SELECT iam_effect 'zz';
SELECT iam_effect '0';
SELECT iam_effect '01040000ffffffff';
SELECT overlay(e::text placing 'ff' from 1)::iam_effect FROM effect WHERE n = 1;
SELECT count(left(e::text, -2)::iam_effect) FROM effect WHERE n = 2;
