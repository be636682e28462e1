--
-- The type iam_policy: input, canonical output, casts, order, statements
--
\pset null '(null)'

-- canonical text: elements in a fixed order, arrays and scalars as written (GRAM-41)
SELECT iam_policy '{"Statement": {"Resource": "*", "Action": ["s3:Get*", "S3:listbucket"], "Effect": "Allow"}}';
SELECT iam_policy '
{
	"Statement": [
		{
			"Condition": {"bool": {"aws:SecureTransport": false}, "NumericLessThan": {"s3:max-keys": [10, "20", 1.5]}},
			"NotResource": ["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/*"],
			"NotAction": "iam:*",
			"NotPrincipal": {"Service": ["ec2.amazonaws.com"], "AWS": "111122223333"},
			"Effect": "Deny",
			"Sid": ""
		},
		{"Action": "s3:GetObject", "Effect": "Allow", "Principal": "*", "Resource": "arn:aws:s3:::b/ü\u00e9\n\"\\/"}
	],
	"Id": "an id",
	"Version": "2012-10-17"
}';

-- output is input again, and the same policy
SELECT p::text::iam_policy = p AS same, p::text::iam_policy::text = p::text AS same_text
FROM (SELECT iam_policy '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"a":["b",1,true]}}}]}') x (p);

-- casts: explicit both ways, assignment in
SELECT '{"Statement":{"Effect":"Deny","NotAction":"iam:*"}}'::text::iam_policy;
SELECT pg_typeof(p::text), pg_typeof(p::json), pg_typeof(p::jsonb), p::jsonb
FROM (SELECT '{"Statement":[{"Resource":"*","Effect":"Allow","Action":"*"}]}'::json::iam_policy) x (p);
CREATE TEMP TABLE policies (id integer, p iam_policy);
INSERT INTO policies SELECT 1, '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'::text;
INSERT INTO policies SELECT 2, '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'::json;
INSERT INTO policies SELECT 3, '{"Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}'::jsonb;
INSERT INTO policies VALUES (4, NULL), (5, '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}');

-- order, equality and hash on the canonical text
SELECT a.id, b.id, a.p = b.p AS eq, a.p <> b.p AS ne, a.p < b.p AS lt, a.p <= b.p AS le, a.p > b.p AS gt, a.p >= b.p AS ge,
	iam_policy_cmp(a.p, b.p) AS cmp, iam_policy_hash(a.p) = iam_policy_hash(b.p) AS hash
FROM policies a, policies b WHERE a.p IS NOT NULL AND b.p IS NOT NULL AND a.id <= b.id ORDER BY a.id, b.id;
SELECT p, count(*) FROM policies GROUP BY p ORDER BY p;
SELECT array_agg(id ORDER BY p, id) FROM policies;
CREATE INDEX ON policies (p);
CREATE INDEX ON policies USING hash (p);

-- hashes are frozen: these numbers may never change
SELECT iam_policy_hash(p), iam_policy_hash_extended(p, 0), iam_policy_hash_extended(p, 42),
	iam_policy_hash_extended(p, 0)::bit(64)::text LIKE '%' || iam_policy_hash(p)::bit(32)::text AS low_half
FROM policies WHERE id = 1;
CREATE TABLE parts (p iam_policy) PARTITION BY HASH (p);
CREATE TABLE parts_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parts SELECT p FROM policies;
SELECT tableoid::regclass, p FROM parts ORDER BY 1, 2;
DROP TABLE parts;

-- a large policy: toasted, and equal to itself
CREATE TEMP TABLE large (p iam_policy);
INSERT INTO large SELECT format('{"Statement":[%s]}', string_agg(format(
	'{"Effect":"Allow","Action":"s%s:Get%s","Resource":"arn:aws:s3:::%s/*"}', i, md5(i::text), md5((i + 1)::text)), ','))::text
FROM generate_series(1, 1000) i;
INSERT INTO large SELECT p::text FROM large;
SELECT count(*), count(DISTINCT p), min(length(p::text)), min(iam_policy_hash(p)) = max(iam_policy_hash(p)) AS hash FROM large;
SELECT count(*) FROM large x JOIN large y USING (p);
SELECT count(*) FROM large, iam_policy_statements(p);

-- binary form: a version byte, then the canonical text
SELECT encode(iam_policy_send(p), 'escape') FROM policies WHERE id = 3;

-- statements: elements as written, in document order; absent elements are NULL
\x on
SELECT * FROM iam_policy_statements('
{
	"Version": "2012-10-17",
	"Statement": [
		{"Sid": "first", "Effect": "Allow", "Action": ["s3:Put*", "ec2:RunInstances", "*", "s3:Get?", "ec2:Describe*"],
			"Resource": ["arn:aws:s3:::b", "*"]},
		{"Sid": "", "Effect": "Deny", "NotPrincipal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:user/a"]},
			"NotAction": "iam:*", "NotResource": "arn:aws:s3:::ü",
			"Condition": {"ForAnyValue:StringLike": {"aws:TagKeys": ["a", "b*"]}}},
		{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {}}
	]
}');
\x off
SELECT count(*) FROM iam_policy_statements(NULL);

-- action patterns (ACT-1 to ACT-4) and unique ids (ID-1)
SELECT pattern, action, iam_action_matches(pattern, action)
FROM (VALUES ('*', 's3:GetObject'), ('*:*', 's3:GetObject'), ('s3:*', 'S3:getobject'), ('s3:Get*', 's3:GetObject'), ('s3:Get?bject', 's3:GetObject'),
	('s3:get*tag*', 's3:GetObjectTagging'), ('s3:Get', 's3:GetObject'), ('s3*', 's3:GetObject'), ('ec2:*', 's3:GetObject'), ('s3GetObject', 's3:GetObject'),
	(NULL, 's3:GetObject')) v (pattern, action);
SELECT id, iam_unique_id_kind(id) FROM (VALUES ('AROA1234567890EXAMPLE'), ('AIDA1234567890EXAMPLE'), ('AKIA1234567890EXAMPLE'), ('ASIA1234567890EXAMPLE'), ('XXXX'), ('')) v (id);

-- does a policy concern an action at all
SELECT id, p @@ r AS may_match, iam_policy_may_match(p, r)
FROM policies, (SELECT iam_request('s3:GetObject', 'arn:aws:s3:::b/k')) q (r) ORDER BY id;
SELECT p::iam_policy @@ iam_request('s3:GetObject', 'arn:aws:s3:::b/k') AS may_match, p
FROM (VALUES ('{"Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}'),
	('{"Statement":[{"Effect":"Deny","NotAction":"ec2:*","Resource":"arn:aws:s3:::other"}]}'),
	('{"Statement":[{"Effect":"Deny","NotAction":"s3:get*","Resource":"*"}]}'),
	('{"Statement":[{"Effect":"Allow","Action":["ec2:RunInstances","s3:GetObject"],"Resource":"*"}]}')) v (p);

SELECT iam_version() = extversion AS version FROM pg_extension WHERE extname = 'iam';
