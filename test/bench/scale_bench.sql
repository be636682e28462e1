-- The questions over a whole organization that is in the tables: medians of five,
-- in milliseconds, warm, jit off.  Parallel query is on: the server's cores count.
-- out: a file for the figures.
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\pset null ''
SET jit = off;
SET client_min_messages = warning;
SET work_mem = '256MB';
SET max_parallel_workers_per_gather = 2;

CREATE TEMP TABLE result (place integer GENERATED ALWAYS AS IDENTITY, what text, ms numeric, rows bigint, target text);
\ir timing.sql
CREATE PROCEDURE pg_temp.measure(what text, query text, target text DEFAULT NULL, runs integer DEFAULT 5) LANGUAGE plpgsql AS $$
DECLARE
	v_rows bigint;
BEGIN
	EXECUTE query INTO v_rows;		/* warm */
	INSERT INTO result (what, ms, rows, target)
	VALUES (measure.what, round(pg_temp.milliseconds(query, runs)::numeric, 2), v_rows, measure.target);
END $$;
CREATE PROCEDURE pg_temp.once(what text, query text, target text DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
	v_start timestamptz := clock_timestamp();
	v_rows bigint;
BEGIN
	EXECUTE query INTO v_rows;
	INSERT INTO result (what, ms, rows, target)
	VALUES (once.what, round(extract(epoch FROM clock_timestamp() - v_start)::numeric * 1000, 0), v_rows, once.target);
END $$;

SELECT count(*) FILTER (WHERE kind <> 'group') AS principals FROM iam_identity \gset
SELECT count(*) AS attachments FROM iam_attachment \gset
SELECT count(*) AS documents FROM iam_inline_policy \gset
SELECT :principals || ' principals, ' || :attachments || ' attachments, ' || :documents || ' inline documents' AS "organization" \gset
\echo :organization

-- ---------------------------------------------------------------- documents

SELECT iam_request('s3:GetObject', 'arn:aws:s3:::bucket-0-1/key', '{}'::json, NULL, true) AS request \gset
CALL pg_temp.measure('one request over all inline documents, no index',
	format('SELECT count(*) FROM iam_inline_policy WHERE iam_effect_allows(iam_policy_effect(policy, ''identity'', %L)) IS NOT FALSE', :'request'), '<= 150');

-- ---------------------------------------------------------------- who can

CALL pg_temp.measure('who can, selective action, counted by account', $$SELECT sum(principals) FROM iam_who_can_summary('iam:CreateAccessKey', '*')$$, '<= 200');
CALL pg_temp.measure('who can, selective action, every row', $$SELECT count(*) + 0 * count(conditions) FROM iam_who_can('iam:CreateAccessKey', '*')$$);
CALL pg_temp.measure('who can, broad action, counted by account', $$SELECT sum(principals) FROM iam_who_can_summary('s3:GetObject', '*')$$, '<= 300');
CALL pg_temp.measure('who can, broad action, every row', $$SELECT count(*) + 0 * count(conditions) FROM iam_who_can('s3:GetObject', '*')$$);
CALL pg_temp.measure('who can, one object of a bucket', $$SELECT count(*) FROM iam_who_can('s3:GetObject', 'arn:aws:s3:::bucket-0-1/key')$$);

-- ---------------------------------------------------------------- who can, in PL/pgSQL

-- the baseline asks one by one; a sample of principals, as jsonb in temporary tables, tells what all would take
\ir baseline.sql
CREATE TEMP TABLE sample AS
SELECT i.account_id, i.arn, i.name, i.kind, i.unique_id, i.tags, i.permissions_boundary IS NOT NULL AS bounded,
	f.organization_id, f.in_management_account OR i.path LIKE '/aws-service-role/%' AS exempt
FROM (SELECT i.* FROM iam_identity AS i WHERE i.kind <> 'group' ORDER BY arn_hash_extended(i.arn, 2) LIMIT 1000) AS i
JOIN iam_organization_facts(ARRAY(SELECT s.account_id FROM iam_stored_accounts() AS s)) AS f ON f.account_id = i.account_id;
CREATE TEMP TABLE sample_policy AS
SELECT s.arn, p.is_boundary, p.policy::jsonb AS policy FROM sample AS s JOIN iam_identity_policy AS p ON p.account_id = s.account_id AND p.identity_arn = s.arn;
CREATE INDEX ON sample_policy (arn);
CREATE TEMP TABLE sample_control AS
SELECT p.account_id, p.level, p.policy::jsonb AS policy
FROM iam_organization_control_policies(ARRAY(SELECT DISTINCT s.account_id FROM sample AS s), 'SERVICE_CONTROL_POLICY') AS p;
CREATE INDEX ON sample_control (account_id);
ANALYZE sample;
ANALYZE sample_policy;
ANALYZE sample_control;
CREATE FUNCTION pg_temp.decide_jsonb(principal sample, action text, resource text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
	context jsonb := jsonb_build_object('aws:username', CASE principal.kind WHEN 'user' THEN principal.name END, 'aws:principalarn', principal.arn::text, 'aws:principalaccount', principal.account_id,
		'aws:principaltype', CASE principal.kind WHEN 'user' THEN 'User' ELSE 'AssumedRole' END, 'aws:userid', principal.unique_id, 'aws:principalorgid', principal.organization_id,
		'aws:resourceaccount', principal.account_id, 's3:resourceaccount', principal.account_id, 'aws:principalisawsservice', 'false', 'aws:viaawsservice', 'false');
	document jsonb;
	level integer;
	effect text;
	identity boolean := false;
	boundary boolean := NOT principal.bounded;
	levels boolean[] := '{}';
BEGIN
	context := jsonb_strip_nulls(context) || coalesce((SELECT jsonb_object_agg('aws:principaltag/' || lower(t.key), t.value) FROM jsonb_each_text(principal.tags) AS t), '{}');
	IF NOT principal.exempt THEN
		FOR level, document IN SELECT c.level, c.policy FROM sample_control AS c WHERE c.account_id = principal.account_id LOOP
			effect := pg_temp.effect_jsonb(document, action, resource, context, coalesce(levels[level + 1], false));
			IF effect = 'Deny' THEN
				RETURN 'explicit_deny';
			END IF;
			levels[level + 1] := coalesce(levels[level + 1], false) OR effect IS NOT NULL;
		END LOOP;
	END IF;
	FOR document IN SELECT p.policy FROM sample_policy AS p WHERE p.arn = principal.arn AND p.is_boundary LOOP
		effect := pg_temp.effect_jsonb(document, action, resource, context);
		IF effect = 'Deny' THEN
			RETURN 'explicit_deny';
		END IF;
		boundary := effect IS NOT NULL;
	END LOOP;
	FOR document IN SELECT p.policy FROM sample_policy AS p WHERE p.arn = principal.arn AND NOT p.is_boundary LOOP
		effect := pg_temp.effect_jsonb(document, action, resource, context, identity);
		IF effect = 'Deny' THEN
			RETURN 'explicit_deny';
		END IF;
		identity := identity OR effect IS NOT NULL;
	END LOOP;
	RETURN CASE WHEN identity AND boundary AND false <> ALL (levels) THEN 'allowed' ELSE 'implicit_deny' END;
END $$;
CREATE PROCEDURE pg_temp.compare(what text, action text) LANGUAGE plpgsql AS $$
DECLARE
	v_start timestamptz;
	v_ours double precision;
	v_baseline double precision;
	v_different bigint;
	v_documents bigint;
BEGIN
	CREATE TEMP TABLE baseline_answer AS SELECT s.arn, pg_temp.decide_jsonb(s, action, '*') AS decision FROM sample AS s;	/* warm */
	v_start := clock_timestamp();
	PERFORM pg_temp.decide_jsonb(s, action, '*') FROM sample AS s;
	v_baseline := extract(epoch FROM clock_timestamp() - v_start)::double precision * 1000 / (SELECT count(*) FROM sample);
	CALL pg_temp.measure(what, format($q$SELECT sum(principals) FROM iam_who_can_summary(%L, '*', unknown_context => false)$q$, action));
	SELECT r.ms INTO v_ours FROM result AS r ORDER BY r.place DESC LIMIT 1;
	SELECT count(*) INTO v_different
	FROM baseline_answer AS b
	FULL JOIN (SELECT w.principal, w.decision FROM iam_who_can(action, '*', unknown_context => false, include_denied => true) AS w JOIN sample AS s ON s.arn::text = w.principal) AS w
		ON w.principal = b.arn::text
	WHERE b.decision IS DISTINCT FROM w.decision::text;
	SELECT count(*) INTO v_documents FROM iam_identity WHERE kind <> 'group';
	RAISE INFO '%: PL/pgSQL over jsonb % ms for each principal, iam_who_can % ms for each: % x; of % sampled decisions % differ', what, round(v_baseline::numeric, 3),
		round((v_ours / v_documents)::numeric, 6), round((v_baseline / (v_ours / v_documents))::numeric), (SELECT count(*) FROM sample), v_different;
	DROP TABLE baseline_answer;
END $$;
CALL pg_temp.compare('who can, selective, nothing unknown', 'iam:CreateAccessKey');
CALL pg_temp.compare('who can, broad, nothing unknown', 's3:GetObject');

-- ---------------------------------------------------------------- who can assume

SELECT min(t.role_arn::text) FILTER (WHERE t.text LIKE '%:role/role-%' AND t.text NOT LIKE '%Condition%') AS by_role,
	min(t.role_arn::text) FILTER (WHERE t.text LIKE '%"AWS":"arn:aws:iam::' || t.account_id || ':root"%') AS by_root
FROM (SELECT account_id, role_arn, policy::text FROM iam_trust WHERE account_id = (SELECT max(account_id) FROM iam_trust)) AS t (account_id, role_arn, text) \gset
CALL pg_temp.measure('who can assume a role that trusts a role', format('SELECT count(*) FROM iam_who_can_assume(%L)', :'by_role'), '<= 5');
CALL pg_temp.measure('who can assume a role that trusts its account', format('SELECT count(*) FROM iam_who_can_assume(%L)', :'by_root'));
TRUNCATE iam_assume_edge;
CALL pg_temp.once('iam_assume_edge_refresh of all roles', 'SELECT iam_assume_edge_refresh()', '<= 60000');
VACUUM ANALYZE iam_assume_edge;
SET work_mem = '1GB';
CALL pg_temp.measure('closure to one role, loading included', format('SELECT count(*) FROM iam_assume_closure(ARRAY[%L]::arn[])', :'by_root'), '<= 1000');
CALL pg_temp.measure('direct edges to a role by index', format('SELECT count(*) FROM iam_assume_closure(ARRAY[%L]::arn[], 1)', :'by_root'));
SET work_mem = '256MB';

-- ---------------------------------------------------------------- one by one

CALL pg_temp.measure('iam_evaluate in a WHERE over 10,000 identities',
	$$SELECT count(*) FROM (SELECT arn FROM iam_identity WHERE kind <> 'group' ORDER BY account_id, arn LIMIT 10000) AS i
	  WHERE iam_evaluate(arn::text, 's3:GetObject', 'arn:aws:s3:::bucket-0-1/key') = 'allowed'$$, '<= 1000', 3);

-- ---------------------------------------------------------------- ten attachments each

-- each identity gets what eight others have: the same policies are the most used ones
CREATE TEMP TABLE drawn AS
SELECT row_number() OVER (ORDER BY arn_hash_extended(a.identity_arn, 1), a.policy_arn) - 1 AS n, a.policy_arn
FROM iam_attachment AS a WHERE arn_account(a.policy_arn) = 'aws';
CREATE UNIQUE INDEX ON drawn (n);
ANALYZE drawn;
SELECT count(*) AS drawn FROM drawn \gset
INSERT INTO iam_attachment (account_id, identity_arn, policy_arn)
SELECT i.account_id, i.arn, d.policy_arn
FROM iam_identity AS i
CROSS JOIN generate_series(2, 9) AS g (n)
JOIN drawn AS d ON d.n = (arn_hash_extended(i.arn, g.n) % :drawn + :drawn) % :drawn
ON CONFLICT DO NOTHING;
VACUUM ANALYZE iam_attachment;
SELECT count(*) AS attachments FROM iam_attachment \gset
\echo :attachments attachments for the last two
CALL pg_temp.measure('who can, selective action, ten attachments each', $$SELECT sum(principals) FROM iam_who_can_summary('iam:CreateAccessKey', '*')$$, '<= 1500');
CALL pg_temp.measure('who can, broad action, ten attachments each', $$SELECT sum(principals) FROM iam_who_can_summary('s3:GetObject', '*')$$, '<= 1500');

SELECT what, ms, rows, target AS "target at 1,000,000" FROM result ORDER BY place;
SELECT what || E'\t' || ms FROM result ORDER BY place \g (format=unaligned tuples_only=on) :out
