--
-- iam_gather_holders: who holds which effects, against the same by joins and
-- GROUP BY (EFF-3, WHO-1)
--
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET jit = off;
CREATE TEMPORARY TABLE effect AS
SELECT n, iam_policy_effect(p::iam_policy, 'identity', iam_request('s3:GetObject', '*', unknown_context => true), NULL) AS effect
FROM unnest(ARRAY[
	'{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}',
	'{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}',
	'{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}',
	'{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "core"}}}}',
	'{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "core"}}}}',
	NULL]) WITH ORDINALITY AS u (p, n);
INSERT INTO effect VALUES (7, NULL);		-- a gate without a policy

-- users, roles, service-linked roles and groups of many accounts; paths and long names; two partitions
CREATE TEMPORARY TABLE principal AS
SELECT row_number() OVER () AS n, format('arn:%s:iam::%s:%s%s', p, 100000000000 + a, k, i)::arn AS arn, left(k, position('/' IN k) - 1) AS kind, p AS partition,
	   (100000000000 + a)::text AS account_id, k LIKE 'role/aws-%' AS service_linked
FROM generate_series(1, 40) AS a, unnest(ARRAY['aws', 'aws-cn']) AS p,
	unnest(ARRAY['user/', 'user/a/path/', 'role/', 'role/aws-service-role/x.amazonaws.com/', 'role/' || repeat('very-long-', 40), 'group/']) AS k, generate_series(1, 6) AS i;
CREATE FUNCTION pg_temp.draw(seed text, below integer) RETURNS integer
LANGUAGE sql IMMUTABLE RETURN ('x' || substr(md5(seed), 1, 7))::bit(28)::integer % below;
CREATE TEMPORARY TABLE fact AS
SELECT p.arn AS principal, 'identity'::iam_policy_kind AS kind, e.effect, NULL::arn AS member_of
FROM principal AS p, effect AS e WHERE pg_temp.draw(format('own %s %s', p.n, e.n), 4) = 0
UNION ALL
SELECT p.arn, 'boundary', e.effect, NULL FROM principal AS p, effect AS e WHERE p.kind <> 'group' AND e.n = 1 + pg_temp.draw(format('boundary %s', p.n), 12)
UNION ALL
SELECT p.arn, NULL, NULL, g.arn
FROM principal AS p JOIN principal AS g ON g.account_id = p.account_id AND g.partition = p.partition AND g.kind = 'group'
WHERE p.kind = 'user' AND pg_temp.draw(format('member %s %s', p.n, g.n), 8) = 0
UNION ALL
SELECT p.arn, NULL, NULL, format('arn:aws:iam::%s:group/not-stored', p.account_id)::arn FROM principal AS p WHERE p.kind = 'user' AND pg_temp.draw(format('gone %s', p.n), 20) = 0
UNION ALL
SELECT p.arn, NULL, NULL, NULL FROM principal AS p WHERE pg_temp.draw(format('asked %s', p.n), 10) = 0
UNION ALL
SELECT NULL, 'identity', NULL, NULL;
-- some rows more than once
INSERT INTO fact SELECT * FROM fact WHERE pg_temp.draw(fact::text, 5) = 0;

CREATE TEMPORARY VIEW plain AS
WITH own AS (
	SELECT f.principal, f.kind, coalesce(f.effect::text, '-') AS effect FROM fact AS f WHERE f.member_of IS NULL
	UNION
	SELECT m.principal, f.kind, coalesce(f.effect::text, '-') FROM fact AS m JOIN fact AS f ON f.principal = m.member_of AND f.member_of IS NULL)
SELECT p.arn, p.partition, p.account_id, p.kind, p.service_linked,
	   array_agg(o.kind || ' ' || o.effect ORDER BY o.kind, o.effect) FILTER (WHERE o.kind IS NOT NULL) AS effects
FROM principal AS p JOIN own AS o ON o.principal = p.arn
WHERE p.kind <> 'group'
GROUP BY p.arn, p.partition, p.account_id, p.kind, p.service_linked
HAVING bool_or(o.kind IS DISTINCT FROM 'boundary');
CREATE TEMPORARY TABLE gathered AS
SELECT iam_gather_holders(principal, kind, effect, member_of, true ORDER BY md5(fact::text)) AS listed,
	   iam_gather_holders(principal, kind, effect, member_of, false) AS counted
FROM fact;
CREATE TEMPORARY TABLE listed AS
SELECT h.principal AS arn, p.partition, c.account_id, p.kind, p.service_linked, s.effects
FROM gathered AS g
CROSS JOIN LATERAL iam_held_principals(g.listed) AS h
JOIN LATERAL iam_held_combinations(g.listed) AS c ON c.combination = h.combination
JOIN LATERAL iam_held_profiles(g.listed) AS p ON p.profile = c.profile
LEFT JOIN LATERAL (SELECT e.effects AS id, array_agg(e.kind || ' ' || coalesce(e.effect::text, '-') ORDER BY e.kind, coalesce(e.effect::text, '-')) AS effects
				   FROM iam_held_effects(g.listed) AS e GROUP BY e.effects) AS s ON s.id = p.effects;
CREATE TEMPORARY TABLE counted AS
SELECT p.partition, c.account_id, p.kind, p.service_linked, s.effects, c.principals
FROM gathered AS g
CROSS JOIN LATERAL iam_held_combinations(g.counted) AS c
JOIN LATERAL iam_held_profiles(g.counted) AS p ON p.profile = c.profile
LEFT JOIN LATERAL (SELECT e.effects AS id, array_agg(e.kind || ' ' || coalesce(e.effect::text, '-') ORDER BY e.kind, coalesce(e.effect::text, '-')) AS effects
				   FROM iam_held_effects(g.counted) AS e GROUP BY e.effects) AS s ON s.id = p.effects;

SELECT count(*) > 1000 AS many, count(DISTINCT effects) > 50 AS sets, bool_or(effects IS NULL) AS nothing_held, bool_or(service_linked) AS linked FROM plain;
(TABLE plain EXCEPT ALL TABLE listed) UNION ALL (TABLE listed EXCEPT ALL TABLE plain);
-- a combination is one row
(SELECT partition, account_id, kind, service_linked, effects, count(*) FROM plain GROUP BY 1, 2, 3, 4, 5 EXCEPT ALL TABLE counted)
UNION ALL
(TABLE counted EXCEPT ALL SELECT partition, account_id, kind, service_linked, effects, count(*) FROM plain GROUP BY 1, 2, 3, 4, 5);
SELECT count(*) AS not_listed FROM gathered AS g, iam_held_principals(g.counted);

-- much of it: growing, and one that holds everything in every order
SELECT sum(c.principals) AS principals, count(*) AS combinations, count(DISTINCT c.profile) AS profiles
FROM (SELECT iam_gather_holders(format('arn:aws:iam::%s:role/%s', 100000000000 + i % 3, i)::arn, 'identity', e.effect, NULL, false) AS h
	  FROM generate_series(1, 100000) AS i JOIN effect AS e ON e.n = 1 + i % 7) AS g, iam_held_combinations(g.h) AS c;
SELECT c.principals, (SELECT count(*) FROM iam_held_effects(g.h)) AS effects
FROM (SELECT iam_gather_holders('arn:aws:iam::100000000000:role/r', 'identity', e.effect, NULL, false ORDER BY md5(i::text)) AS h
	  FROM generate_series(1, 20000) AS i JOIN effect AS e ON e.n = 1 + i % 7) AS g, iam_held_combinations(g.h) AS c;

-- no rows, NULL, nobody
SELECT iam_gather_holders(principal, kind, effect, member_of, true) IS NULL AS no_rows FROM fact WHERE false;
SELECT iam_gather_holders(NULL, 'identity', NULL, NULL, true) AS nobody;
SELECT FROM iam_held_combinations(NULL) UNION ALL SELECT FROM iam_held_profiles(NULL) UNION ALL SELECT FROM iam_held_effects(NULL) UNION ALL SELECT FROM iam_held_principals(NULL);
SELECT count(*) AS boundary_alone FROM (SELECT iam_gather_holders('arn:aws:iam::100000000000:role/r', 'boundary', NULL, NULL, true) AS h) AS g, iam_held_combinations(g.h);

-- what is no principal of IAM; no other way to make one
SELECT iam_gather_holders('arn:aws:s3:::bucket', 'identity', NULL, NULL, true);
SELECT iam_gather_holders('arn:aws:iam::100000000000:root', 'identity', NULL, NULL, true);
SELECT iam_gather_holders('arn:aws:iam::100000000000:policy/p', 'identity', NULL, NULL, true);
SELECT iam_gather_holders('arn:aws:iam::1:user/u', 'identity', NULL, NULL, true);
SELECT iam_gather_holders('arn:aws:iam::100000000000:user/u', NULL, NULL, 'arn:aws:sns:us-east-1:100000000000:topic', true);
SELECT 'x'::iam_holders;
SELECT iam_gather_holders(principal, kind, effect, member_of, true) OVER (ORDER BY principal) FROM fact;
