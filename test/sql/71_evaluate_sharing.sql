--
-- What calls of iam_evaluate share: the same answers as each on its own
--
\set ON_ERROR_STOP on
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
-- documents that are stored out of line: one that depends on the caller, one that does not
INSERT INTO iam_aws_policy (arn, name, policy)
SELECT format('arn:aws:iam::aws:policy/Large%s', n)::arn, 'Large' || n,
	   format('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*", "ec2:*"], "Resource": "*"%s},
			  {"Effect": "Deny", "Action": "sqs:*", "Resource": [%s]}]}',
			  CASE n WHEN 1 THEN ', "Condition": {"StringLike": {"aws:username": "*b*"}}' ELSE '' END,
			  (SELECT string_agg('"arn:aws:sqs:*:*:' || md5(i::text) || '"', ', ') FROM generate_series(1, 500) AS i))::iam_policy
FROM generate_series(1, 2) AS n;
SELECT name, pg_column_size(policy) > 10000 AS large FROM iam_aws_policy WHERE name LIKE 'Large_' ORDER BY name;
INSERT INTO iam_attachment
SELECT i.account_id, i.arn, format('arn:aws:iam::aws:policy/Large%s', CASE i.kind WHEN 'user' THEN 1 ELSE 2 END)::arn
FROM iam_identity AS i WHERE i.kind <> 'group' AND i.name <> 'alice';
UPDATE iam_identity SET permissions_boundary = 'arn:aws:iam::aws:policy/Large2' WHERE name = 'carol';
-- two resources of one name: who has one asks about his own
INSERT INTO iam_resource (account_id, arn, policy)
VALUES ('111122223333', 'arn:aws:s3:::twice', '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}}'),
	('444455556666', 'arn:aws:s3:::twice', '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}}');

CREATE TEMPORARY TABLE principal AS
SELECT i.arn::text AS principal FROM iam_identity AS i WHERE i.kind <> 'group'
UNION ALL SELECT format('arn:aws:sts::%s:assumed-role/%s/s', i.account_id, upper(i.name)) FROM iam_identity AS i WHERE i.kind = 'role'
UNION ALL SELECT unnest(ARRAY['111122223333', 'arn:aws:iam::444455556666:root', 'anonymous', 'lambda.amazonaws.com', 'arn:aws:iam::999900001111:user/x',
	'arn:aws:sts::111122223333:federated-user/f', 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com', 'accounts.google.com']);
CREATE TEMPORARY TABLE question (action text, resource text, context json, resource_account text, unknown_context boolean);
INSERT INTO question
SELECT q.action, q.resource, c.context, c.resource_account, u.u
FROM (VALUES ('s3:GetObject', 'arn:aws:s3:::data/k'), ('s3:DeleteObject', 'arn:aws:s3:::data/carol/x'), ('s3:GetObject', 'arn:aws:s3:::data/public/k'),
			 ('s3:GetObject', 'arn:aws:s3:::broken/k'), ('s3:GetObject', 'arn:aws:s3:::elsewhere/k'), ('s3:GetObject', 'arn:aws:s3:::twice/k'), ('s3:GetObject', 'arn:aws:s3:::da*/k'),
			 ('ec2:RunInstances', '*'), ('sts:AssumeRole', 'arn:aws:iam::111122223333:role/audit'), ('sts:AssumeRole', 'arn:aws:iam::444455556666:role/target'),
			 ('sts:AssumeRole', 'arn:aws:iam::111122223333:role/team/Deploy'), ('kms:Decrypt', 'arn:aws:kms:us-east-1:111122223333:key/k1'),
			 ('iam:GetRole', 'arn:aws:iam::111122223333:role/AUDIT'), ('sqs:SendMessage', 'arn:aws:sqs:us-east-1:444455556666:q')) AS q (action, resource)
CROSS JOIN (VALUES (NULL::json, NULL), ('{"aws:SecureTransport": "true", "aws:SourceIp": "203.0.113.9"}', NULL), (NULL, '444455556666')) AS c (context, resource_account)
CROSS JOIN (VALUES (false), (true)) AS u (u)
UNION ALL SELECT 's3:GetObject', 'arn:aws:s3:::data/k', NULL, NULL, NULL;

-- one call site, all principals and questions: as iam_explain and as the rows of iam_applicable_policies say
CREATE TEMPORARY VIEW answer AS
SELECT p.principal, q.*, iam_evaluate(p.principal, q.action, q.resource, q.context, q.resource_account, q.unknown_context) AS decision
FROM principal AS p CROSS JOIN question AS q;
CREATE TEMPORARY TABLE expected AS
SELECT p.principal, q.*, iam_explain(p.principal, q.action, q.resource, q.context, q.resource_account, q.unknown_context) ->> 'decision' AS explained,
	   (SELECT iam_decide(a.request, a.caller, a.kind, a.level, CASE WHEN a.present THEN iam_policy_effect(a.policy, a.kind, a.request, a.caller) END)
		FROM iam_applicable_policies(p.principal, q.action, q.resource, q.context, q.resource_account, q.unknown_context) AS a) AS decision
FROM principal AS p CROSS JOIN question AS q;
CREATE TEMPORARY VIEW compared AS
SELECT count(*) AS asked, count(*) FILTER (WHERE a.decision = 'allowed') AS allowed, count(*) FILTER (WHERE a.decision = 'conditional') AS conditional,
	   count(*) FILTER (WHERE a.decision = 'explicit_deny') AS denied,
	   count(*) FILTER (WHERE a.decision IS DISTINCT FROM e.decision) AS different,
	   -- with its formulas an explanation can be sharper
	   count(*) FILTER (WHERE a.decision::text <> e.explained AND a.decision <> 'conditional') AS explained_differently
FROM answer AS a JOIN expected AS e
	ON (e.principal, e.action, e.resource) = (a.principal, a.action, a.resource) AND e.context::text IS NOT DISTINCT FROM a.context::text
	AND e.resource_account IS NOT DISTINCT FROM a.resource_account AND e.unknown_context IS NOT DISTINCT FROM a.unknown_context;
SELECT * FROM compared;
-- in another order, and with too little memory to keep much
SET LOCAL enable_nestloop = off;
SET LOCAL work_mem = '256kB';
SELECT * FROM compared;
RESET enable_nestloop;
RESET work_mem;

-- NULL principal, action or resource gives NULL
SELECT iam_evaluate(NULL, 's3:GetObject', '*') IS NULL AND iam_evaluate('anonymous', NULL, '*') IS NULL AND iam_evaluate('anonymous', 's3:GetObject', NULL) IS NULL AS nulls;

-- the principal, then the resource: errors come in the order of the arguments' use
CREATE FUNCTION pg_temp.error_of(principal text, action text, resource text, resource_account text DEFAULT NULL) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN iam_evaluate(principal, action, resource, NULL, resource_account);
EXCEPTION WHEN undefined_object OR invalid_parameter_value THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT p AS principal, a AS action, x AS account, pg_temp.error_of(p, a, 'arn:aws:s3:::data/k', x) AS answer
FROM (VALUES ('arn:aws:iam::111122223333:user/nobody', 'nonsense', '12'), ('arn:aws:iam::111122223333:user/nobody', 'nonsense', NULL),
			 ('arn:aws:iam::111122223333:user/alice', 'nonsense', NULL), ('arn:aws:iam::111122223333:user/alice', 's3:GetObject', '1111222233334'),
			 ('arn:aws:iam::111122223333:group/devs', 's3:GetObject', NULL), ('arn:aws:iam::111122223333:user/alice', 's3:GetObject', NULL),
			 ('arn:aws:iam::111122223333:user/nobody', 's3:GetObject', NULL), ('arn:aws:iam::111122223333:user/alice', 's3:GetObject', NULL)) AS q (p, a, x);

-- What-if: one call site, and changes between the calls.  Every answer is the one of iam_explain, which shares nothing.
CREATE FUNCTION pg_temp.ask(principal text, action text, resource text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN iam_evaluate(principal, action, resource);
END $$;
CREATE PROCEDURE pg_temp.what_if() LANGUAGE plpgsql AS $$
DECLARE
	v_change text;
	v_shared text;
	v_alone text;
BEGIN
	FOREACH v_change IN ARRAY ARRAY[
		'', 'DELETE FROM iam_group_member', 'DELETE FROM iam_attachment', '',
		'UPDATE iam_inline_policy SET policy = ''{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}''',
		'INSERT INTO iam_inline_policy VALUES (''111122223333'', ''arn:aws:iam::111122223333:user/alice'', ''all'', ''{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'')',
		'UPDATE iam_resource SET policy = ''{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}}'' WHERE arn = ''arn:aws:s3:::data''',
		'DELETE FROM iam_resource', 'UPDATE iam_control_policy SET policy = NULL', 'DELETE FROM iam_control_policy_target', 'DELETE FROM iam_organization',
		'UPDATE iam_identity SET permissions_boundary = ''arn:aws:iam::aws:policy/None'' WHERE name = ''alice''',
		'UPDATE iam_identity SET permissions_boundary = ''arn:aws:iam::aws:policy/Large2'' WHERE name = ''alice''',
		'UPDATE iam_aws_policy SET policy = ''{"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}'' WHERE name = ''Large2''', '']
	LOOP
		IF v_change <> '' THEN
			EXECUTE v_change;
		END IF;
		v_shared := pg_temp.ask('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/k');
		v_alone := iam_explain('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/k') ->> 'decision';
		RAISE NOTICE '% %', v_shared, CASE WHEN v_shared = v_alone THEN '' ELSE 'is not ' || v_alone END;
	END LOOP;
END $$;
SAVEPOINT s;
CALL pg_temp.what_if();
ROLLBACK TO s;
-- a change that is taken back: the next call comes at the same command, in a snapshot that looks the same, and no longer sees it
DO $$
DECLARE
	v_during text;
BEGIN
	RAISE NOTICE 'before: %', pg_temp.ask('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/k');
	BEGIN
		UPDATE iam_resource SET policy = '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}}'
		WHERE arn = 'arn:aws:s3:::data';
		BEGIN
			/* a later transaction id is completed before this one */
			DELETE FROM iam_kms_grant;
			RAISE EXCEPTION USING ERRCODE = 'P0099';
		EXCEPTION WHEN SQLSTATE 'P0099' THEN NULL;
		END;
		v_during := pg_temp.ask('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/k');
		RAISE EXCEPTION USING ERRCODE = 'P0099';
	EXCEPTION WHEN SQLSTATE 'P0099' THEN NULL;
	END;
	RAISE NOTICE 'during: %, after: %', v_during, pg_temp.ask('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/k');
END $$;
-- inside one query a change is not visible, before and after it the same
CREATE FUNCTION pg_temp.take_away() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	DELETE FROM iam_attachment;
	DELETE FROM iam_inline_policy;
	DELETE FROM iam_group_member;
	RETURN true;
END $$;
SELECT n, iam_evaluate('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/k') AS decision, pg_temp.take_away() AS taken
FROM generate_series(1, 3) AS n;
SELECT iam_evaluate('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/k') AS next_query;
ROLLBACK TO s;

-- Who looks counts: privileges and row level security of every table, by role and by a setting that policies read
CREATE ROLE regress_iam_sharing;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO regress_iam_sharing;
DO $$
DECLARE
	v_table regclass;
BEGIN
	FOR v_table IN SELECT c.oid FROM pg_class AS c JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
				   JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid AND e.extname = 'iam' WHERE c.relkind = 'r' LOOP
		EXECUTE format('CREATE POLICY visible ON %s USING (current_setting(''iam_test.hidden'') <> %L)', v_table, v_table);
	END LOOP;
END $$;
-- without writing anything: that alone would make the next call look anew
CREATE FUNCTION pg_temp.decisions(what text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	v_row record;
	v_shared text;
	v_alone text;
	v_decisions text[] := '{}';
BEGIN
	FOR v_row IN SELECT * FROM (VALUES
		('arn:aws:iam::111122223333:user/alice', 's3:DeleteObject', 'arn:aws:s3:::data/k'), ('arn:aws:iam::111122223333:user/alice', 's3:GetObject', 'arn:aws:s3:::data/public/k'),
		('arn:aws:iam::111122223333:user/carol', 'kms:Decrypt', 'arn:aws:kms:us-east-1:111122223333:key/k1'), ('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::data/public/k'),
		('arn:aws:iam::111122223333:role/team/Deploy', 's3:GetObject', 'arn:aws:s3:::data/public/k'), ('anonymous', 's3:GetObject', 'arn:aws:s3:::data/public/k'),
		('arn:aws:iam::444455556666:role/hub', 'sts:AssumeRole', 'arn:aws:iam::444455556666:role/target')) AS q (p, a, r)
	LOOP
		v_shared := pg_temp.ask(v_row.p, v_row.a, v_row.r);
		v_alone := iam_explain(v_row.p, v_row.a, v_row.r) ->> 'decision';
		IF v_shared <> v_alone THEN
			RAISE NOTICE '%: % may %: %, not %', what, v_row.p, v_row.a, v_shared, v_alone;
		END IF;
		v_decisions := v_decisions || v_shared;
	END LOOP;
	RETURN v_decisions;
END $$;
-- the RCP no longer concerns S3
INSERT INTO iam_rcp_service_override VALUES ('s3', false);
-- each table alone has row level security: its rows are there, and not, and there again, for one call site of one role
DO $$
DECLARE
	v_table text;
	v_seen text[];
	v_hidden text[];
	v_again text[];
	v_count integer := 0;
BEGIN
	FOR v_table IN SELECT p.tablename FROM pg_policies AS p WHERE p.policyname = 'visible' ORDER BY 1 LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', v_table);
		SET LOCAL ROLE regress_iam_sharing;
		PERFORM set_config('iam_test.hidden', 'none', true);
		v_seen := pg_temp.decisions(v_table);
		PERFORM set_config('iam_test.hidden', v_table, true);
		v_hidden := pg_temp.decisions(v_table);
		PERFORM set_config('iam_test.hidden', 'none', true);
		v_again := pg_temp.decisions(v_table);
		RESET ROLE;
		IF v_seen <> v_hidden OR v_seen <> v_again THEN
			RAISE NOTICE '% makes a difference%', v_table, CASE WHEN v_seen <> v_again THEN ', and for too long' ELSE '' END;
		END IF;
		EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', v_table);
		v_count := v_count + 1;
	END LOOP;
	RAISE NOTICE 'tried all: %', v_count > 15;
END $$;
-- another role at the same call site
ALTER TABLE iam_control_policy_target ENABLE ROW LEVEL SECURITY;
DO $$
DECLARE
	v_role text;
BEGIN
	PERFORM set_config('iam_test.hidden', 'iam_control_policy_target', true);
	FOREACH v_role IN ARRAY ARRAY['none', 'regress_iam_sharing', 'none', 'regress_iam_sharing'] LOOP
		PERFORM set_config('role', v_role, true);
		RAISE NOTICE '%: %', v_role, pg_temp.ask('arn:aws:iam::111122223333:user/alice', 's3:DeleteObject', 'arn:aws:s3:::data/k');
	END LOOP;
END $$;
ROLLBACK TO s;
CREATE ROLE regress_iam_sharing;
DO $$
BEGIN
	RAISE NOTICE 'owner: %', pg_temp.ask('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::data/k');
	BEGIN
		SET LOCAL ROLE regress_iam_sharing;
		RAISE NOTICE 'without privileges: %', pg_temp.ask('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::data/k');
	EXCEPTION WHEN insufficient_privilege THEN
		RAISE NOTICE '%', SQLERRM;
	END;
	RAISE NOTICE 'owner: %', pg_temp.ask('arn:aws:iam::111122223333:user/carol', 's3:GetObject', 'arn:aws:s3:::data/k');
END $$;
ROLLBACK TO s;

-- parallel workers have their own
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
SET LOCAL enable_bitmapscan = off;
ALTER TABLE iam_identity SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT count(*) FROM iam_identity WHERE kind <> 'group' AND iam_evaluate(arn::text, 's3:GetObject', 'arn:aws:s3:::data/k') = 'allowed';
SELECT count(*) FROM iam_identity WHERE kind <> 'group' AND iam_evaluate(arn::text, 's3:GetObject', 'arn:aws:s3:::data/k') = 'allowed';
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT count(*) FROM iam_identity WHERE kind <> 'group' AND iam_evaluate(arn::text, 's3:GetObject', 'arn:aws:s3:::data/k') = 'allowed';
ROLLBACK;

-- plans are of one extension, which may be created anew under a session
BEGIN;
CREATE SCHEMA "regress iam";
DROP EXTENSION iam CASCADE;
CREATE EXTENSION iam SCHEMA "regress iam";
SET LOCAL search_path = pg_catalog;
INSERT INTO "regress iam".iam_identity (account_id, arn, kind, name) VALUES ('111122223333', 'arn:aws:iam::111122223333:user/x', 'user', 'x');
SELECT "regress iam".iam_evaluate('arn:aws:iam::111122223333:user/x', 's3:GetObject', 'arn:aws:s3:::b/k') AS stored,
	"regress iam".iam_evaluate('arn:aws:iam::444455556666:user/x', 's3:GetObject', 'arn:aws:s3:::b/k') AS foreign_account;
ROLLBACK;
SELECT iam_evaluate('anonymous', 's3:GetObject', 'arn:aws:s3:::b/k', resource_account => '111122223333');
