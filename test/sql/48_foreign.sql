--
-- postgres_fdw: a relation of the user's own whose partitions are on other servers (here: this one, twice, over a loop).
-- The row-level functions, operators and aggregates are sent there, and answer as they do here.
--
-- Without postgres_fdw, or where this server does not let itself in, the test ends here (48_foreign_1.out).
SET client_min_messages = warning;
DO $$
DECLARE
	place text := format('host %L, port %L, dbname %L', coalesce(nullif(split_part(current_setting('unix_socket_directories'), ',', 1), ''), 'localhost'),
		current_setting('port'), current_database());
	server text;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'postgres_fdw') THEN
		RETURN;
	END IF;
	CREATE EXTENSION postgres_fdw;
	FOREACH server IN ARRAY ARRAY['east', 'west'] LOOP
		EXECUTE format('CREATE SERVER %I FOREIGN DATA WRAPPER postgres_fdw OPTIONS (%s, extensions ''iam'', async_capable ''true'')', server, place);
		EXECUTE format('CREATE USER MAPPING FOR CURRENT_USER SERVER %I OPTIONS (user %L)', server, current_user);
	END LOOP;
	CREATE FOREIGN TABLE way_in (amname name) SERVER east OPTIONS (schema_name 'pg_catalog', table_name 'pg_am');
	PERFORM FROM way_in;
	DROP FOREIGN TABLE way_in;
EXCEPTION WHEN sqlclient_unable_to_establish_sqlconnection OR fdw_unable_to_establish_connection THEN
	NULL;
END $$;
SELECT NOT EXISTS (SELECT FROM pg_foreign_server WHERE srvname = 'east') AS closed \gset
\if :closed
\quit
\endif

-- what the other servers have: one policy of one principal a row
CREATE SCHEMA east;
CREATE SCHEMA west;
CREATE TABLE east.holding (account_id text NOT NULL, principal arn NOT NULL, principal_name text NOT NULL, policy iam_policy, request json);
CREATE TABLE west.holding (LIKE east.holding);
CREATE FUNCTION pg_temp.policy_of(i integer) RETURNS iam_policy LANGUAGE sql
RETURN format('{"Statement": {"Effect": "%s", "Action": %s, "Resource": "arn:aws:s3:::b/%s*"%s}}', CASE WHEN i % 7 = 0 THEN 'Deny' ELSE 'Allow' END,
	(ARRAY['"s3:Get*"', '"s3:GetObject"', '"ec2:*"', '["s3:PutObject", "sqs:*"]', '"*"'])[1 + i % 5],
	CASE WHEN i % 3 = 0 THEN '${aws:username}/' ELSE '' END,
	CASE WHEN i % 4 = 0 THEN ', "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}' ELSE '' END)::iam_policy;
CREATE FUNCTION pg_temp.holding_of(account text, i integer) RETURNS east.holding LANGUAGE sql
RETURN (SELECT ROW(account, p, p, d, json_build_object('principal', p, 'action', 's3:GetObject', 'resource', 'arn:aws:s3:::b/k', 'identity_policies', json_build_array(d::text::json)))::east.holding
	FROM format('arn:aws:iam::%s:%s/%s', account, CASE WHEN i % 2 = 0 THEN 'user' ELSE 'role' END, i / 4) p, pg_temp.policy_of(i) d);
INSERT INTO east.holding SELECT h.* FROM generate_series(1, 400) i, pg_temp.holding_of('111111111111', i) h;
INSERT INTO west.holding SELECT h.* FROM generate_series(401, 800) i, pg_temp.holding_of('222222222222', i) h;
INSERT INTO west.holding VALUES ('222222222222', 'arn:aws:iam::222222222222:user/unread', 'arn:aws:iam::222222222222:user/unread', NULL, NULL);
-- what the answers are compared with
CREATE VIEW here AS SELECT * FROM east.holding UNION ALL SELECT * FROM west.holding;

CREATE TABLE holding (LIKE east.holding) PARTITION BY LIST (account_id);
CREATE FOREIGN TABLE holding_east PARTITION OF holding FOR VALUES IN ('111111111111') SERVER east OPTIONS (schema_name 'east', table_name 'holding');
CREATE FOREIGN TABLE holding_west PARTITION OF holding FOR VALUES IN ('222222222222') SERVER west OPTIONS (schema_name 'west', table_name 'holding');
ANALYZE holding_east;
ANALYZE holding_west;

-- what is evaluated where
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
		IF line !~ '^ *(Output|Relations|Disabled):' THEN
			RETURN NEXT line;
		END IF;
	END LOOP;
END $$;
\pset format unaligned
\pset tuples_only on

-- conditions are sent: request and patterns are constants of our own types, made before the query starts
SELECT pg_temp.plan($$SELECT principal FROM holding WHERE policy @@ iam_request('s3:GetObject', '*')$$);
SELECT pg_temp.plan($$SELECT principal FROM holding
	WHERE iam_policy_may_match(policy, iam_request('s3:GetObject', '*')) AND principal ~ 'arn:aws:iam::*:role/*'$$);
SELECT pg_temp.plan($$SELECT principal FROM holding CROSS JOIN iam_request('s3:GetObject', 'arn:aws:s3:::b/k') AS r
	WHERE iam_effect_allows(iam_policy_effect(policy, 'identity', r, iam_caller(principal)))$$);
SELECT pg_temp.plan($$SELECT principal FROM holding WHERE iam_evaluate(request) = 'allowed'$$);
SELECT count(*), count(*) FILTER (WHERE f.there IS NULL OR h.here IS NULL) AS wrong FROM (
	SELECT principal, policy, true AS there FROM holding CROSS JOIN iam_request('s3:GetObject', 'arn:aws:s3:::b/k') AS r
	WHERE policy @@ r AND principal ~ 'arn:aws:iam::*:role/*' AND iam_effect_allows(iam_policy_effect(policy, 'identity', r, iam_caller(principal)))
		AND iam_evaluate(request) = 'allowed') f
FULL JOIN (
	SELECT principal, policy, true AS here FROM here CROSS JOIN iam_request('s3:GetObject', 'arn:aws:s3:::b/k') AS r
	WHERE policy @@ r AND principal ~ 'arn:aws:iam::*:role/*' AND iam_effect_allows(iam_policy_effect(policy, 'identity', r, iam_caller(principal)))
		AND iam_evaluate(request) = 'allowed') h USING (principal, policy);

-- so is a parameter
PREPARE concerned(iam_request) AS SELECT count(*) FROM holding WHERE policy @@ $1;
SET plan_cache_mode = force_generic_plan;
SELECT pg_temp.plan($$EXECUTE concerned(iam_request('s3:PutObject', '*'))$$);
EXECUTE concerned(iam_request('s3:PutObject', '*'));
SELECT count(*) FROM here WHERE policy @@ iam_request('s3:PutObject', '*');
RESET plan_cache_mode;
DEALLOCATE concerned;

-- whole decisions are made there: partition by partition, where GROUP BY has the key of the partitions
SET enable_partitionwise_aggregate = on;
\set decisions 'SELECT account_id, principal, iam_decide(r, iam_caller(principal), ''identity'', 0, iam_policy_effect(policy, ''identity'', r, iam_caller(principal))) AS decision, iam_decide_conditions(r, iam_caller(principal), ''identity'', 0, iam_policy_effect(policy, ''identity'', r, iam_caller(principal))) AS conditions FROM '
\set asked ' CROSS JOIN iam_request(''s3:GetObject'', ''arn:aws:s3:::b/k'', unknown_context => true) AS r GROUP BY account_id, principal'
SELECT pg_temp.plan($$SELECT account_id, principal, iam_decide(r, iam_caller(principal), 'identity', 0, iam_policy_effect(policy, 'identity', r, iam_caller(principal)))
FROM holding CROSS JOIN iam_request('s3:GetObject', 'arn:aws:s3:::b/k') AS r
GROUP BY account_id, principal$$);
CREATE TEMP TABLE answer AS :decisions holding :asked;
CREATE TEMP TABLE answer_here AS :decisions here :asked;
SELECT decision, count(*), count(conditions) AS with_conditions FROM answer GROUP BY decision ORDER BY decision;
SELECT count(*) AS wrong FROM ((SELECT * FROM answer EXCEPT SELECT * FROM answer_here) UNION ALL (SELECT * FROM answer_here EXCEPT SELECT * FROM answer)) x;

-- what is not sent: a text constant beside an arn, a conversion, the select list outside of an aggregate, groups without the key
SELECT pg_temp.plan($$SELECT principal FROM holding_east WHERE arn_service(principal) = 'iam'$$);
SELECT pg_temp.plan($$SELECT principal FROM holding_east WHERE iam_caller(principal::text, '{}') IS NULL$$);
SELECT pg_temp.plan($$SELECT iam_policy_may_match(policy, iam_request('s3:GetObject', '*')) FROM holding_east$$);
SELECT pg_temp.plan($$SELECT principal, iam_decide(iam_request('s3:GetObject', '*'), iam_caller(principal), 'identity', 0,
	iam_policy_effect(policy, 'identity', iam_request('s3:GetObject', '*'), iam_caller(principal))) FROM holding GROUP BY principal$$);
-- a column of type text is
SELECT pg_temp.plan($$SELECT principal FROM holding_east WHERE iam_caller(principal_name, '{}') IS NULL$$);
-- and nothing, to a server that is not said to have the extension
ALTER SERVER east OPTIONS (DROP extensions);
SELECT pg_temp.plan($$SELECT principal FROM holding_east WHERE principal ~ 'arn:aws:iam::*:role/*'$$);

DROP VIEW here;
DROP TABLE holding;
DROP EXTENSION postgres_fdw CASCADE;
DROP SCHEMA east CASCADE;
DROP SCHEMA west CASCADE;
