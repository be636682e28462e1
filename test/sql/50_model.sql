--
-- The account model: tables filled by hand, keys, checks, the views
--
\set ON_ERROR_ROLLBACK on
\set VERBOSITY terse
\set SHOW_CONTEXT never
BEGIN;

-- every table of the model, its primary key, and nothing without a comment
SELECT c.relname, (SELECT string_agg(a.attname, ', ' ORDER BY k.n)
				   FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k (attnum, n)
				   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
				   WHERE i.indrelid = c.oid AND i.indisprimary) AS key
FROM pg_class c
WHERE c.relkind = 'r' AND c.relname IN ('iam_organization', 'iam_organizational_unit', 'iam_account', 'iam_identity', 'iam_group_member',
	'iam_customer_policy', 'iam_aws_policy', 'iam_managed_policy_version', 'iam_inline_policy', 'iam_attachment', 'iam_trust', 'iam_resource',
	'iam_kms_grant', 'iam_control_policy', 'iam_control_policy_target', 'iam_instance_profile', 'iam_import_problem')
ORDER BY c.relname COLLATE "C";
SELECT c.relname, a.attname
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relname ~ '^iam_' AND c.relkind IN ('r', 'v') AND col_description(c.oid, a.attnum) IS NULL AND c.relnamespace = 'public'::regnamespace
	AND EXISTS (SELECT FROM pg_class m WHERE m.oid = c.oid AND m.relname ~ '^iam_(identity|group|customer|aws|managed|inline|attachment|trust|account|organi|control|resource$|kms|import|instance)')
ORDER BY 1, 2;
-- no trigger of our own, no sequence
SELECT tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text ~ '^iam_';
SELECT relname FROM pg_class WHERE relkind = 'S' AND relname ~ '^iam_';

-- filled by hand
INSERT INTO iam_identity (account_id, arn, kind, name) VALUES
	('111122223333', 'arn:aws:iam::111122223333:user/u', 'user', 'u'),
	('111122223333', 'arn:aws:iam::111122223333:group/g', 'group', 'g'),
	('111122223333', 'arn:aws:iam::111122223333:role/r', 'role', 'r');
INSERT INTO iam_group_member VALUES ('111122223333', 'arn:aws:iam::111122223333:group/g', 'arn:aws:iam::111122223333:user/u');
-- a dangling group, attachment or boundary is a finding, not an error
INSERT INTO iam_group_member VALUES ('111122223333', 'arn:aws:iam::111122223333:group/gone', 'arn:aws:iam::111122223333:user/u');
INSERT INTO iam_attachment VALUES ('111122223333', 'arn:aws:iam::111122223333:user/u', 'arn:aws:iam::111122223333:policy/missing'),
	('111122223333', 'arn:aws:iam::111122223333:group/g', 'arn:aws:iam::aws:policy/Shared');
UPDATE iam_identity SET permissions_boundary = 'arn:aws:iam::aws:policy/Shared' WHERE name = 'u';
INSERT INTO iam_aws_policy (arn, name, policy) VALUES ('arn:aws:iam::aws:policy/Shared', 'Shared', '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}');
INSERT INTO iam_customer_policy (account_id, arn, name) VALUES ('111122223333', 'arn:aws:iam::111122223333:policy/Own', 'Own');
INSERT INTO iam_inline_policy VALUES ('111122223333', 'arn:aws:iam::111122223333:group/g', 'inl', '{"Statement":{"Effect":"Allow","Action":"ec2:*","Resource":"*"}}');
SELECT account_id, arn, policy FROM iam_managed_policy ORDER BY arn;
-- EFF-3: policies of groups are those of their members
SELECT is_boundary, group_arn, name, policy FROM iam_identity_policy WHERE identity_arn = 'arn:aws:iam::111122223333:user/u' ORDER BY name COLLATE "C", is_boundary;

-- what is refused
INSERT INTO iam_identity (account_id, arn, kind, name) VALUES ('1111', 'arn:aws:iam::1111:user/u', 'user', 'u');
INSERT INTO iam_identity (account_id, arn, kind, name) VALUES ('111122223333', 'arn:aws:iam::111122223333:thing/u', 'thing', 'u');
INSERT INTO iam_identity (account_id, arn, kind, name) VALUES ('111122223333', 'arn:aws:iam::111122223333:role/u', 'user', 'u');
INSERT INTO iam_identity (account_id, arn, kind, name) VALUES ('111122223333', 'arn:aws:iam::444455556666:user/v', 'user', 'v');
INSERT INTO iam_identity (account_id, arn, kind, name) VALUES ('111122223333', 'arn:aws:sns::111122223333:user/v', 'user', 'v');
UPDATE iam_identity SET permissions_boundary = 'arn:aws:iam::444455556666:policy/p' WHERE name = 'u';
INSERT INTO iam_attachment VALUES ('111122223333', 'arn:aws:iam::111122223333:user/u', 'arn:aws:iam::444455556666:policy/p');
INSERT INTO iam_customer_policy (account_id, arn, name) VALUES ('111122223333', 'arn:aws:iam::444455556666:policy/p', 'p');
INSERT INTO iam_group_member VALUES ('111122223333', 'arn:aws:iam::444455556666:group/g', 'arn:aws:iam::111122223333:user/u');
INSERT INTO iam_group_member VALUES ('111122223333', 'arn:aws:iam::111122223333:role/g', 'arn:aws:iam::111122223333:user/u');
INSERT INTO iam_group_member VALUES ('111122223333', 'arn:aws:iam::111122223333:group/g', 'arn:aws:iam::111122223333:role/r');
UPDATE iam_identity SET permissions_boundary = 'arn:aws:iam::aws:policy/Shared' WHERE name = 'g';
INSERT INTO iam_aws_policy (arn, name) VALUES ('arn:aws:iam::111122223333:policy/p', 'p');
INSERT INTO iam_inline_policy VALUES ('111122223333', 'arn:aws:iam::111122223333:user/nobody', 'p', NULL);
INSERT INTO iam_trust VALUES ('111122223333', 'arn:aws:iam::111122223333:role/r', '{"Statement": []}');
INSERT INTO iam_resource (account_id, arn, policy, policy_unreadable) VALUES ('111122223333', 'arn:aws:s3:::b', '{"Statement":{"Effect":"Allow","Action":"*"}}', true);

-- what hangs on an identity goes with it
DELETE FROM iam_identity WHERE name IN ('u', 'g', 'r');
SELECT (SELECT count(*) FROM iam_group_member) AS members, (SELECT count(*) FROM iam_attachment) AS attachments, (SELECT count(*) FROM iam_inline_policy) AS inline;
ROLLBACK;
