--
-- iam_assume_edge_refresh and iam_assume_closure: chains of any length (WHO-3)
--
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/fixtures/import/trusts.json'
\set document `cat :'file'`
\set file :abs_srcdir '/fixtures/import/other-account.json'
\set other `cat :'file'`

-- nothing computed yet: said, not answered with "nobody"
SELECT * FROM iam_assume_closure(ARRAY['arn:aws:iam::111122223333:role/chain2'::arn]);

BEGIN;
SELECT count(*) > 0 AS imported FROM iam_import(:'document');
SELECT count(*) > 0 AS imported FROM iam_import(:'other');

-- the edges are those of iam_who_can_assume, whatever the batch
SELECT iam_assume_edge_refresh() AS refreshed \gset
SELECT count(*) = :refreshed AS counted, count(*) > 40 AS many FROM iam_assume_edge;
CREATE TEMP VIEW direct AS
SELECT i.account_id, i.arn AS target, w.principal AS source, w.decision, w.kind, w.conditions
FROM iam_identity AS i CROSS JOIN LATERAL iam_who_can_assume(i.arn::text) AS w
WHERE i.kind = 'role';
SELECT count(*) AS different
FROM ((TABLE direct EXCEPT TABLE iam_assume_edge) UNION ALL (TABLE iam_assume_edge EXCEPT TABLE direct)) AS d;

-- again: the same rows, and none of them written anew
CREATE TEMP TABLE before AS SELECT e.ctid AS place, e.* FROM iam_assume_edge AS e;
SELECT iam_assume_edge_refresh() = (SELECT count(*) FROM before) AS counted;
SELECT count(*) AS different
FROM iam_assume_edge AS e FULL JOIN before AS b USING (account_id, target, source)
WHERE (e.ctid, e.decision, e.kind, e.conditions) IS DISTINCT FROM (b.place, b.decision, b.kind, b.conditions);

-- some accounts only; edges that are wrong, gone or of roles that are gone
DELETE FROM iam_assume_edge WHERE target::text LIKE '%/chain_';
UPDATE iam_assume_edge SET decision = 'conditional', conditions = '{}' WHERE target::text LIKE '%/byaccount';
INSERT INTO iam_assume_edge VALUES
	('111122223333', 'arn:aws:iam::111122223333:role/gone', 'arn:aws:iam::111122223333:role/chain1', 'allowed', 'role'),
	('111122223333', 'arn:aws:iam::111122223333:role/chain1', 'arn:aws:iam::111122223333:role/gone', 'allowed', 'role');
SELECT iam_assume_edge_refresh(ARRAY['444455556666']) = (SELECT count(*) FROM before WHERE account_id = '444455556666') AS counted;
SELECT count(*) > 0 AS different FROM ((SELECT account_id, target, source, decision, kind, conditions FROM before EXCEPT TABLE iam_assume_edge)) AS d;
SELECT iam_assume_edge_refresh(ARRAY['111122223333', '444455556666']) = (SELECT count(*) FROM before) AS counted;
SELECT count(*) AS different
FROM ((TABLE direct EXCEPT TABLE iam_assume_edge) UNION ALL (TABLE iam_assume_edge EXCEPT TABLE direct)) AS d;
SELECT iam_assume_edge_refresh('{}'), iam_assume_edge_refresh(ARRAY['999999999999']);
SELECT iam_assume_edge_refresh(ARRAY['1111']);
SELECT iam_assume_edge_refresh(ARRAY['111122223333', NULL]);

-- the closure is iam_who_can_assume with any number of hops
SELECT count(*) AS roles, count(*) FILTER (WHERE d.n > 0) AS different, max(d.hops) > 1 AS chains
FROM iam_identity AS r
CROSS JOIN LATERAL (
	WITH closure AS (SELECT source, hops, conditional FROM iam_assume_closure(ARRAY[r.arn])),
	chains AS (SELECT principal, min(hops), max(decision) = 'conditional' FROM iam_who_can_assume(r.arn::text, 20) GROUP BY principal)
	SELECT count(*) AS n, (SELECT max(hops) FROM closure) AS hops
	FROM ((TABLE closure EXCEPT TABLE chains) UNION ALL (TABLE chains EXCEPT TABLE closure)) AS x) AS d
WHERE r.kind = 'role';
SELECT source, hops, next, conditional FROM iam_assume_closure(ARRAY['arn:aws:iam::444455556666:role/target'::arn])
WHERE source LIKE '%:role/%' ORDER BY hops, source COLLATE "C";
ROLLBACK;

-- random graphs, against a recursive query
BEGIN;
CREATE FUNCTION pg_temp.role(n integer) RETURNS arn LANGUAGE sql IMMUTABLE AS $$
	SELECT format('arn:aws:iam::%s:role/%s', 100000000000 + n % 3, repeat('x', n % 9 * n % 7) || n)::arn
$$;
CREATE FUNCTION pg_temp.fill(roles integer, edges integer) RETURNS void LANGUAGE sql AS $$
	DELETE FROM iam_assume_edge;
	INSERT INTO iam_assume_edge (account_id, target, source, decision, kind)
	SELECT arn_account(pg_temp.role(p.t)), pg_temp.role(p.t), pg_temp.role(p.s)::text, CASE WHEN p.c < 0.3 THEN 'conditional' ELSE 'allowed' END::iam_decision, 'role'
	FROM (SELECT floor(random() * roles)::int AS t, floor(random() * roles)::int AS s, random() AS c FROM generate_series(1, edges)) AS p
	ON CONFLICT DO NOTHING;
$$;
CREATE FUNCTION pg_temp.by_recursion(targets arn[], max_hops integer, include_conditional boolean)
RETURNS TABLE (target arn, source text, hops integer, conditional boolean) LANGUAGE sql AS $$
	WITH RECURSIVE reached AS (
		SELECT t.target, t.target::text AS node, 0 AS hops, false AS conditional FROM (SELECT DISTINCT target FROM unnest(targets) AS target) AS t
		UNION
		SELECT r.target, e.source, r.hops + 1, r.conditional OR e.decision = 'conditional'
		FROM reached AS r JOIN iam_assume_edge AS e ON e.target = r.node::arn
		WHERE r.hops < least(max_hops, 40) AND (r.hops = 0 OR r.node <> r.target::text) AND (include_conditional OR e.decision = 'allowed')),
	nearest AS (SELECT DISTINCT ON (target, node) * FROM reached WHERE hops > 0 ORDER BY target, node, hops, conditional)
	SELECT target, node, hops, conditional FROM nearest WHERE node <> target::text OR hops = 1
$$;
-- more roles than are looked up: all edges are read, where few roles are looked up hop by hop
CREATE FUNCTION pg_temp.reading_all(targets arn[], max_hops integer, include_conditional boolean)
RETURNS TABLE (target arn, source text, hops integer, next arn, conditional boolean) LANGUAGE sql AS $$
	SELECT * FROM iam_assume_closure(targets || ARRAY(SELECT format('arn:aws:iam::999999999999:role/none%s', n)::arn FROM generate_series(1, 1001) AS n),
									 max_hops, include_conditional)
$$;
CREATE FUNCTION pg_temp.compare(roles integer, edges integer, max_hops integer, include_conditional boolean,
	OUT rows integer, OUT different integer, OUT bad_next integer, OUT other_way integer)
LANGUAGE plpgsql AS $$
DECLARE
	asked arn[] := ARRAY(SELECT pg_temp.role(n) FROM generate_series(0, 4) AS n);
BEGIN
	PERFORM pg_temp.fill(roles, edges);
	CREATE TEMP TABLE closure ON COMMIT DROP AS SELECT * FROM iam_assume_closure(asked, compare.max_hops, compare.include_conditional);
	SELECT count(*) INTO rows FROM closure;
	WITH a AS (SELECT target, source, hops, conditional FROM closure),
	b AS (SELECT * FROM pg_temp.by_recursion(asked, compare.max_hops, compare.include_conditional))
	SELECT count(*) INTO different FROM ((TABLE a EXCEPT ALL TABLE b) UNION ALL (TABLE b EXCEPT ALL TABLE a)) AS d;
	-- the next role is one hop nearer, and conditional no more than the step to it makes it
	SELECT count(*) INTO bad_next
	FROM closure AS c
	LEFT JOIN closure AS n ON n.target = c.target AND n.source = c.next::text AND n.source <> n.target::text
	LEFT JOIN iam_assume_edge AS e ON e.target = c.next AND e.source = c.source
	WHERE e.target IS NULL OR c.hops <> CASE WHEN c.next = c.target THEN 1 ELSE n.hops + 1 END
		OR c.conditional <> (e.decision = 'conditional' OR coalesce(n.conditional, false));
	-- the two ways of reading agree in everything, also on which of equally good roles is next
	WITH a AS (SELECT * FROM pg_temp.reading_all(asked, compare.max_hops, compare.include_conditional))
	SELECT count(*) INTO other_way FROM ((TABLE a EXCEPT ALL TABLE closure) UNION ALL (TABLE closure EXCEPT ALL TABLE a)) AS d;
	DROP TABLE closure;
END $$;
SELECT setseed(0.5);
SET LOCAL client_min_messages = error;	-- that there are no edges
SELECT roles, edges, max_hops, include_conditional, max(c.different) AS different, max(c.bad_next) AS bad_next,
	max(c.other_way) AS other_way, max(c.rows) > 0 AS found
FROM (VALUES (1, 1), (5, 6), (12, 20), (40, 60), (100, 180), (300, 700)) AS v (roles, edges)
CROSS JOIN (VALUES (NULL::integer), (1), (3)) AS h (max_hops) CROSS JOIN (VALUES (true), (false)) AS i (include_conditional)
CROSS JOIN LATERAL (SELECT x.* FROM generate_series(1, 5) AS n CROSS JOIN LATERAL pg_temp.compare(roles + 0 * n, edges, max_hops, include_conditional) AS x) AS c
GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4;
SET LOCAL client_min_messages = notice;

-- a cycle; what a role's edge to itself says; an edge put in and taken out (what-if)
DELETE FROM iam_assume_edge;
INSERT INTO iam_assume_edge (account_id, target, source, decision, kind)
SELECT '111122223333', ('arn:aws:iam::111122223333:role/' || t)::arn, 'arn:aws:iam::111122223333:role/' || s, d::iam_decision, 'role'
FROM (VALUES ('a', 'b', 'allowed'), ('b', 'c', 'conditional'), ('c', 'a', 'allowed'), ('c', 'c', 'allowed'), ('a', 'a', 'conditional'), ('c', 'd', 'allowed')) AS v (t, s, d);
CREATE TEMP VIEW reach AS
SELECT arn_resource(target) AS target, arn_resource(source::arn) AS source, hops, arn_resource(next) AS next, conditional
FROM iam_assume_closure(ARRAY['arn:aws:iam::111122223333:role/a', NULL, 'arn:aws:iam::111122223333:role/c', 'arn:aws:iam::111122223333:role/a',
							  'arn:aws:iam::111122223333:role/nosuch']::arn[]);
TABLE reach ORDER BY 1, 3, 2;
SAVEPOINT what_if;
DELETE FROM iam_assume_edge WHERE source LIKE '%/c' AND target::text LIKE '%/b';
INSERT INTO iam_assume_edge VALUES ('111122223333', 'arn:aws:iam::111122223333:role/a', 'ec2.amazonaws.com', 'allowed', 'service');
SELECT source, hops FROM iam_assume_closure(ARRAY['arn:aws:iam::111122223333:role/a'::arn]) ORDER BY 2, 1;
ROLLBACK TO what_if;
TABLE reach ORDER BY 1, 3, 2;
SELECT source, hops FROM iam_assume_closure(ARRAY['arn:aws:iam::111122223333:role/a'::arn], 1, include_conditional => false);
-- from another search path
SET LOCAL search_path = pg_catalog;
SELECT count(*) FROM public.iam_assume_closure(ARRAY['arn:aws:iam::111122223333:role/a'::public.arn]);
SET LOCAL search_path = public;

-- what is not an argument, or no edge
SELECT count(*) FROM iam_assume_closure(NULL);
SELECT count(*) FROM iam_assume_closure('{}');
SELECT count(*) FROM iam_assume_closure(ARRAY['arn:aws:iam::111122223333:role/a'::arn], 0);
INSERT INTO iam_assume_edge VALUES ('111122223333', 'arn:aws:iam::444455556666:role/a', 'x', 'allowed', 'role');
INSERT INTO iam_assume_edge VALUES ('444455556666', 'arn:aws:iam::444455556666:role/a', 'x', 'implicit_deny', 'role');
INSERT INTO iam_assume_edge VALUES ('444455556666', 'arn:aws:iam::444455556666:role/a', repeat('x', 2049), 'allowed', 'role');
SELECT count(*) FROM iam_assume_closure(ARRAY['arn:aws:iam::444455556666:role/a'::arn]);
-- the longest names, more than a batch's bytes of them
DELETE FROM iam_assume_edge;
INSERT INTO iam_assume_edge
SELECT '111122223333', t, repeat('x', 2040) || n, 'allowed', 'user'
FROM (VALUES (('arn:aws:iam::111122223333:role/' || repeat('y', 2000))::arn)) AS r (t), generate_series(1000, 1199) AS n;
SELECT count(*), count(DISTINCT source), min(length(source)), max(length(next::text)) FROM iam_assume_closure(ARRAY[('arn:aws:iam::111122223333:role/' || repeat('y', 2000))::arn]);

-- names of all lengths, that differ only in their length or at their end
DELETE FROM iam_assume_edge;
INSERT INTO iam_assume_edge
SELECT '111122223333', 'arn:aws:iam::111122223333:role/a', repeat('x', n) || e, 'allowed', 'user' FROM generate_series(0, 70) AS n, unnest(ARRAY['x', 'y']) AS e;
SELECT count(*), count(DISTINCT c.source), count(e.source)
FROM iam_assume_closure(ARRAY['arn:aws:iam::111122223333:role/a'::arn]) AS c LEFT JOIN iam_assume_edge AS e USING (source);

-- what the caller may not see is not there
DELETE FROM iam_assume_edge;
SELECT pg_temp.fill(50, 500);
SELECT count(DISTINCT arn_account(source::arn)) FROM iam_assume_closure(ARRAY[pg_temp.role(1)]);
CREATE ROLE iam_test_reader;
SET LOCAL ROLE iam_test_reader;
SELECT count(*) FROM iam_assume_closure(ARRAY['arn:aws:iam::100000000001:role/x1'::arn]);
SELECT iam_assume_edge_refresh();
RESET ROLE;
GRANT SELECT ON iam_assume_edge TO iam_test_reader;
ALTER TABLE iam_assume_edge ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_account ON iam_assume_edge TO iam_test_reader USING (account_id = '100000000001' AND arn_account(source::arn) = '100000000001');
SET LOCAL ROLE iam_test_reader;
SELECT DISTINCT arn_account(target), arn_account(next), arn_account(source::arn) FROM iam_assume_closure(ARRAY['arn:aws:iam::100000000001:role/x1'::arn]);
RESET ROLE;

-- few roles are looked up by the primary key, many make it read the table
SELECT pg_temp.fill(30000, 90000);
ANALYZE iam_assume_edge;
CREATE FUNCTION pg_temp.scans(OUT of_table bigint, OUT by_index boolean) LANGUAGE sql AS $$
	SELECT seq_scan, idx_scan > 0 FROM pg_stat_xact_user_tables WHERE relid = 'iam_assume_edge'::regclass
$$;
SELECT of_table AS before FROM pg_temp.scans() \gset
SELECT count(*) > 0 AS found, max(hops) FROM iam_assume_closure(ARRAY[pg_temp.role(1)], 1);
SELECT count(*) > 0 AS found, max(hops) FROM iam_assume_closure(ARRAY[pg_temp.role(1), pg_temp.role(2), pg_temp.role(3)], 4);
SELECT of_table - :before AS scans_of_table, by_index FROM pg_temp.scans();
SELECT count(*) > 20000 AS most FROM iam_assume_closure(ARRAY[pg_temp.role(1)]);
SELECT of_table - :before AS scans_of_table FROM pg_temp.scans();
-- the answers are the same, and those of going from level to level
CREATE FUNCTION pg_temp.by_levels(target arn, max_hops integer)
RETURNS TABLE (source text, hops integer, conditional boolean) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TEMP TABLE nearest (source text PRIMARY KEY, hops integer, conditional boolean) ON COMMIT DROP;
	INSERT INTO nearest VALUES (target, 0, false);
	FOR level IN 1 .. coalesce(max_hops, 1000) LOOP
		INSERT INTO nearest
		SELECT e.source, level, bool_and(n.conditional OR e.decision = 'conditional')
		FROM nearest AS n JOIN iam_assume_edge AS e ON e.target = n.source::arn
		WHERE n.hops = level - 1 AND NOT EXISTS (SELECT FROM nearest AS o WHERE o.source = e.source)
		GROUP BY e.source;
		EXIT WHEN NOT FOUND;
	END LOOP;
	RETURN QUERY SELECT n.* FROM nearest AS n WHERE n.hops > 0;
	DROP TABLE nearest;
END $$;
SELECT h.max_hops, count(d.way) FILTER (WHERE d.way = 'levels') AS from_levels, count(d.way) FILTER (WHERE d.way = 'all') AS from_reading_all
FROM (VALUES (1), (3), (6), (9), (NULL)) AS h (max_hops)
LEFT JOIN LATERAL (
	WITH closure AS (SELECT * FROM iam_assume_closure(ARRAY[pg_temp.role(1)], h.max_hops)),
	short AS (SELECT source, hops, conditional FROM closure WHERE source <> target::text),
	levels AS (SELECT * FROM pg_temp.by_levels(pg_temp.role(1), h.max_hops)),
	reading_all AS (SELECT * FROM pg_temp.reading_all(ARRAY[pg_temp.role(1)], h.max_hops, true))
	SELECT 'levels' AS way FROM ((TABLE short EXCEPT ALL TABLE levels) UNION ALL (TABLE levels EXCEPT ALL TABLE short)) AS d
	UNION ALL
	SELECT 'all' FROM ((TABLE closure EXCEPT ALL TABLE reading_all) UNION ALL (TABLE reading_all EXCEPT ALL TABLE closure)) AS d) AS d ON true
GROUP BY h.max_hops ORDER BY h.max_hops;

-- limits: memory and time
SET LOCAL work_mem = '64kB';
SET LOCAL hash_mem_multiplier = 1;
DO $$
DECLARE
	said text;
	hint text;
BEGIN
	PERFORM FROM iam_assume_closure(ARRAY['arn:aws:iam::100000000001:role/x1'::arn]);
EXCEPTION WHEN program_limit_exceeded THEN
	GET STACKED DIAGNOSTICS said = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RAISE NOTICE '%: % %', SQLERRM, regexp_replace(said, 'after [1-9][0-9]* edges', 'after N edges'), hint;
END $$;
\set VERBOSITY terse
SELECT count(*) FROM pg_temp.reading_all(ARRAY[pg_temp.role(1)], NULL, true);
SET LOCAL work_mem = '1MB';
SELECT count(*) FROM iam_assume_closure(ARRAY[pg_temp.role(1)]);
\set VERBOSITY default
-- bounded hops need the memory for what they meet
SELECT count(*) > 0 AS fits FROM iam_assume_closure(ARRAY[pg_temp.role(1)], 4);
SET LOCAL work_mem = '64MB';
SELECT count(*) > 1000 AS fits FROM iam_assume_closure(ARRAY[pg_temp.role(1)]);
-- a long chain, walked from every role of it: far more than the time allowed
DELETE FROM iam_assume_edge;
INSERT INTO iam_assume_edge (account_id, target, source, decision, kind)
SELECT arn_account(pg_temp.role(n)), pg_temp.role(n), pg_temp.role(n + 1)::text, 'allowed', 'role' FROM generate_series(1, 20000) AS n;
SELECT count(*), max(hops) FROM iam_assume_closure(ARRAY[pg_temp.role(1)]);
SET LOCAL statement_timeout = '1s';
SELECT count(*) FROM iam_assume_closure(ARRAY(SELECT target FROM iam_assume_edge));
SET LOCAL statement_timeout = 0;
ROLLBACK;
