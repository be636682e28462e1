--
-- GIN on iam_policy: the operator class, its keys, and that it answers as a
-- sequential scan does (ACT-1..6)
--
SELECT amname, opcname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'iam_policy'::regtype AND amname = 'gin';

-- the keys
CREATE FUNCTION keys_of(action text, element text DEFAULT 'Action') RETURNS text[] LANGUAGE sql
RETURN iam_policy_gin_keys(format('{"Statement":[{"Effect":"Deny",%s:%s,"Resource":"*"}]}', to_json(element), action)::iam_policy);

SELECT keys_of('"s3:GetObject"') AS exact, keys_of('"S3:Get*"') AS prefix, keys_of('["s3:Get*Acl","s3:*","s3:?x"]') AS globs;
SELECT keys_of('["s3:GetObject","*"]') AS star, keys_of('"*:*"') AS stars, keys_of('"*:Get*"') AS vendor,
	keys_of('"s3:GetObject"', 'NotAction') AS not_action;
-- a pattern that is its beginning settles the question, one with more behind it does not
SELECT keys_of('["s3:Get**","s3:*Get","s3:G*t*"]') AS globs, keys_of(format('["s3:%s*","s3:%s*"]', repeat('x', 64), repeat('y', 65))) AS long;
-- what matches nothing has no key
SELECT keys_of('["GetObject","s?:GetObject",":Get"]') AS unusable, keys_of('["s3:Get","*"]', 'NotAction') AS nothing;
-- a second colon belongs to the name
SELECT keys_of('["s3:Get:*","s3:a:b"]');
SELECT keys_of(format('"s3:%s"', repeat('Long', 50))) AS hashed, keys_of(format('"s3:%s*"', repeat('Long', 50))) AS cut;
SELECT keys_of(format('["%s:Get*","%1$s:G?t"]', repeat('Long', 50))) AS hashed_prefixes;
-- a cut between characters, never inside one
SELECT keys_of(format('"s3:x%s*"', repeat('ü', 40))) <@ iam_gin_query_keys(iam_request('s3:X' || repeat('ü', 50), '*')) AS found,
	octet_length((keys_of(format('"s3:x%s*"', repeat('ü', 40))))[1]) AS bytes, iam_gin_query_keys(iam_request('s3:ü', '*')) AS query;
SELECT iam_policy_gin_keys('{"Statement":[{"Effect":"Allow","Action":["s3:b","s3:a","S3:A"],"Resource":"*"},{"Effect":"Deny","Action":"s3:a","Resource":"*"}]}') AS once;
SELECT iam_gin_query_keys(iam_request('S3:Get', '*'));
SELECT cardinality(iam_gin_query_keys(iam_request('s3:' || repeat('x', 500), '*')));

-- a table to ask
CREATE TABLE gin_policy (id integer, policy iam_policy);
SELECT setseed(0.5);
INSERT INTO gin_policy
SELECT g, format('{"Statement":[%s]}', array_to_string(ARRAY(
	SELECT format('{"Effect":"Allow",%s:%s,"Resource":"*"}',
		to_json(CASE WHEN random() < 0.02 THEN 'NotAction' ELSE 'Action' END),
		to_json(ARRAY(SELECT CASE WHEN random() < 0.003 THEN '*' ELSE
				(ARRAY['s3', 'S3', 'ec2', 'iam', 'sts', 'kms', 'lambda', repeat('long', 40), '*', 's?'])[1 + floor(power(random(), 4) * 10)::integer] || ':' ||
				(ARRAY['Get', 'get', 'List', 'Put', 'Describe', '', '*', 'G?t', repeat('Name', 40)])[1 + floor(power(random(), 2) * 9)::integer] ||
				(ARRAY['Object', 'OBJECT', 'Bucket', 'Role', '*', 'Obj*', '*Acl', 'Obj?ct', 'Ünit', 'Ü*'])[1 + floor(random() * 10)::integer] END
			FROM generate_series(1, 1 + floor(random() * 3 + 0 * s)::integer))))
	FROM generate_series(1, 1 + floor(random() * 2 + 0 * g)::integer) s), ','))::iam_policy
FROM generate_series(1, 4000) g;
INSERT INTO gin_policy VALUES (0, NULL), (-1, '{"Statement":[{"Effect":"Allow","Action":"nonsense","Resource":"*"}]}'),
	(-2, '{"Statement":[{"Effect":"Allow","NotAction":"nonsense","Resource":"*"}]}'),
	(-3, '{"Statement":[{"Effect":"Allow","NotAction":["s3:Get","*"],"Resource":"*"}]}'),
	(-4, '{"Statement":[{"Effect":"Deny","NotAction":["S3:get*","ec2:*"],"Resource":"*"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'),
	(-5, format('{"Statement":{"Effect":"Allow","Action":["s3:%s*","s3:%s*","s3:g**"],"Resource":"*"}}', repeat('x', 64), repeat('x', 65))::iam_policy);
-- every class of keys is there
SELECT left(key, 1) COLLATE "C" AS class, count(*) > 5 AS many FROM gin_policy, unnest(iam_policy_gin_keys(policy)) AS key GROUP BY 1 ORDER BY 1;
CREATE INDEX gin_policy_index ON gin_policy USING gin (policy);
ANALYZE gin_policy;

CREATE TABLE gin_request (action text);
INSERT INTO gin_request VALUES ('s3:GetObject'), ('S3:GETOBJECT'), ('s3:ListBucket'), ('ec2:DescribeRole'), ('iam:PutRole'), ('kms:Get'), ('s3:G'),
	('s3:GetObjectAcl'), ('s3:GetÜnit'), ('s3:getünit'), ('s3:GetÜ'), ('unknown:Thing'), (repeat('long', 40) || ':GetObject'), (repeat('LONG', 40) || ':' || repeat('name', 40) || 'Role'),
	('s3:' || repeat('name', 40) || 'object'), ('s3:' || repeat('x', 1000)), ('s3:' || repeat('x', 64)), ('s3:' || repeat('x', 65)), ('s3:' || repeat('x', 63) || 'y');
-- and each is met by some request, as are policies that have other keys than the one met
SELECT left(key, 1) COLLATE "C" AS class, count(DISTINCT action) > 0 AS met
FROM gin_request, unnest(iam_gin_query_keys(iam_request(action, '*'))) AS key
WHERE EXISTS (SELECT FROM gin_policy WHERE iam_policy_gin_keys(policy) @> ARRAY[key]) GROUP BY 1 ORDER BY 1;

-- the plan, for the operator and for the function
SET enable_seqscan = off;
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
EXPLAIN (COSTS OFF) SELECT id FROM gin_policy WHERE policy @@ iam_request('s3:GetObject', '*');
EXPLAIN (COSTS OFF) SELECT id FROM gin_policy WHERE iam_policy_may_match(policy, iam_request('s3:GetObject', '*'));
SELECT pg_temp.plan($$SELECT action, id FROM gin_request JOIN gin_policy ON iam_policy_may_match(policy, iam_request(action, '*'))$$);
CREATE TABLE gin_by_index AS SELECT action, id FROM gin_request JOIN gin_policy ON policy @@ iam_request(action, '*');
CREATE TABLE gin_by_function AS SELECT action, id FROM gin_request JOIN gin_policy ON iam_policy_may_match(policy, iam_request(action, '*'));
RESET enable_seqscan;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM gin_policy WHERE policy @@ iam_request('s3:GetObject', '*');
CREATE TABLE gin_by_scan AS SELECT action, id FROM gin_request JOIN gin_policy ON policy @@ iam_request(action, '*');
RESET enable_bitmapscan;

-- both the same, and neither all nor nothing
SELECT count(*) AS only_index FROM (SELECT * FROM gin_by_index EXCEPT ALL SELECT * FROM gin_by_scan) x;
SELECT count(*) AS only_scan FROM (SELECT * FROM gin_by_scan EXCEPT ALL SELECT * FROM gin_by_index) x;
SELECT count(*) AS only_function FROM (SELECT * FROM gin_by_function EXCEPT ALL SELECT * FROM gin_by_scan) x;
SELECT count(*) AS not_function FROM (SELECT * FROM gin_by_scan EXCEPT ALL SELECT * FROM gin_by_function) x;
SELECT left(action, 20) AS action, count(*) BETWEEN 1 AND 3999 AS some FROM gin_by_scan GROUP BY gin_by_scan.action ORDER BY 1, count(*);
SELECT id FROM gin_by_index WHERE id <= 0 AND action = 's3:GetObject' ORDER BY id;

-- what is looked at again: policies with globs, long names or NotAction alone
CREATE TABLE gin_plain (id integer, policy iam_policy);
INSERT INTO gin_plain SELECT g, format('{"Statement":{"Effect":"Allow","Action":[%s],"Resource":"*"}}',
	(ARRAY['"s3:GetObject"', '"S3:GET*"', '"*"', '"s3:GetObject","s3:*Object","*:Get*"', '"s3:G?t*"', '"s3:*Acl"', '"ec2:*"'])[1 + g % 7])::iam_policy FROM generate_series(1, 70) g;
CREATE INDEX ON gin_plain USING gin (policy);
SET enable_seqscan = off;
-- how many rows the bitmap had and how many of them a second look took away
CREATE FUNCTION rechecked(query text) RETURNS TABLE (found integer, taken_away integer) LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, FORMAT json) ' || query INTO plan;
	RETURN QUERY SELECT (plan #>> '{0,Plan,Plans,0,Actual Rows}')::numeric::integer, (plan #>> '{0,Plan,Rows Removed by Index Recheck}')::numeric::integer;
END $$;
SELECT * FROM rechecked($$SELECT id FROM gin_plain WHERE policy @@ iam_request('s3:GetObject', '*')$$);
SELECT * FROM rechecked($$SELECT id FROM gin_plain WHERE policy @@ iam_request('ec2:RunInstances', '*')$$);
SELECT * FROM rechecked($$SELECT id FROM gin_plain WHERE iam_policy_may_match(policy, iam_request('ec2:GetIt', '*'))$$);
RESET enable_seqscan;
SELECT id % 7 AS kind, count(*) FROM gin_plain WHERE policy @@ iam_request('s3:GetObject', '*') GROUP BY 1 ORDER BY 1;
DROP TABLE gin_plain;
DROP FUNCTION rechecked;

-- two requests at once, and what another request asks of the same scan
SET enable_seqscan = off;
SELECT count(*) = (SELECT count(*) FROM (SELECT id FROM gin_by_scan WHERE action = 's3:GetObject' INTERSECT SELECT id FROM gin_by_scan WHERE action = 'iam:PutRole') x) AS both
FROM gin_policy WHERE policy @@ iam_request('s3:GetObject', '*') AND policy @@ iam_request('iam:PutRole', '*');
RESET enable_seqscan;

-- rows added later, some still in the pending list
INSERT INTO gin_policy VALUES (5001, '{"Statement":[{"Effect":"Allow","Action":"later:Get*","Resource":"*"}]}'), (5002, '{"Statement":[{"Effect":"Allow","Action":"later:Put","Resource":"*"}]}');
SET enable_seqscan = off;
SELECT id FROM gin_policy WHERE policy @@ iam_request('later:GetIt', '*') AND id > 5000 ORDER BY 1;
VACUUM gin_policy;
SELECT id FROM gin_policy WHERE policy @@ iam_request('LATER:Put', '*') AND id > 5000 ORDER BY 1;
RESET enable_seqscan;

-- the estimate for the function is the operator's
CREATE FUNCTION estimate(query text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
SELECT estimate($$SELECT * FROM gin_policy WHERE policy @@ iam_request('s3:GetObject', '*')$$) =
	estimate($$SELECT * FROM gin_policy WHERE iam_policy_may_match(policy, iam_request('s3:GetObject', '*'))$$) AS same,
	estimate($$SELECT * FROM gin_request, gin_policy WHERE policy @@ iam_request(action, '*')$$) =
	estimate($$SELECT * FROM gin_request, gin_policy WHERE iam_policy_may_match(policy, iam_request(action, '*'))$$) AS same_join;

-- what ANALYZE keeps: the keys and their shares of the policies, whose sums are near the truth
CREATE TABLE gin_wide AS
SELECT g AS id, CASE WHEN g % 10 > 0 THEN format('{"Statement":[{"Sid":"%s","Effect":"Allow","Action":[%s],"Resource":"*"}]}', repeat('x', 1500),
	CASE WHEN g % 100 < 3 THEN '"*"' WHEN g % 100 < 5 THEN '"sqs:*"' WHEN g % 3 = 0 THEN '"s3:Get*","s3:List*"' ELSE format('"ec2:Get%s","s3:ListBucket"', g % 500) END)::iam_policy END AS policy
FROM generate_series(1, 10000) AS g;
SELECT estimate($$SELECT * FROM gin_wide WHERE policy @@ iam_request('ec2:GetIt', '*')$$) * 100.0 / estimate('SELECT * FROM gin_wide') BETWEEN 0.9 AND 1.1 AS without_statistics;
CREATE INDEX ON gin_wide USING gin (policy);
VACUUM ANALYZE gin_wide;
SELECT convert_from(e.element, 'UTF8') AS key, round(e.share::numeric, 4) AS share
FROM pg_stats AS s, unnest(most_common_elems::text::bytea[], most_common_elem_freqs) AS e (element, share)
WHERE s.tablename = 'gin_wide' AND s.attname = 'policy' AND e.element IS NOT NULL AND substr(e.element, 1, 7) <> 'Aec2:ge' ORDER BY share DESC, e.element;
CREATE FUNCTION near(action text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	estimated integer := estimate(format('SELECT * FROM gin_wide WHERE policy @@ iam_request(%L, ''*'')', action));
	found integer;
BEGIN
	EXECUTE 'SELECT count(*) FROM gin_wide WHERE policy @@ iam_request($1, ''*'')' INTO found USING action;
	RETURN CASE WHEN abs(estimated - found) <= 0.1 * found + 20 THEN 'near' ELSE format('%s rows, not %s', found, estimated) END;
END $$;
SELECT action, near(action) FROM unnest(ARRAY['s3:GetObject', 's3:ListBucket', 'sqs:SendMessage', 'ec2:GetThing', 'ec2:Get7', 'iam:PassRole']) AS action;
-- an index for what is rare, the table for what is common, whether or not the values are wide
EXPLAIN (COSTS OFF) SELECT id FROM gin_wide WHERE policy @@ iam_request('sqs:SendMessage', '*');
EXPLAIN (COSTS OFF) SELECT id FROM gin_wide WHERE iam_policy_may_match(policy, iam_request('ec2:Get7', '*'));
EXPLAIN (COSTS OFF) SELECT id FROM gin_wide WHERE policy @@ iam_request('s3:ListBucket', '*');
-- a request that is not known when the query is planned, and none
PREPARE unknown(iam_request) AS SELECT id FROM gin_wide WHERE policy @@ $1;
SET plan_cache_mode = force_generic_plan;
SELECT estimate($$EXECUTE unknown(NULL)$$) BETWEEN 250 AND 350 AS any_action_and_some;
RESET plan_cache_mode;
DEALLOCATE unknown;
SELECT estimate('SELECT * FROM gin_wide WHERE policy @@ NULL::iam_request') AS none;
-- columns without keys
CREATE TABLE gin_empty AS SELECT NULL::iam_policy AS policy FROM generate_series(1, 100);
INSERT INTO gin_empty SELECT '{"Statement":{"Effect":"Allow","Action":"nonsense","Resource":"*"}}' FROM generate_series(1, 100);
ANALYZE gin_empty;
SELECT estimate($$SELECT * FROM gin_empty WHERE policy @@ iam_request('s3:GetObject', '*')$$) <= 2 AS few;

DROP TABLE gin_policy, gin_request, gin_by_index, gin_by_function, gin_by_scan, gin_wide, gin_empty;
DROP FUNCTION keys_of, estimate, near;
