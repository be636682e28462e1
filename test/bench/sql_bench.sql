-- Speed through SQL, as ratios to a baseline of the same run.
--
-- The baseline of an evaluation is the same question answered in PL/pgSQL over
-- jsonb, as one writes it without the extension: statements, actions and resources
-- with wildcards, NotAction and NotResource, the condition operators, policy
-- variables, and for a decision a Deny before all, the boundary and every level of
-- control policies.  That both answer alike is checked first.  The baseline of an
-- index is the scan of its table.
--
-- POLICIES names AWS's managed policies; needs 2 GB of memory and some minutes.
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET client_min_messages = warning;
SET temp_buffers = '1GB';
SET work_mem = '256MB';
SET maintenance_work_mem = '512MB';

CREATE TEMP TABLE bench_result (place integer GENERATED ALWAYS AS IDENTITY, what text, value numeric, unit text, target text, baseline text, baseline_value numeric);

\ir timing.sql
CREATE FUNCTION pg_temp.seconds(statement text) RETURNS double precision LANGUAGE sql RETURN pg_temp.milliseconds(statement) / 1000;

-- ---------------------------------------------------------------- the baseline

\ir baseline.sql

-- ---------------------------------------------------------------- the documents

-- AWS's managed policies, and the inline policies of a made-up organization
CREATE TEMP TABLE bench_line (doc json);
\copy bench_line FROM PROGRAM 'cat "$POLICIES"' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
CREATE TEMP TABLE bench_generated (doc text);
\copy bench_generated FROM PROGRAM 'd=$(mktemp -d) && perl test/bench/generate_organization.pl "$d" accounts=280 roles=1000 users=0 inline=100 && cat "$d"/account-*.json | perl -ne ''while (/PolicyList":\[\{"PolicyName":"inline","PolicyDocument":(\{.*?\]\})\}\]/g) { print "$1\n" }'' | LC_ALL=C sort -u; rm -rf "$d"' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')

CREATE TEMP TABLE bench_inline AS
SELECT row_number() OVER () AS id, doc::iam_policy AS policy FROM (SELECT doc FROM bench_generated ORDER BY hashtextextended(doc, 0) LIMIT 264557) AS g;
CREATE TEMP TABLE bench_managed AS
SELECT row_number() OVER (ORDER BY doc ->> 'name') AS id, doc ->> 'name' AS name, (doc ->> 'doc')::iam_policy AS policy
FROM bench_line WHERE doc ->> 'doc' IS NOT NULL;
-- the baseline has samples
CREATE TEMP TABLE bench_inline_jsonb AS SELECT id, policy::jsonb AS policy FROM bench_inline WHERE id <= 5000;
CREATE TEMP TABLE bench_managed_jsonb AS SELECT id, policy::jsonb AS policy FROM bench_managed;
CREATE TEMP TABLE bench_simple AS
SELECT n AS id, format('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-%s/*"}]}', n % 1000)::iam_policy AS policy
FROM generate_series(1, 100000) AS n;
CREATE TEMP TABLE bench_simple_jsonb AS SELECT id, policy::jsonb AS policy FROM bench_simple WHERE id <= 5000;
VACUUM ANALYZE bench_inline;
VACUUM ANALYZE bench_managed;
VACUUM ANALYZE bench_simple;
VACUUM ANALYZE bench_inline_jsonb;
VACUUM ANALYZE bench_managed_jsonb;
VACUUM ANALYZE bench_simple_jsonb;

-- what is asked, by whom: for the baseline all is in the context
CREATE TEMP TABLE bench_request AS
SELECT v.name, v.action, v.resource, iam_request(v.action, v.resource, c.context, '100000000000') AS request,
	iam_caller('arn:aws:iam::100000000000:user/bob', '{"organization_id":"o-benchmark01","unique_id":"AIDAEXAMPLE"}', '{"team":"t1"}') AS caller,
	(SELECT jsonb_object_agg(lower(key), value) FROM jsonb_each(c.context::jsonb)) || '{"aws:username":"bob","aws:principalarn":"arn:aws:iam::100000000000:user/bob",
		"aws:principalaccount":"100000000000","aws:principaltype":"User","aws:userid":"AIDAEXAMPLE","aws:principalorgid":"o-benchmark01","aws:principaltag/team":"t1","aws:resourceaccount":"100000000000",
		"s3:resourceaccount":"100000000000","aws:principalisawsservice":"false"}' AS context
FROM (VALUES ('S3', 's3:GetObject', 'arn:aws:s3:::bucket-7/k'), ('EC2', 'ec2:RunInstances', 'arn:aws:ec2:eu-west-1:100000000000:instance/i-1'),
	('role', 'sts:AssumeRole', 'arn:aws:iam::100000000000:role/role-1'), ('IAM', 'iam:CreateUser', 'arn:aws:iam::100000000000:user/new'),
	('queue', 'sqs:ListItem', 'arn:aws:sqs:eu-west-1:100000000000:q')) AS v (name, action, resource),
	(SELECT '{"aws:RequestedRegion":"eu-west-1","aws:SourceIp":"10.1.2.3","aws:MultiFactorAuthPresent":"true","aws:ResourceTag/team":"t1","s3:prefix":"home/bob/x"}'::json AS context) AS c;

-- ---------------------------------------------------------------- document by document

\echo Documents on which the two evaluators disagree:
SELECT kind, count(*) FILTER (WHERE ours IS DISTINCT FROM baseline) AS different, count(*) AS of, count(*) FILTER (WHERE ours = 'Allow') AS allow, count(*) FILTER (WHERE ours = 'Deny') AS deny
FROM (
	SELECT d.kind, CASE WHEN iam_effect_denies(e) THEN 'Deny' WHEN iam_effect_allows(e) THEN 'Allow' WHEN iam_effect_allows(e) IS NULL THEN 'unknown' END AS ours,
		pg_temp.effect_jsonb(d.document, r.action, r.resource, r.context) AS baseline
	FROM bench_request AS r CROSS JOIN (
		SELECT 'generated' AS kind, d.policy, j.policy AS document FROM bench_inline AS d JOIN bench_inline_jsonb AS j USING (id)
		UNION ALL SELECT 'managed', d.policy, j.policy FROM bench_managed AS d JOIN bench_managed_jsonb AS j USING (id)
		UNION ALL SELECT 'simple', d.policy, j.policy FROM bench_simple AS d JOIN bench_simple_jsonb AS j USING (id)) AS d
	CROSS JOIN LATERAL iam_policy_effect(d.policy, 'identity', r.request, r.caller) AS e OFFSET 0) AS x
GROUP BY kind ORDER BY kind;

CREATE FUNCTION pg_temp.by_document(what text, documents text, request_name text, target text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	r bench_request := (SELECT b FROM bench_request AS b WHERE b.name = request_name);
	ours double precision;
	baseline double precision;
	n double precision;
	m double precision;
BEGIN
	EXECUTE format('SELECT count(*) FROM %I', documents) INTO n;
	EXECUTE format('SELECT count(*) FROM %I', documents || '_jsonb') INTO m;
	ours := pg_temp.seconds(format('SELECT count(iam_policy_effect(policy, ''identity'', %L::iam_request, %L::iam_caller)) FROM %I', r.request, r.caller, documents)) / n;
	baseline := pg_temp.seconds(format('SELECT count(pg_temp.effect_jsonb(policy, %L, %L, %L)) FROM %I', r.action, r.resource, r.context, documents || '_jsonb')) / m;
	INSERT INTO bench_result (what, value, unit, target, baseline, baseline_value)
	VALUES (by_document.what, 1 / ours, 'evaluations/s', by_document.target, 'PL/pgSQL over jsonb', 1 / baseline);
END $$;
SELECT FROM pg_temp.by_document('a document each: one simple Allow', 'bench_simple', 'S3') \g /dev/null
SELECT FROM pg_temp.by_document('a document each: 264,557 generated ones, rare action', 'bench_inline', 'queue') \g /dev/null
SELECT FROM pg_temp.by_document('a document each: 264,557 generated ones, common action', 'bench_inline', 'role') \g /dev/null
SELECT FROM pg_temp.by_document('a document each: AWS''s managed ones (their size: detoasted each time)', 'bench_managed', 'EC2') \g /dev/null

INSERT INTO bench_result (what, value, unit, target, baseline, baseline_value)
SELECT 'one request over 264,557 distinct documents: rows that allow', 1000 * pg_temp.seconds(format('SELECT count(*) FROM bench_inline WHERE iam_effect_allows(iam_policy_effect(policy, ''identity'', %L, %L))', request, caller)),
	'ms', '<= 150', 'PL/pgSQL over jsonb', 1000 * 264557 / 5000 * pg_temp.seconds(format('SELECT count(*) FROM bench_inline_jsonb WHERE pg_temp.effect_jsonb(policy, %L, %L, %L) = ''Allow''', action, resource, context))
FROM bench_request WHERE name = 'S3';

-- one document, many requests: which of these calls does it allow?
CREATE TEMP TABLE bench_call AS
SELECT n AS id, c.action, c.resource, iam_request(c.action, c.resource, '{"aws:RequestedRegion":"eu-west-1"}', '100000000000') AS request
FROM generate_series(1, 20000) AS n CROSS JOIN LATERAL (
	SELECT CASE WHEN n % 2 = 0 THEN 's3:GetObject' ELSE 'ec2:RunInstances' END AS action,
		CASE WHEN n % 2 = 0 THEN format('arn:aws:s3:::bucket-%s/k%s', n % 100, n) ELSE 'arn:aws:ec2:eu-west-1:100000000000:instance/i-' || n END AS resource) AS c;
VACUUM ANALYZE bench_call;
CREATE FUNCTION pg_temp.by_call(what text, document iam_policy, target text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	r bench_request := (SELECT b FROM bench_request AS b WHERE b.name = 'S3');
	different bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM bench_call WHERE id <= 200 AND CASE WHEN iam_effect_denies(iam_policy_effect(%1$L, ''identity'', request, %2$L)) THEN ''Deny''
		WHEN iam_effect_allows(iam_policy_effect(%1$L, ''identity'', request, %2$L)) THEN ''Allow'' END IS DISTINCT FROM pg_temp.effect_jsonb(%3$L, action, resource, %4$L)',
		document, r.caller, document::jsonb, r.context) INTO different;
	IF different > 0 THEN
		RAISE EXCEPTION '%: different answers to % of 200 calls', what, different;
	END IF;
	INSERT INTO bench_result (what, value, unit, target, baseline, baseline_value)
	SELECT by_call.what, 20000 / pg_temp.seconds(format('SELECT count(iam_policy_effect(%L, ''identity'', request, %L)) FROM bench_call', document, r.caller)), 'evaluations/s', by_call.target,
		'PL/pgSQL over jsonb', 200 / pg_temp.seconds(format('SELECT count(pg_temp.effect_jsonb(%L, action, resource, %L)) FROM bench_call WHERE id <= 200', document::jsonb, r.context));
END $$;
SELECT FROM pg_temp.by_call('20,000 calls, a document: one simple Allow', (SELECT policy FROM bench_simple WHERE id = 7)) \g /dev/null
SELECT FROM pg_temp.by_call('20,000 calls, a document: a generated one', (SELECT policy FROM bench_inline WHERE id = 7)) \g /dev/null
SELECT FROM (SELECT name, policy FROM bench_managed WHERE name IN ('AmazonEC2FullAccess', 'PowerUserAccess', 'SecurityAudit', 'ReadOnlyAccess') ORDER BY octet_length(policy::text)) AS m,
	pg_temp.by_call('20,000 calls, a document: ' || name, policy, '>= 500 x') \g /dev/null

-- ---------------------------------------------------------------- decisions

-- users with ten managed policies, an inline policy, a boundary, and control policies on three levels
CREATE TEMP TABLE bench_document AS
SELECT id, 'identity'::iam_policy_kind AS kind, policy FROM bench_managed
UNION ALL SELECT 10000 + id, 'identity', policy FROM bench_inline WHERE id <= 20000
UNION ALL SELECT 5000, 'boundary', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}]}'
UNION ALL SELECT 5001, 'boundary', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","sqs:*","sts:*","ec2:Describe*"],"Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}'
UNION ALL SELECT 6000, 'scp', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
UNION ALL SELECT 6001, 'scp', '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","sts:*","organizations:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}}]}'
UNION ALL SELECT 6002, 'scp', '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["organizations:LeaveOrganization","account:*"],"Resource":"*"},{"Effect":"Deny","Action":"s3:Put*","Resource":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/user-1*"}}}]}';
CREATE TEMP TABLE bench_document_jsonb AS SELECT id, kind, policy::jsonb AS policy FROM bench_document;
CREATE TEMP TABLE bench_principal AS
SELECT n::bigint AS id, 5000 + n % 2::bigint AS boundary, iam_caller('arn:aws:iam::100000000000:user/user-' || n, format('{"organization_id":"o-benchmark01","unique_id":"AIDA%s","has_boundary":true}', n)::json, format('{"team":"t%s"}', n % 20)::json) AS caller,
	format('{"aws:username":"user-%1$s","aws:principalarn":"arn:aws:iam::100000000000:user/user-%1$s","aws:principalaccount":"100000000000","aws:principaltype":"User","aws:userid":"AIDA%1$s",
		"aws:principalorgid":"o-benchmark01","aws:principaltag/team":"t%2$s","aws:resourceaccount":"100000000000","s3:resourceaccount":"100000000000","aws:principalisawsservice":"false"}', n, n % 20)::jsonb AS context
FROM generate_series(1, 20000) AS n;
-- few managed policies have most of the attachments
SELECT setseed(0.5) \gset
CREATE TEMP TABLE bench_held AS
SELECT p.id AS principal, d.document
FROM bench_principal AS p CROSS JOIN LATERAL (
	SELECT DISTINCT 1 + floor(power(random(), 3) * (SELECT count(*) FROM bench_managed) + 0 * p.id)::bigint AS document FROM generate_series(1, 10) AS n
	UNION ALL SELECT 10000 + p.id) AS d;
CREATE TEMP TABLE bench_control AS
SELECT v.level, v.document::bigint FROM (VALUES (0, 6000), (1, 6000), (1, 6001), (2, 6000), (2, 6002)) AS v (level, document);
CREATE INDEX ON bench_held (principal);
CREATE INDEX ON bench_principal (id);
CREATE INDEX ON bench_document (id);
CREATE INDEX ON bench_document_jsonb (id);
VACUUM ANALYZE bench_document;
VACUUM ANALYZE bench_document_jsonb;
VACUUM ANALYZE bench_principal;
VACUUM ANALYZE bench_held;
VACUUM ANALYZE bench_control;

-- an explicit Deny ends it; the control policies are read by the caller of the function, once
CREATE FUNCTION pg_temp.decide_jsonb(principal bigint, boundary bigint, controls jsonb[], action text, resource text, context jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
	document jsonb;
	effect text;
	level integer;
	identity boolean := false;
	bounded boolean;
	levels boolean[] := '{}';
BEGIN
	FOR level IN 1 .. cardinality(controls) LOOP
		effect := NULL;
		FOR document IN SELECT jsonb_array_elements(controls[level]) LOOP
			effect := pg_temp.effect_jsonb(document, action, resource, context, effect IS NOT NULL);
			IF effect = 'Deny' THEN
				RETURN 'explicit_deny';
			END IF;
		END LOOP;
		levels[level] := effect IS NOT NULL;
	END LOOP;
	effect := pg_temp.effect_jsonb((SELECT d.policy FROM bench_document_jsonb AS d WHERE d.id = boundary), action, resource, context);
	IF effect = 'Deny' THEN
		RETURN 'explicit_deny';
	END IF;
	bounded := effect IS NOT NULL;
	FOR document IN SELECT d.policy FROM bench_held AS h JOIN bench_document_jsonb AS d ON d.id = h.document WHERE h.principal = decide_jsonb.principal LOOP
		effect := pg_temp.effect_jsonb(document, action, resource, context, identity);
		IF effect = 'Deny' THEN
			RETURN 'explicit_deny';
		END IF;
		identity := identity OR effect IS NOT NULL;
	END LOOP;
	RETURN CASE WHEN identity AND bounded AND false <> ALL (levels) THEN 'allowed' ELSE 'implicit_deny' END;
END $$;

-- Each document once; again for each holder only where it matters who asks.  A row
-- without a kind says who asks; identity policies that say nothing change nothing.
-- (The planner knows nothing of a CTE's values, and would sort for a merge join.)
CREATE FUNCTION pg_temp.decisions(request iam_request, users integer) RETURNS TABLE (principal bigint, decision iam_decision) LANGUAGE sql STABLE SET enable_mergejoin = off AS $$
	WITH document AS MATERIALIZED (
		SELECT e.id, e.effect, e.depends AND (iam_effect_allows(e.effect) IS NULL OR iam_effect_denies(e.effect) IS NULL) AS individual
		FROM (SELECT d.id, d.kind, iam_policy_effect(d.policy, d.kind, request) AS effect, iam_policy_depends_on_caller(d.policy) AS depends
			  FROM bench_document AS d OFFSET 0) AS e
		WHERE e.kind <> 'identity' OR (iam_effect_allows(e.effect) OR iam_effect_denies(e.effect)) IS NOT FALSE),
	gate AS (
		SELECT h.principal, 'identity'::iam_policy_kind AS kind, 0 AS level, d.* FROM bench_held AS h JOIN document AS d ON d.id = h.document
		UNION ALL
		SELECT p.id, 'boundary', 0, d.* FROM bench_principal AS p JOIN document AS d ON d.id = p.boundary
		UNION ALL
		SELECT p.id, 'scp', c.level, d.* FROM bench_principal AS p, bench_control AS c JOIN document AS d ON d.id = c.document)
	SELECT x.principal, iam_decide(request, x.caller, x.kind, x.level, x.effect)
	FROM (SELECT p.id AS principal, p.caller, NULL::iam_policy_kind AS kind, NULL::integer AS level, NULL::iam_effect AS effect FROM bench_principal AS p
		  UNION ALL
		  SELECT g.principal, NULL, g.kind, g.level, CASE WHEN NOT g.individual THEN g.effect
			ELSE iam_policy_effect((SELECT d.policy FROM bench_document AS d WHERE d.id = g.id), g.kind, request, (SELECT p.caller FROM bench_principal AS p WHERE p.id = g.principal)) END
		  FROM gate AS g) AS x
	WHERE x.principal <= users
	GROUP BY x.principal
$$;
-- each document anew for each holder
CREATE FUNCTION pg_temp.decisions_one_by_one(request iam_request, users integer) RETURNS TABLE (principal bigint, decision iam_decision) LANGUAGE sql STABLE AS $$
	SELECT p.id, iam_decide(request, p.caller, g.kind, g.level, iam_policy_effect(d.policy, g.kind, request, p.caller))
	FROM bench_principal AS p CROSS JOIN LATERAL (
			SELECT 'identity'::iam_policy_kind AS kind, 0 AS level, h.document FROM bench_held AS h WHERE h.principal = p.id
			UNION ALL
			SELECT 'boundary', 0, p.boundary
			UNION ALL
			SELECT 'scp', c.level, c.document FROM bench_control AS c) AS g
		JOIN bench_document AS d ON d.id = g.document
	WHERE p.id <= users
	GROUP BY p.id
$$;
-- the control policies of each level
SELECT array_agg(documents ORDER BY level) AS controls
FROM (SELECT c.level, jsonb_agg(d.policy) AS documents FROM bench_control AS c JOIN bench_document_jsonb AS d ON d.id = c.document GROUP BY c.level) AS l \gset

\echo Decisions on which they disagree:
SELECT r.name, count(*) FILTER (WHERE o.decision::text <> b.decision OR o.decision <> a.decision) AS different, count(*) AS of,
	count(*) FILTER (WHERE o.decision = 'allowed') AS allowed, count(*) FILTER (WHERE o.decision = 'explicit_deny') AS denied
FROM bench_request AS r CROSS JOIN LATERAL pg_temp.decisions(r.request, 200) AS o JOIN LATERAL pg_temp.decisions_one_by_one(r.request, 200) AS a USING (principal)
JOIN bench_principal AS p ON p.id = o.principal CROSS JOIN LATERAL pg_temp.decide_jsonb(p.id, p.boundary, :'controls', r.action, r.resource, r.context || p.context) AS b (decision)
WHERE r.name <> 'role'	-- which a trust policy would have to allow as well
GROUP BY r.name ORDER BY r.name;

CREATE FUNCTION pg_temp.by_decision(what text, request_name text, controls jsonb[], target text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	r bench_request := (SELECT b FROM bench_request AS b WHERE b.name = request_name);
	baseline double precision := pg_temp.seconds(format('SELECT count(pg_temp.decide_jsonb(id, boundary, %L, %L, %L, %L::jsonb || context)) FROM bench_principal WHERE id <= 100', controls, r.action, r.resource, r.context)) / 100;
BEGIN
	INSERT INTO bench_result (what, value, unit, target, baseline, baseline_value)
	VALUES (what || ', each document once', 20000 / pg_temp.seconds(format('SELECT count(decision) FROM pg_temp.decisions(%L, 20000)', r.request)), 'decisions/s', target, 'PL/pgSQL over jsonb', 1 / baseline),
		(what || ', one by one', 500 / pg_temp.seconds(format('SELECT count(decision) FROM pg_temp.decisions_one_by_one(%L, 500)', r.request)), 'decisions/s', NULL, 'PL/pgSQL over jsonb', 1 / baseline);
END $$;
SELECT FROM pg_temp.by_decision('10 managed, inline, boundary, 5 SCPs: EC2', 'EC2', :'controls', '>= 500 x') \g /dev/null
SELECT FROM pg_temp.by_decision('10 managed, inline, boundary, 5 SCPs: S3', 'S3', :'controls', '>= 500 x') \g /dev/null
SELECT FROM pg_temp.by_decision('10 managed, inline, boundary, 5 SCPs: denied IAM', 'IAM', :'controls', '>= 500 x') \g /dev/null

-- the same users in the tables of the model
SELECT b.* FROM bench_request AS b WHERE b.name = 'S3' \gset asked_
BEGIN;
INSERT INTO iam_organization (organization_id, management_account_id, root_id) VALUES ('o-benchmark01', '999999999999', 'r-bnch');
INSERT INTO iam_organizational_unit (ou_id, organization_id, parent_id) VALUES ('ou-bnch-00000001', 'o-benchmark01', 'r-bnch');
INSERT INTO iam_account (account_id, organization_id, parent_id) VALUES ('100000000000', 'o-benchmark01', 'ou-bnch-00000001');
INSERT INTO iam_control_policy (policy_id, type, policy) SELECT 'p-' || id, 'SERVICE_CONTROL_POLICY', policy FROM bench_document WHERE kind = 'scp';
INSERT INTO iam_control_policy_target (policy_id, target_id) SELECT 'p-' || document, (ARRAY['r-bnch', 'ou-bnch-00000001', '100000000000'])[level + 1] FROM bench_control;
INSERT INTO iam_aws_policy (arn, name, policy) SELECT ('arn:aws:iam::aws:policy/' || name)::arn, name, policy FROM bench_managed;
INSERT INTO iam_customer_policy (account_id, arn, name, policy)
SELECT '100000000000', ('arn:aws:iam::100000000000:policy/boundary-' || id)::arn, 'boundary-' || id, policy FROM bench_document WHERE kind = 'boundary';
INSERT INTO iam_identity (account_id, arn, kind, name, unique_id, tags, permissions_boundary)
SELECT '100000000000', ('arn:aws:iam::100000000000:user/user-' || id)::arn, 'user', 'user-' || id, 'AIDA' || id, jsonb_build_object('team', 't' || id % 20), ('arn:aws:iam::100000000000:policy/boundary-' || boundary)::arn
FROM bench_principal;
INSERT INTO iam_attachment (account_id, identity_arn, policy_arn)
SELECT '100000000000', ('arn:aws:iam::100000000000:user/user-' || h.principal)::arn, ('arn:aws:iam::aws:policy/' || m.name)::arn FROM bench_held AS h JOIN bench_managed AS m ON m.id = h.document;
INSERT INTO iam_inline_policy (account_id, identity_arn, name, policy)
SELECT '100000000000', ('arn:aws:iam::100000000000:user/user-' || h.principal)::arn, 'inline', d.policy FROM bench_held AS h JOIN bench_document AS d ON d.id = h.document WHERE h.document > 10000;
ANALYZE iam_identity;
ANALYZE iam_attachment;
ANALYZE iam_inline_policy;
ANALYZE iam_aws_policy;
ANALYZE iam_customer_policy;
SELECT format('FROM iam_who_can(%L, %L, %L, ''100000000000'', false)', :'asked_action', :'asked_resource', '{"aws:RequestedRegion":"eu-west-1","aws:SourceIp":"10.1.2.3","aws:MultiFactorAuthPresent":"true","aws:ResourceTag/team":"t1","s3:prefix":"home/bob/x"}') AS who \gset
\echo Of 100 users, who can by iam_who_can and not by the baseline, or the other way round:
SELECT count(*) AS different
FROM bench_principal AS p LEFT JOIN (SELECT w.principal :who AS w) AS w ON w.principal = 'arn:aws:iam::100000000000:user/user-' || p.id
WHERE p.id <= 100 AND (w.principal IS NOT NULL) <> (pg_temp.decide_jsonb(p.id, p.boundary, :'controls', :'asked_action', :'asked_resource', :'asked_context'::jsonb || p.context) = 'allowed');
SELECT pg_temp.seconds('SELECT count(*) ' || :'who') AS seconds \gset
ROLLBACK;
INSERT INTO bench_result (what, value, unit, target, baseline, baseline_value)
SELECT 'iam_who_can over the same 20,000 users: S3', 20000 / :seconds, 'users/s', '>= 500 x', baseline, baseline_value
FROM bench_result WHERE what LIKE '10 managed%S3, each document once';

INSERT INTO bench_result (what, value, unit, baseline, baseline_value)
SELECT 'iam_evaluate(json), policies in the request',
	10000 / pg_temp.seconds($$SELECT count(iam_evaluate(format('{"principal":"arn:aws:iam::111111111111:user/bob","action":"s3:GetObject","resource":"arn:aws:s3:::bucket-7/k%s",'
		'"identity_policies":[{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-7/*"}]}]}', n)::json)) FROM generate_series(1, 10000) AS n$$),
	'decisions/s', 'PL/pgSQL over jsonb', 10000 / pg_temp.seconds($$SELECT count(pg_temp.effect_jsonb('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-7/*"}]}',
		's3:GetObject', 'arn:aws:s3:::bucket-7/k' || n, '{}')) FROM generate_series(1, 10000) AS n$$);
INSERT INTO bench_result (what, value, unit, baseline, baseline_value)
SELECT 'text to iam_policy', bytes / 1e6 / pg_temp.seconds($$SELECT count((doc ->> 'doc')::iam_policy) FROM bench_line$$), 'MB/s',
	'text to jsonb', bytes / 1e6 / pg_temp.seconds($$SELECT count((doc ->> 'doc')::jsonb) FROM bench_line$$)
FROM (SELECT sum(length(doc ->> 'doc')) AS bytes FROM bench_line) AS b;

-- ---------------------------------------------------------------- indexes

-- with the index, and without one
CREATE FUNCTION pg_temp.by_index(what text, query text, target text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	indexed double precision := pg_temp.seconds(query);
	rows bigint;
	node json;
BEGIN
	EXECUTE query INTO rows;
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO node;
	node := node #> '{0,Plan,Plans,0}';
	SET enable_indexscan = off;
	SET enable_indexonlyscan = off;
	SET enable_bitmapscan = off;
	INSERT INTO bench_result (what, value, unit, target, baseline, baseline_value)
	VALUES (format('%s: %s rows, estimated %s, %s', what, rows, node ->> 'Plan Rows', lower(node ->> 'Node Type')), 1000 * indexed, 'ms', target, 'sequential scan', 1000 * pg_temp.seconds(query));
	RESET enable_indexscan;
	RESET enable_indexonlyscan;
	RESET enable_bitmapscan;
END $$;

CREATE INDEX ON bench_inline USING gin (policy);
SELECT FROM pg_temp.by_index('policies that may concern sqs:ListItem', $$SELECT count(*) FROM bench_inline WHERE policy @@ iam_request('sqs:ListItem', '*')$$) \g /dev/null
SELECT FROM pg_temp.by_index('policies that may concern sts:AssumeRole', $$SELECT count(*) FROM bench_inline WHERE iam_policy_may_match(policy, iam_request('sts:AssumeRole', '*'))$$) \g /dev/null

-- patterns as Resource elements have them, 20 of them `*`; and ARNs
SELECT setseed(0.25) \gset
CREATE TEMP TABLE bench_pattern AS
SELECT CASE WHEN n <= 20 THEN '*'
	WHEN kind < 0.4 THEN 'arn:aws:s3:::bucket-' || x || (ARRAY['', '/*', '/home/*', '*'])[1 + n % 4]
	WHEN kind < 0.65 THEN 'arn:aws:iam::' || account || ':role/app-' || x % 1000 || (ARRAY['', '*', '-deploy'])[1 + n % 3]
	WHEN kind < 0.82 THEN 'arn:aws:lambda:' || region || ':' || account || ':function:fn-' || x || (ARRAY['', ':*'])[1 + n % 2]
	WHEN kind < 0.97 THEN 'arn:aws:dynamodb:' || region || ':' || account || ':table/t-' || x || (ARRAY['', '/index/*', '*'])[1 + n % 3]
	WHEN kind < 0.985 THEN 'arn:aws:*:*:' || account || ':*'
	WHEN kind < 0.995 THEN 'arn:*:*:*:*:*/t-' || x
	ELSE 'arn:*:s3:::bucket-' || x || '/*' END::arn_pattern AS pattern
FROM (SELECT n, random() AS kind, floor(random() * 50000)::integer AS x, lpad(floor(random() * 1000)::text, 12, '0') AS account,
		(ARRAY['*', 'eu-west-1', 'us-east-1'])[1 + floor(random() * 3)::integer] AS region FROM generate_series(1, 500020) AS n) AS r;
CREATE TEMP TABLE bench_arn AS
SELECT (CASE n % 5 WHEN 0 THEN 'arn:aws:s3:::bucket-' || x WHEN 1 THEN 'arn:aws:iam::' || account || ':role/app-' || x WHEN 2 THEN 'arn:aws:lambda:eu-west-1:' || account || ':function:fn-' || x
	WHEN 3 THEN 'arn:aws:dynamodb:us-east-1:' || account || ':table/t-' || x ELSE 'arn:aws:sqs:eu-west-1:' || account || ':queue-' || x END)::arn AS arn
FROM (SELECT n, floor(random() * 50000)::integer AS x, lpad(floor(random() * 1000)::text, 12, '0') AS account FROM generate_series(1, 500000) AS n) AS r;
CREATE INDEX ON bench_pattern USING spgist (pattern);
CREATE INDEX ON bench_arn USING spgist (arn);
CREATE INDEX ON bench_arn (arn_account(arn), arn_service(arn));
VACUUM ANALYZE bench_pattern;
VACUUM ANALYZE bench_arn;
SELECT FROM pg_temp.by_index('500,020 patterns, those that match an S3 object', $$SELECT count(*) FROM bench_pattern WHERE pattern ~ 'arn:aws:s3:::bucket-123/home/k'::arn$$, '<= 1') \g /dev/null
SELECT FROM pg_temp.by_index('500,020 patterns, those that match a DynamoDB table', $$SELECT count(*) FROM bench_pattern WHERE pattern ~ 'arn:aws:dynamodb:eu-west-1:000000000042:table/t-123'::arn$$, '<= 1') \g /dev/null
SELECT FROM pg_temp.by_index('500,000 ARNs, a pattern with a long beginning', $$SELECT count(*) FROM bench_arn WHERE arn ~ 'arn:aws:lambda:eu-west-1:000000000042:function:fn-1*'$$) \g /dev/null
SELECT FROM pg_temp.by_index('500,000 ARNs, a pattern with a fifth of them', $$SELECT count(*) FROM bench_arn WHERE arn ~ 'arn:aws:dynamodb:*'$$) \g /dev/null
SELECT FROM pg_temp.by_index('500,000 ARNs, arn:aws:*:*:ACCOUNT:*', $$SELECT count(*) FROM bench_arn WHERE arn ~ 'arn:aws:*:*:000000000042:*'$$) \g /dev/null
SELECT FROM pg_temp.by_index('the same with arn_account(arn) = ACCOUNT', $$SELECT count(*) FROM bench_arn WHERE arn ~ 'arn:aws:*:*:000000000042:*' AND arn_account(arn) = '000000000042'$$) \g /dev/null

SELECT what, CASE WHEN value < 100 THEN round(value, 2) ELSE round(value) END AS value, unit, target, baseline, CASE WHEN baseline_value < 100 THEN round(baseline_value, 2) ELSE round(baseline_value) END AS baseline_value,
	round(CASE WHEN unit = 'ms' THEN baseline_value / value ELSE value / baseline_value END, 1) AS ratio
FROM bench_result ORDER BY place;
