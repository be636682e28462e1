--
-- SP-GiST on arn and arn_pattern: the operator classes, and that they answer as
-- a sequential scan does (ARN-3..8, VAR-5)
--
SELECT amname, opcname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype IN ('arn'::regtype, 'arn_pattern'::regtype) AND amname = 'spgist' ORDER BY 2;

-- patterns and ARNs of a small alphabet, so that many meet
CREATE TABLE spgist_pattern (id integer, pattern arn_pattern);
CREATE TABLE spgist_arn (id integer, arn arn);
SELECT setseed(0.25);
INSERT INTO spgist_pattern
SELECT g, ((ARRAY['arn:aws', 'arn:aws', 'arn:aws', 'arn:*', 'arn:aws*', 'arn:a?s'])[1 + floor(random() * 6 + 0 * g)::integer] || ':' ||
	(ARRAY['s3', 's3', 'sqs', '*', 's?', 's*', '?3'])[1 + floor(random() * 7 + 0 * g)::integer] || ':' ||
	(ARRAY['', '', 'us-east-1', '*', 'us-*-1', '${*}'])[1 + floor(random() * 6 + 0 * g)::integer] || ':' ||
	(ARRAY['', '', '111122223333', '*', '1111*', '????????????'])[1 + floor(random() * 6 + 0 * g)::integer] || ':' ||
	(SELECT string_agg((ARRAY['a', 'b', 'ab', '/', ':', 'ü', '€', '*', '?', '**', '*?', '${*}', '${?}', '${$}', '$', '${', '${aws:username}'])[1 + floor(power(random(), 1.5) * 17 + 0 * s)::integer], '')
		FROM generate_series(1, 1 + floor(random() * 5 + 0 * g)::integer) s))::arn_pattern
FROM generate_series(1, 6000) g;
-- patterns of fewer fields, and what is short for other reasons
INSERT INTO spgist_pattern
SELECT g, ((ARRAY['*', '***', 'arn:', 'arn:*', 'arn:**', 'arn:aws', 'arn:aws*', 'arn:aws:', 'arn:aws:s3', 'arn:aws:s3*', 'arn:aws:s?', 'arn:aws:s3:', 'arn:aws:s3::',
	'arn:aws:s3:::', 'arn:aws:s3:*', 'arn:aws:*:b', 'arn:aws:s3::*b', 'arn:${aws:x}:s3:::a', 'arn:aws:s3:::*', 'arn:*/a', 'arn:aws:s3:::?', 'arn:*:${*}'])[1 + g % 22])::arn_pattern
FROM generate_series(1, 220) g;
INSERT INTO spgist_pattern SELECT v.id, v.pattern::arn_pattern FROM (VALUES (0, NULL), (-1, 'arn:aws:s3:::' || repeat('a', 2035)),
	(-2, 'arn:aws:s3:::' || repeat('*a', 1000)), (-3, 'arn:aws:s3:::' || repeat('?', 2035)), (-4, 'arn:aws:s3:::a' || repeat('*', 2034)),
	(-5, 'arn:aws:s3:::' || repeat('b', 1000) || '*'), (-6, 'arn:aws:s3:::' || repeat('€', 600) || '?*')) v (id, pattern);

INSERT INTO spgist_arn
SELECT g, ((ARRAY['arn:aws', 'arn:aws', 'arn:aws-cn'])[1 + floor(random() * 3 + 0 * g)::integer] || ':' ||
	(ARRAY['s3', 'sqs', 's3-x'])[1 + floor(random() * 3 + 0 * g)::integer] || ':' ||
	(ARRAY['', '', 'us-east-1', 'us-1', '*'])[1 + floor(random() * 5 + 0 * g)::integer] || ':' ||
	(ARRAY['', '', '111122223333'])[1 + floor(random() * 3 + 0 * g)::integer] || ':' ||
	(SELECT string_agg((ARRAY['a', 'b', '/', ':', 'ü', '€', '*', '?', '$', '${', '}'])[1 + floor(power(random(), 1.5) * 11 + 0 * s)::integer], '')
		FROM generate_series(1, 1 + floor(random() * 6 + 0 * g)::integer) s))::arn
FROM generate_series(1, 3000) g;
INSERT INTO spgist_arn SELECT v.id, v.arn::arn FROM (VALUES (0, NULL), (-1, 'arn:aws:s3:::' || repeat('a', 2035)), (-2, 'arn:aws:s3:::' || repeat('a', 1000)),
	(-3, 'arn:aws:s3:::' || repeat('ba', 900)), (-4, 'arn:aws:s3:::' || repeat('€', 678)), (-5, 'arn:aws:s3:::' || repeat('b', 2035)),
	(-6, 'arn:aws:sqs:us-east-1:111122223333:ab')) v (id, arn);

-- half of the rows come after the index was made
CREATE TABLE spgist_pattern_indexed (LIKE spgist_pattern);
CREATE TABLE spgist_arn_indexed (LIKE spgist_arn);
INSERT INTO spgist_pattern_indexed SELECT * FROM spgist_pattern WHERE id % 2 = 0;
INSERT INTO spgist_arn_indexed SELECT * FROM spgist_arn WHERE id % 2 = 0;
CREATE INDEX spgist_pattern_index ON spgist_pattern_indexed USING spgist (pattern);
CREATE INDEX spgist_arn_index ON spgist_arn_indexed USING spgist (arn);
INSERT INTO spgist_pattern_indexed SELECT * FROM spgist_pattern WHERE id % 2 <> 0;
INSERT INTO spgist_arn_indexed SELECT * FROM spgist_arn WHERE id % 2 <> 0;
ANALYZE spgist_pattern;
ANALYZE spgist_arn;
VACUUM ANALYZE spgist_pattern_indexed;
VACUUM ANALYZE spgist_arn_indexed;
-- what is asked: each tenth
CREATE TABLE asked_arn AS SELECT arn FROM spgist_arn WHERE id % 10 = 0 OR id < 0;
CREATE TABLE asked_pattern AS SELECT pattern FROM spgist_pattern WHERE id % 20 = 0 OR id < 0;

-- the plans: operators and functions, either way round
SET enable_seqscan = off;
SET enable_bitmapscan = off;
-- a plan without the mark that servers from 18 on put on what a setting disables
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line !~ '^ *Disabled: ' THEN
			RETURN NEXT line;
		END IF;
	END LOOP;
END $$;
EXPLAIN (COSTS OFF) SELECT pattern FROM spgist_pattern_indexed WHERE pattern ~ 'arn:aws:s3:::a/b'::arn;
EXPLAIN (COSTS OFF) SELECT pattern FROM spgist_pattern_indexed WHERE 'arn:aws:s3:::a/b'::arn ~ pattern;
EXPLAIN (COSTS OFF) SELECT pattern FROM spgist_pattern_indexed WHERE pattern @> 'arn:aws:s3:::a/b'::arn;
EXPLAIN (COSTS OFF) SELECT pattern FROM spgist_pattern_indexed WHERE arn_pattern_matches(pattern, 'arn:aws:s3:::a/b');
EXPLAIN (COSTS OFF) SELECT pattern FROM spgist_pattern_indexed WHERE arn_matches('arn:aws:s3:::a/b', pattern);
EXPLAIN (COSTS OFF) SELECT pattern FROM spgist_pattern_indexed WHERE arn_contained('arn:aws:s3:::a/b', pattern);
EXPLAIN (COSTS OFF) SELECT arn FROM spgist_arn_indexed WHERE arn ~ 'arn:aws:s3:::a*'::arn_pattern;
EXPLAIN (COSTS OFF) SELECT arn FROM spgist_arn_indexed WHERE arn <@ 'arn:aws:s3:::a*'::arn_pattern;
EXPLAIN (COSTS OFF) SELECT arn FROM spgist_arn_indexed WHERE arn_matches(arn, 'arn:aws:s3:::a*');
EXPLAIN (COSTS OFF) SELECT arn FROM spgist_arn_indexed WHERE arn_pattern_contains('arn:aws:s3:::a*', arn);
SELECT pg_temp.plan($$SELECT a.arn, p.pattern FROM asked_arn a JOIN spgist_pattern_indexed p ON arn_matches(a.arn, p.pattern)$$);
EXPLAIN (COSTS OFF) SELECT arn FROM spgist_arn_indexed WHERE arn >= 'arn:aws:s3:::a' AND arn < 'arn:aws:s3:::b';
EXPLAIN (COSTS OFF) SELECT pattern FROM spgist_pattern_indexed WHERE pattern = '*';
-- an argument that is no constant for the scan does not make an index condition
SELECT pg_temp.plan($$SELECT pattern FROM spgist_pattern_indexed WHERE arn_matches(('arn:aws:s3:::' || id)::arn, pattern)$$);
-- a function has no index to use on types of the other family
EXPLAIN (COSTS OFF) SELECT pattern FROM spgist_pattern_indexed WHERE arn_pattern_overlaps(pattern, 'arn:aws:s3:::a*');

CREATE TABLE patterns_by_index AS
SELECT a.arn, p.pattern FROM asked_arn a JOIN spgist_pattern_indexed p ON p.pattern ~ a.arn;
CREATE TABLE patterns_by_bitmap (LIKE patterns_by_index);
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SET enable_bitmapscan = on;
INSERT INTO patterns_by_bitmap SELECT a.arn, p.pattern FROM asked_arn a JOIN spgist_pattern_indexed p ON arn_matches(a.arn, p.pattern);
RESET enable_indexscan;
RESET enable_indexonlyscan;
CREATE TABLE arns_by_index AS
SELECT a.arn, p.pattern FROM asked_pattern p JOIN spgist_arn_indexed a ON a.arn ~ p.pattern;
RESET enable_seqscan;
EXPLAIN (COSTS OFF) SELECT pattern FROM spgist_pattern WHERE pattern ~ 'arn:aws:s3:::a/b'::arn;
CREATE TABLE patterns_by_scan AS SELECT a.arn, p.pattern FROM asked_arn a JOIN spgist_pattern p ON p.pattern ~ a.arn;
CREATE TABLE arns_by_scan AS SELECT a.arn, p.pattern FROM asked_pattern p JOIN spgist_arn a ON a.arn ~ p.pattern;

-- both the same, and many
SELECT count(*) AS only_index FROM (SELECT * FROM patterns_by_index EXCEPT ALL SELECT * FROM patterns_by_scan) x;
SELECT count(*) AS only_scan FROM (SELECT * FROM patterns_by_scan EXCEPT ALL SELECT * FROM patterns_by_index) x;
SELECT count(*) AS only_bitmap FROM (SELECT * FROM patterns_by_bitmap EXCEPT ALL SELECT * FROM patterns_by_scan) x;
SELECT count(*) AS not_bitmap FROM (SELECT * FROM patterns_by_scan EXCEPT ALL SELECT * FROM patterns_by_bitmap) x;
SELECT count(*) AS only_index FROM (SELECT * FROM arns_by_index EXCEPT ALL SELECT * FROM arns_by_scan) x;
SELECT count(*) AS only_scan FROM (SELECT * FROM arns_by_scan EXCEPT ALL SELECT * FROM arns_by_index) x;
SELECT count(*) > 10000 AS many, count(DISTINCT pattern) > 500 AS patterns, count(DISTINCT arn) > 200 AS arns FROM patterns_by_scan;
SELECT count(*) > 10000 AS many, count(DISTINCT pattern) > 100 AS patterns, count(DISTINCT arn) > 1000 AS arns FROM arns_by_scan;
-- escaped wildcards are there, variables are not (VAR-5)
SELECT count(*) > 0 AS escaped FROM patterns_by_index WHERE pattern::text LIKE '%${_}%';
SELECT count(*) AS variables FROM patterns_by_index WHERE pattern::text LIKE '%${aws:%}%';

-- comparison, each operator against the order of bytes
SET enable_seqscan = off;
SELECT o AS operator, x.arns = y.arns AS arns, x.patterns = y.patterns AS patterns
FROM unnest(ARRAY['<', '<=', '=', '>=', '>']) o,
	LATERAL (SELECT (SELECT count(*) FROM spgist_arn WHERE CASE o WHEN '<' THEN arn < 'arn:aws:s3:::a/b' WHEN '<=' THEN arn <= 'arn:aws:s3:::a/b'
			WHEN '=' THEN arn = 'arn:aws:s3:::a/b' WHEN '>=' THEN arn >= 'arn:aws:s3:::a/b' ELSE arn > 'arn:aws:s3:::a/b' END) AS arns,
		(SELECT count(*) FROM spgist_pattern WHERE CASE o WHEN '<' THEN pattern < 'arn:aws:s3' WHEN '<=' THEN pattern <= 'arn:aws:s3'
			WHEN '=' THEN pattern = 'arn:aws:s3' WHEN '>=' THEN pattern >= 'arn:aws:s3' ELSE pattern > 'arn:aws:s3' END) AS patterns) x,
	LATERAL (SELECT CASE o WHEN '<' THEN (SELECT count(*) FROM spgist_arn_indexed WHERE arn < 'arn:aws:s3:::a/b')
			WHEN '<=' THEN (SELECT count(*) FROM spgist_arn_indexed WHERE arn <= 'arn:aws:s3:::a/b')
			WHEN '=' THEN (SELECT count(*) FROM spgist_arn_indexed WHERE arn = 'arn:aws:s3:::a/b')
			WHEN '>=' THEN (SELECT count(*) FROM spgist_arn_indexed WHERE arn >= 'arn:aws:s3:::a/b')
			ELSE (SELECT count(*) FROM spgist_arn_indexed WHERE arn > 'arn:aws:s3:::a/b') END AS arns,
		CASE o WHEN '<' THEN (SELECT count(*) FROM spgist_pattern_indexed WHERE pattern < 'arn:aws:s3')
			WHEN '<=' THEN (SELECT count(*) FROM spgist_pattern_indexed WHERE pattern <= 'arn:aws:s3')
			WHEN '=' THEN (SELECT count(*) FROM spgist_pattern_indexed WHERE pattern = 'arn:aws:s3')
			WHEN '>=' THEN (SELECT count(*) FROM spgist_pattern_indexed WHERE pattern >= 'arn:aws:s3')
			ELSE (SELECT count(*) FROM spgist_pattern_indexed WHERE pattern > 'arn:aws:s3') END AS patterns) y;

-- several conditions in one scan; NULL as an argument
EXPLAIN (COSTS OFF) SELECT arn FROM spgist_arn_indexed WHERE arn ~ 'arn:aws:s3:*'::arn_pattern AND arn ~ 'arn:aws:s*:*b'::arn_pattern AND arn < 'arn:aws:s3:us-east-1::b';
SELECT count(*) = (SELECT count(*) FROM spgist_arn WHERE arn ~ 'arn:aws:s3:*'::arn_pattern AND arn ~ 'arn:aws:s*:*b'::arn_pattern AND arn < 'arn:aws:s3:us-east-1::b') AS same, count(*) > 0 AS some
FROM spgist_arn_indexed WHERE arn ~ 'arn:aws:s3:*'::arn_pattern AND arn ~ 'arn:aws:s*:*b'::arn_pattern AND arn < 'arn:aws:s3:us-east-1::b';
SELECT count(*) FROM spgist_pattern_indexed WHERE pattern ~ NULL::arn;
SELECT count(*) FROM spgist_pattern_indexed WHERE pattern IS NULL;

-- the value comes from the index, whole
SELECT count(*) AS different FROM (SELECT pattern FROM spgist_pattern_indexed WHERE pattern >= '*' EXCEPT ALL SELECT pattern FROM spgist_pattern WHERE pattern IS NOT NULL) x;
SELECT count(*) AS missing FROM (SELECT arn FROM spgist_arn WHERE arn IS NOT NULL EXCEPT ALL SELECT arn FROM spgist_arn_indexed WHERE arn >= 'arn:a:a:::a') x;

-- a tree of one page
CREATE TABLE spgist_small (pattern arn_pattern);
CREATE INDEX ON spgist_small USING spgist (pattern);
SELECT pattern FROM spgist_small WHERE pattern ~ 'arn:aws:s3:::b'::arn;
INSERT INTO spgist_small VALUES ('*'), ('arn:aws:s3:::b'), ('arn:aws:s3:::c');
SELECT pattern FROM spgist_small WHERE pattern ~ 'arn:aws:s3:::b'::arn ORDER BY 1;
-- many of the same, then others with the same beginning
TRUNCATE spgist_small;
INSERT INTO spgist_small SELECT 'arn:aws:iam::*:user/${aws:username}' FROM generate_series(1, 2000);
INSERT INTO spgist_small SELECT 'arn:aws:iam::*:user/a*' FROM generate_series(1, 1000);
INSERT INTO spgist_small SELECT 'arn:aws:iam::*' FROM generate_series(1, 1000);
SELECT pattern, count(*) FROM spgist_small WHERE pattern ~ 'arn:aws:iam::111122223333:user/alice'::arn GROUP BY 1 ORDER BY 1;
DELETE FROM spgist_small WHERE pattern = 'arn:aws:iam::*';
VACUUM spgist_small;
SELECT pattern, count(*) FROM spgist_small WHERE pattern ~ 'arn:aws:iam::111122223333:user/alice'::arn GROUP BY 1 ORDER BY 1;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- the estimate for the function is the operator's
CREATE FUNCTION estimate(query text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
SELECT q, estimate('SELECT * FROM spgist_pattern WHERE ' || q) = estimate($$SELECT * FROM spgist_pattern WHERE pattern ~ 'arn:aws:s3:::a/b'::arn$$) AS same
FROM unnest(ARRAY[$$arn_pattern_matches(pattern, 'arn:aws:s3:::a/b')$$, $$arn_matches('arn:aws:s3:::a/b', pattern)$$,
	$$arn_pattern_contains(pattern, 'arn:aws:s3:::a/b')$$, $$arn_contained('arn:aws:s3:::a/b', pattern)$$]) q;

-- which plan: by the rows a pattern leaves; a pattern that begins like any ARN would have the whole tree read
CREATE TABLE spgist_thing AS
SELECT g AS id, format('arn:aws:%s:eu-west-1:%s:thing/%s', (ARRAY['sqs', 'sqs', 'sqs', 'lambda', 'rds'])[1 + g % 5], lpad((g % 100)::text, 12, '0'), g)::arn AS arn
FROM generate_series(1, 20000) g;
CREATE INDEX spgist_thing_index ON spgist_thing USING spgist (arn);
CREATE INDEX spgist_thing_account ON spgist_thing (arn_account(arn), arn_service(arn));
CREATE TABLE spgist_rule AS SELECT g AS id, format('arn:aws:sqs:*:%s:thing/%s*', lpad((g % 100)::text, 12, '0'), g)::arn_pattern AS pattern FROM generate_series(1, 20000) g;
CREATE INDEX spgist_rule_index ON spgist_rule USING spgist (pattern);
VACUUM ANALYZE spgist_thing;
VACUUM ANALYZE spgist_rule;
EXPLAIN (COSTS OFF) SELECT arn FROM spgist_thing WHERE arn ~ 'arn:aws:rds:eu-west-1:000000000004:thing/1*';
EXPLAIN (COSTS OFF) SELECT id FROM spgist_thing WHERE arn ~ 'arn:aws:sqs:*';
EXPLAIN (COSTS OFF) SELECT arn FROM spgist_thing WHERE arn ~ 'arn:aws:*:*:000000000004:*';
EXPLAIN (COSTS OFF) SELECT arn FROM spgist_thing WHERE arn ~ 'arn:aws:*:*:000000000004:*' AND arn_account(arn) = '000000000004';
EXPLAIN (COSTS OFF) SELECT id FROM spgist_rule WHERE pattern ~ 'arn:aws:sqs:eu-west-1:000000000004:thing/1004'::arn;
EXPLAIN (COSTS OFF) SELECT id FROM spgist_rule WHERE pattern < 'arn:b';
SELECT p AS pattern, abs(estimate(format('SELECT FROM spgist_thing WHERE arn ~ %L', p)) - (SELECT count(*) FROM spgist_thing WHERE arn ~ p::arn_pattern)) < 500 AS near
FROM unnest(ARRAY['*', 'arn:*:sqs:*', 'arn:aws:sqs:*', 'arn:aws:lambda:*']) AS p;
SELECT estimate($$SELECT FROM spgist_thing WHERE arn_matches(arn, 'arn:aws:*:thing/77')$$) = estimate($$SELECT FROM spgist_thing WHERE arn ~ 'arn:aws:*:thing/77'$$) AS same;

DROP TABLE spgist_thing, spgist_rule, spgist_pattern, spgist_arn, spgist_pattern_indexed, spgist_arn_indexed, spgist_small, asked_arn, asked_pattern,
	patterns_by_index, patterns_by_bitmap, patterns_by_scan, arns_by_index, arns_by_scan;
DROP FUNCTION estimate;
