-- Speed through SQL, as ratios to a baseline of the same run.
--
-- The baseline of an evaluation is the same question (some Allow statement lists
-- the action and the resource, no Deny does) answered in PL/pgSQL over jsonb.
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET client_min_messages = warning;

CREATE TEMP TABLE bench_line (doc json);
\copy bench_line FROM PROGRAM 'cat "$POLICIES"' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
CREATE TEMP TABLE bench_result (what text, unit text, value numeric, baseline text, baseline_value numeric);

-- how long a statement takes: the median of five runs, in seconds
CREATE FUNCTION pg_temp.seconds(statement text) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
	runs double precision[] := '{}';
	start timestamptz;
BEGIN
	FOR i IN 1 .. 5 LOOP
		start := clock_timestamp();
		EXECUTE statement;
		runs := runs || extract(epoch FROM clock_timestamp() - start)::double precision;
	END LOOP;
	RETURN (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY r) FROM unnest(runs) AS r);
END $$;

-- the baseline: globs as LIKE patterns, statements and lists unrolled
CREATE FUNCTION pg_temp.glob_like(value text, pattern text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT value LIKE replace(replace(replace(replace(replace(pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), '?', '_')
$$;
CREATE FUNCTION pg_temp.evaluate_jsonb(policy jsonb, action text, resource text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	statement jsonb;
	allowed boolean := false;
BEGIN
	FOR statement IN SELECT s FROM jsonb_array_elements(CASE jsonb_typeof(policy -> 'Statement') WHEN 'array' THEN policy -> 'Statement'
														ELSE jsonb_build_array(policy -> 'Statement') END) AS s LOOP
		CONTINUE WHEN NOT EXISTS (
			SELECT FROM jsonb_array_elements_text(CASE jsonb_typeof(statement -> 'Action') WHEN 'array' THEN statement -> 'Action'
												  WHEN 'string' THEN jsonb_build_array(statement -> 'Action') ELSE '[]' END) AS a
			WHERE pg_temp.glob_like(lower(evaluate_jsonb.action), lower(a)));
		CONTINUE WHEN NOT EXISTS (
			SELECT FROM jsonb_array_elements_text(CASE jsonb_typeof(statement -> 'Resource') WHEN 'array' THEN statement -> 'Resource'
												  WHEN 'string' THEN jsonb_build_array(statement -> 'Resource') ELSE '[]' END) AS r
			WHERE pg_temp.glob_like(evaluate_jsonb.resource, r));
		IF statement ->> 'Effect' = 'Deny' THEN
			RETURN 'explicit_deny';
		END IF;
		allowed := true;
	END LOOP;
	RETURN CASE WHEN allowed THEN 'allowed' ELSE 'implicit_deny' END;
END $$;

-- one simple Allow, a million rows
CREATE TEMP TABLE bench_simple AS
SELECT n, format('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-%s/*"}]}', n % 1000)::iam_policy AS policy
FROM generate_series(1, 1000000) AS n;
CREATE TEMP TABLE bench_simple_jsonb AS SELECT n, policy::jsonb AS policy FROM bench_simple WHERE n <= 10000;
ANALYZE bench_simple;
INSERT INTO bench_result
SELECT 'iam_policy_effect over rows, one Allow', 'evaluations/s',
	1000000 / pg_temp.seconds($$SELECT count(iam_policy_effect(policy, 'identity', iam_request('s3:GetObject', 'arn:aws:s3:::bucket-7/k'))) FROM bench_simple$$),
	'PL/pgSQL over jsonb',
	10000 / pg_temp.seconds($$SELECT count(pg_temp.evaluate_jsonb(policy, 's3:GetObject', 'arn:aws:s3:::bucket-7/k')) FROM bench_simple_jsonb$$);
INSERT INTO bench_result
SELECT 'the same through iam_decide, grouped by row', 'decisions/s',
	1000000 / pg_temp.seconds($$SELECT count(d) FROM (SELECT iam_decide(iam_request('s3:GetObject', 'arn:aws:s3:::bucket-7/k'),
		iam_caller('arn:aws:iam::111111111111:user/bob'), 'identity', 0,
		iam_policy_effect(policy, 'identity', iam_request('s3:GetObject', 'arn:aws:s3:::bucket-7/k'))) AS d FROM bench_simple GROUP BY n) AS g$$),
	'PL/pgSQL over jsonb', baseline_value
FROM bench_result;

-- AWS's managed policies
CREATE TEMP TABLE bench_managed AS SELECT doc ->> 'name' AS name, (doc ->> 'doc')::iam_policy AS policy FROM bench_line WHERE doc ->> 'doc' IS NOT NULL;
CREATE TEMP TABLE bench_managed_jsonb AS SELECT name, policy::jsonb AS policy FROM bench_managed;
INSERT INTO bench_result
SELECT 'iam_policy_effect over AWS''s managed policies', 'evaluations/s',
	n / pg_temp.seconds($$SELECT count(iam_policy_effect(policy, 'identity', iam_request('ec2:RunInstances', 'arn:aws:ec2:eu-west-1:111111111111:instance/i'))) FROM bench_managed$$),
	'PL/pgSQL over jsonb',
	n / pg_temp.seconds($$SELECT count(pg_temp.evaluate_jsonb(policy, 'ec2:RunInstances', 'arn:aws:ec2:eu-west-1:111111111111:instance/i')) FROM bench_managed_jsonb$$)
FROM (SELECT count(*) AS n FROM bench_managed) AS c;
INSERT INTO bench_result
SELECT 'text to iam_policy', 'MB/s', bytes / 1e6 / pg_temp.seconds($$SELECT count((doc ->> 'doc')::iam_policy) FROM bench_line$$),
	'text to jsonb', bytes / 1e6 / pg_temp.seconds($$SELECT count((doc ->> 'doc')::jsonb) FROM bench_line$$)
FROM (SELECT sum(length(doc ->> 'doc')) AS bytes FROM bench_line) AS b;
INSERT INTO bench_result
SELECT 'iam_evaluate(json), policies in the request', 'decisions/s',
	10000 / pg_temp.seconds($$SELECT count(iam_evaluate(format('{"principal":"arn:aws:iam::111111111111:user/bob","action":"s3:GetObject","resource":"arn:aws:s3:::bucket-7/k%s",'
		'"identity_policies":[{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-7/*"}]}]}', n)::json)) FROM generate_series(1, 10000) AS n$$),
	'PL/pgSQL over jsonb', baseline_value
FROM bench_result WHERE what LIKE 'iam_policy_effect over rows%';

SELECT what, round(value) AS value, unit, baseline, round(baseline_value) AS baseline_value, round(value / baseline_value, 1) AS ratio FROM bench_result;
