--
-- The assume graph at scale: random edges with a fixed seed, their closure in C
-- and by a recursive query.  Medians of five runs, one process, jit off.
--
-- psql -v roles=1000000 -v edges=5000000 -f test/bench/graph_bench.sql, in a
-- database with the extension and an empty iam_assume_edge; leaves nothing.
--
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\if :{?roles}
\else
	\set roles 1000000
\endif
\if :{?edges}
\else
	\set edges 5000000
\endif
\if :{?memory}
\else
	\set memory '1GB'
\endif
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET work_mem = :'memory';
SET maintenance_work_mem = :'memory';
SET client_min_messages = warning;

-- how long a statement takes: the median of five runs, in milliseconds
CREATE FUNCTION pg_temp.milliseconds(statement text) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
	runs double precision[] := '{}';
	start timestamptz;
BEGIN
	FOR i IN 1 .. 5 LOOP
		start := clock_timestamp();
		EXECUTE statement;
		runs := runs || (1000 * extract(epoch FROM clock_timestamp() - start))::double precision;
	END LOOP;
	RETURN (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY r) FROM unnest(runs) AS r);
END $$;
CREATE FUNCTION pg_temp.role(n bigint) RETURNS arn LANGUAGE sql IMMUTABLE AS $$
	SELECT format('arn:aws:iam::%s:role/app/service-%s', to_char(100000000000 + n % 2000, 'FM000000000000'), n)::arn
$$;

BEGIN;
ALTER TABLE iam_assume_edge DROP CONSTRAINT iam_assume_edge_pkey;
DROP INDEX iam_assume_edge_source_idx;
SELECT setseed(0.25) \gset
CREATE TEMP TABLE bench_role AS SELECT n, pg_temp.role(n) AS arn FROM generate_series(1, :roles) AS n;
CREATE TEMP TABLE bench_pair AS
SELECT DISTINCT 1 + floor(random() * :roles)::int AS target, 1 + floor(random() * :roles)::int AS source, n % 10 = 0 AS conditional
FROM generate_series(1, :edges) AS n;
INSERT INTO iam_assume_edge (account_id, target, source, decision, kind)
SELECT DISTINCT ON (p.target, p.source) arn_account(t.arn), t.arn, s.arn, CASE WHEN p.conditional THEN 'conditional' ELSE 'allowed' END::iam_decision, 'role'
FROM bench_pair AS p JOIN bench_role AS t ON t.n = p.target JOIN bench_role AS s ON s.n = p.source;
ALTER TABLE iam_assume_edge ADD PRIMARY KEY (account_id, target, source);
CREATE INDEX iam_assume_edge_source_idx ON iam_assume_edge (source);
ANALYZE iam_assume_edge;

CREATE TEMP TABLE bench_result (ordinal serial, what text, rows bigint, ms double precision);
-- five roles that many reach
CREATE TEMP TABLE bench_asked AS
SELECT row_number() OVER (ORDER BY e.target) AS n, e.target
FROM iam_assume_edge AS e GROUP BY e.target HAVING count(*) > 5 ORDER BY e.target LIMIT 5;
\set one 'SELECT count(*) FROM iam_assume_closure(ARRAY(SELECT target FROM bench_asked WHERE n = 1))'
\set five 'SELECT count(*) FROM iam_assume_closure(ARRAY(SELECT target FROM bench_asked))'
\set none 'SELECT count(*) FROM iam_assume_closure(ARRAY[\'arn:aws:iam::111122223333:role/none\'::arn])'
\set shallow 'SELECT count(*) FROM iam_assume_closure(ARRAY(SELECT target FROM bench_asked WHERE n = 1), 5)'
\set recursive 'WITH RECURSIVE reached AS (SELECT target, 0 AS hops FROM bench_asked WHERE n = 1 UNION SELECT e.source::arn, r.hops + 1 FROM reached AS r JOIN iam_assume_edge AS e ON e.account_id = arn_account(r.target) AND e.target = r.target WHERE r.hops < 5 AND e.kind = \'role\') SELECT count(DISTINCT target) - 1 FROM reached'
\set scan 'SELECT count(source) FROM iam_assume_edge'
SELECT count(*) AS edges, count(DISTINCT source) AS sources, count(DISTINCT target) AS targets, pg_size_pretty(pg_table_size('iam_assume_edge')) AS size FROM iam_assume_edge;
INSERT INTO bench_result (what, rows, ms) SELECT 'a plain scan of the edges', (:scan), pg_temp.milliseconds(:'scan');
INSERT INTO bench_result (what, rows, ms) SELECT 'reading and arranging them: a role nobody reaches', (:none), pg_temp.milliseconds(:'none');
INSERT INTO bench_result (what, rows, ms) SELECT 'everybody who reaches one role', (:one), pg_temp.milliseconds(:'one');
INSERT INTO bench_result (what, rows, ms) SELECT 'everybody who reaches five', (:five), pg_temp.milliseconds(:'five');
INSERT INTO bench_result (what, rows, ms)
SELECT 'each further role', (f.rows - o.rows) / 4, (f.ms - o.ms) / 4
FROM bench_result AS f, bench_result AS o WHERE f.what LIKE '%five' AND o.what LIKE '%one role';
INSERT INTO bench_result (what, rows, ms) SELECT 'five hops to one role', (:shallow), pg_temp.milliseconds(:'shallow');
INSERT INTO bench_result (what, rows, ms) SELECT 'the same by a recursive query', (:recursive), pg_temp.milliseconds(:'recursive');
SELECT what, rows, round(ms::numeric, 1) AS ms, round((ms / min(ms) FILTER (WHERE ordinal = 1) OVER ())::numeric, 1) AS "to a scan"
FROM bench_result ORDER BY ordinal;
ROLLBACK;
