--
-- The assume graph at scale: random edges with a fixed seed, five to a role;
-- direct questions over ever more of them, bounded hops, and the closure, each
-- against a query in SQL.  Medians of five runs, one process, jit off.
--
-- psql -v roles=1000000 -f test/bench/graph_bench.sql, in a database with the
-- extension and an empty iam_assume_edge, which is empty again at the end.
--
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\if :{?roles}
\else
	\set roles 1000000
\endif
\if :{?memory}
\else
	\set memory '2GB'
\endif
SELECT :roles / 100 AS roles_1, :roles / 10 AS roles_2 \gset
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET work_mem = :'memory';
SET maintenance_work_mem = :'memory';
SET client_min_messages = warning;

\ir timing.sql
CREATE FUNCTION pg_temp.number(statement text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	result bigint;
BEGIN
	EXECUTE statement INTO result;
	RETURN result;
END $$;
CREATE FUNCTION pg_temp.role(n bigint) RETURNS arn LANGUAGE sql IMMUTABLE AS $$
	SELECT format('arn:aws:iam::%s:role/app/service-%s', to_char(100000000000 + n % 2000, 'FM000000000000'), n)::arn
$$;

-- a graph of so many roles, written in the order of its targets as a refresh does; and some roles to ask about
DO $$
BEGIN
	IF EXISTS (SELECT FROM iam_assume_edge) THEN
		RAISE EXCEPTION 'iam_assume_edge is not empty';
	END IF;
END $$;
CREATE TEMP TABLE bench_asked (n integer, target arn);
CREATE PROCEDURE pg_temp.fill(roles integer) LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE iam_assume_edge, bench_asked;
	PERFORM setseed(0.25);
	CREATE TEMP TABLE bench_role ON COMMIT DROP AS SELECT n, pg_temp.role(n) AS arn FROM generate_series(1, roles) AS n;
	CREATE TEMP TABLE bench_pair ON COMMIT DROP AS
	SELECT 1 + floor(random() * roles)::int AS target, 1 + floor(random() * roles)::int AS source, n % 10 = 0 AS conditional
	FROM generate_series(1, 5 * roles) AS n;
	INSERT INTO iam_assume_edge (account_id, target, source, decision, kind)
	SELECT DISTINCT ON (p.target, p.source)
		arn_account(t.arn), t.arn, s.arn, CASE WHEN p.conditional THEN 'conditional' ELSE 'allowed' END::iam_decision, 'role'
	FROM bench_pair AS p JOIN bench_role AS t ON t.n = p.target JOIN bench_role AS s ON s.n = p.source
	ORDER BY p.target, p.source;
	INSERT INTO bench_asked
	SELECT row_number() OVER (ORDER BY e.target), e.target
	FROM (SELECT target FROM iam_assume_edge GROUP BY target HAVING count(*) > 5 ORDER BY target LIMIT 1000) AS e;
END $$;

CREATE TEMP TABLE bench_result (ordinal serial, what text, edges bigint, rows bigint, ms double precision, baseline text, baseline_ms double precision);
-- hundred roles, one after the other: per role a hundredth
\set direct 'SELECT sum((SELECT count(*) FROM iam_assume_closure(ARRAY[a.target], 1))) FROM bench_asked AS a WHERE a.n <= 100'
\set direct_sql 'SELECT sum((SELECT count(*) FROM iam_assume_edge AS e WHERE e.account_id = arn_account(a.target) AND e.target = a.target)) FROM bench_asked AS a WHERE a.n <= 100'
\set three 'SELECT sum((SELECT count(*) FROM iam_assume_closure(ARRAY[a.target], 3))) FROM bench_asked AS a WHERE a.n <= 20'
\set three_sql 'SELECT sum((WITH RECURSIVE reached AS (SELECT a.target, 0 AS hops UNION SELECT e.source::arn, r.hops + 1 FROM reached AS r JOIN iam_assume_edge AS e ON e.account_id = arn_account(r.target) AND e.target = r.target WHERE r.hops < 3) SELECT count(DISTINCT target) - 1 FROM reached)) FROM bench_asked AS a WHERE a.n <= 20'
\set one 'SELECT count(*) FROM iam_assume_closure(ARRAY(SELECT target FROM bench_asked WHERE n = 1))'
\set five 'SELECT count(*) FROM iam_assume_closure(ARRAY(SELECT target FROM bench_asked WHERE n <= 5))'
\set recursive 'WITH RECURSIVE reached AS (SELECT target FROM bench_asked WHERE n = 1 UNION SELECT e.source::arn FROM reached AS r JOIN iam_assume_edge AS e ON e.target = r.target) SELECT count(*) - 1 FROM reached'
\set scan 'SELECT count(source) FROM iam_assume_edge'

SELECT format('CALL pg_temp.fill(%s)', n), 'VACUUM (FREEZE, ANALYZE) iam_assume_edge',
	format('INSERT INTO bench_result (what, edges, rows, ms, baseline, baseline_ms)
		SELECT %L, (SELECT count(*) FROM iam_assume_edge), pg_temp.number(%L) / 100, pg_temp.milliseconds(%2$L) / 100, %L, pg_temp.milliseconds(%L) / 100',
		'direct: who assumes one role, of ' || n, :'direct', 'the look-up in SQL', :'direct_sql')
FROM unnest(ARRAY[:roles_1, :roles_2, :roles]) WITH ORDINALITY AS r (n, place)
ORDER BY place
\gexec
INSERT INTO bench_result (what, rows, ms, baseline, baseline_ms)
SELECT 'three hops to one role', pg_temp.number(:'three') / 20, pg_temp.milliseconds(:'three') / 20,
	'recursive query', pg_temp.milliseconds(:'three_sql') / 20;
INSERT INTO bench_result (what, rows, ms, baseline, baseline_ms)
SELECT 'closure: everybody who reaches one role, loading included', pg_temp.number(:'one'), pg_temp.milliseconds(:'one'),
	'recursive query, one run', pg_temp.milliseconds(:'recursive', 1);
INSERT INTO bench_result (what, rows, ms)
SELECT 'closure of five roles', pg_temp.number(:'five'), pg_temp.milliseconds(:'five');
INSERT INTO bench_result (what, rows, ms, baseline, baseline_ms)
SELECT 'each further role in the same call', (f.rows - o.rows) / 4, (f.ms - o.ms) / 4, o.baseline, o.baseline_ms
FROM bench_result AS f, bench_result AS o WHERE f.what LIKE '%five%' AND o.what LIKE 'closure: %';
INSERT INTO bench_result (what, rows, ms) SELECT 'a plain scan of the edges', pg_temp.number(:'scan'), pg_temp.milliseconds(:'scan');
SELECT what, edges, rows, round(ms::numeric, 3) AS ms, baseline, round(baseline_ms::numeric, 3) AS baseline_ms, round((baseline_ms / ms)::numeric, 1) AS ratio
FROM bench_result ORDER BY ordinal;
SELECT pg_size_pretty(pg_table_size('iam_assume_edge')) AS edges, pg_size_pretty(pg_indexes_size('iam_assume_edge')) AS indexes,
	current_setting('shared_buffers') AS shared_buffers, current_setting('work_mem') AS work_mem;
TRUNCATE iam_assume_edge;
