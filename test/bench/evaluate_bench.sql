--
-- iam_evaluate over the tables, one request asked of many identities: what a call
-- takes, and the same decisions with nothing shared between the calls.  Medians of
-- five runs, jit off, one process and two workers.
--
-- psql -v identities=10000 -f test/bench/evaluate_bench.sql, in a database with an
-- organization, such as the one that import_bench.sh leaves; changes nothing.
--
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\if :{?identities}
\else
	\set identities 10000
\endif
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET client_min_messages = warning;

\ir timing.sql

-- an ordinary table: workers do not see temporary ones; gone with the transaction
BEGIN;
CREATE TABLE bench_identity AS
SELECT i.account_id, i.arn::text AS arn FROM iam_identity AS i WHERE i.kind <> 'group' ORDER BY i.account_id, i.arn LIMIT :identities;
ALTER TABLE bench_identity SET (parallel_workers = 2);
ANALYZE bench_identity;
CREATE TABLE bench_some AS SELECT * FROM bench_identity ORDER BY md5(arn) LIMIT 500;

CREATE TEMP TABLE bench_question AS
SELECT q.* FROM (
	(SELECT 1 AS n, 'a stored bucket of one account' AS what, 's3:GetObject' AS action, r.arn::text || '/x' AS resource
	 FROM iam_resource AS r WHERE r.arn ~ 'arn:aws:s3:::*'::arn_pattern AND r.policy IS NOT NULL ORDER BY r.account_id DESC, r.arn LIMIT 1)
	UNION ALL VALUES (2, 'a bucket that is not stored: of each caller''s account', 's3:GetObject', 'arn:aws:s3:::nowhere/x'),
		(3, 'no resource', 'ec2:DescribeInstances', '*')) AS q;
CREATE TEMP TABLE bench_result AS
SELECT q.n, q.what, format('SELECT count(*) FROM %%s AS i WHERE iam_evaluate(i.arn, %L, %L) = ''allowed''', q.action, q.resource) AS shared,
	   format('SELECT count(*) FROM bench_some AS i WHERE (
			SELECT iam_decide(a.request, a.caller, a.kind, a.level, CASE WHEN a.present THEN iam_policy_effect(a.policy, a.kind, a.request, a.caller) END)
			FROM iam_applicable_policies(i.arn, %L, %L) AS a) = ''allowed''', q.action, q.resource) AS alone,
	   NULL::float AS ms, NULL::float AS parallel_ms, NULL::float AS alone_ms
FROM bench_question AS q;
UPDATE bench_result SET ms = pg_temp.milliseconds(format(shared, 'bench_identity')), alone_ms = pg_temp.milliseconds(alone);
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
UPDATE bench_result SET parallel_ms = pg_temp.milliseconds(format(shared, 'bench_identity'));
SELECT r.what, c.identities, round(r.ms::numeric) AS ms, round((1000 * r.ms / c.identities)::numeric, 1) AS us_a_call, round(r.parallel_ms::numeric) AS with_2_workers_ms,
	   round((1000 * r.alone_ms / s.some)::numeric, 1) AS alone_us_a_call, round((r.alone_ms / s.some / (r.ms / c.identities))::numeric, 1) AS ratio
FROM bench_result AS r, (SELECT count(*) AS identities FROM bench_identity) AS c, (SELECT count(*) AS some FROM bench_some) AS s
ORDER BY r.n;
ROLLBACK;
