--
-- The type arn_pattern and its relations
--

-- what a Resource element may hold and what can match something
SELECT arn_pattern '*', arn_pattern '***', arn_pattern 'arn:aws:s3', arn_pattern 'arn:*',
	arn_pattern 'arn:aws:s3:::b/${aws:username}/*';
SELECT arn_pattern '';
SELECT arn_pattern 's3:bucket';
SELECT arn_pattern '*:*';
SELECT arn_pattern 'ARN:aws:s3:::b';
SELECT ('arn:' || repeat('*', 2045))::arn_pattern;

-- matching: ARN-3 to ARN-8
SELECT p, a, a::arn ~ p::arn_pattern AS matches, p::arn_pattern ~ a::arn AS commuted, p::arn_pattern @> a::arn AS covers,
	a::arn <@ p::arn_pattern AS covered
FROM (VALUES
	('*', 'arn:aws:s3:::b'),
	('arn:aws:s3:::b', 'arn:aws:s3:::b'),
	('arn:aws:s3:::b', 'arn:aws:s3:::B'),
	('arn:aws:s3:::b*', 'arn:aws:s3:::bucket/a/b:c'),
	('arn:aws:s3:::b?', 'arn:aws:s3:::bu'),
	('arn:aws:s3:::b?', 'arn:aws:s3:::b'),
	('arn:aws:s3:::b?', 'arn:aws:s3:::bü'),
	('arn:aws:s3:*:*:b', 'arn:aws:s3:::b'),
	('arn:aws:dynamodb:*:table/prod-*', 'arn:aws:dynamodb:us-east-1:111122223333:table/prod-x'),
	('arn:aws:dynamodb:us-*1:111122223333:table/t', 'arn:aws:dynamodb:us-east-1:111122223333:table/t'),
	('arn:aws:dynamodb:u*1:111122223333:table/t', 'arn:aws:dynamodb:us:1:111122223333:table/t'),
	('arn:aws:s3', 'arn:aws:s3:::b'),
	('arn:aws:s3*', 'arn:aws:s3:::b'),
	('arn:aws:s3*', 'arn:aws:s3-object-lambda:us-east-1:111122223333:accesspoint/a'),
	('arn:aws:s3:::b/${aws:username}', 'arn:aws:s3:::b/alice'),
	('arn:aws:s3:::b/${*}', 'arn:aws:s3:::b/*'),
	('arn:aws:iam::111122223333:role/*', 'arn:aws:iam::111122223333:role/a/b'),
	('arn:aws:iam::*:role/*', 'arn:aws:iam::111122223333:user/a')) v (p, a);

-- a literal on the right of @> is a pattern
SELECT arn_pattern 'arn:aws:s3:::b/*' @> 'arn:aws:s3:::b/k*' AS covers;

-- one pattern covers another, for certain (ARN-11)
SELECT a, b, a @> b AS covers, b <@ a AS covered, b @> a AS reverse, a && b AS overlaps, b && a AS commuted
FROM (VALUES
	('*', 'arn:aws:s3:::*'),
	('arn:aws:s3:::*', 'arn:aws:s3:::b/*'),
	('arn:aws:s3:::b/*', 'arn:aws:s3:::b/*'),
	('arn:aws:s3:::a*', 'arn:aws:s3:::*z'),
	('arn:aws:s3:::a*', 'arn:aws:s3:::b*'),
	('arn:aws:s3:::?', 'arn:aws:s3:::??'),
	('arn:aws:s3:::b?*', 'arn:aws:s3:::b*?'),
	('arn:aws:s3:::*a*', 'arn:aws:s3:::*a*a*'),
	('arn:aws:s3', 'arn:aws:s3:*:*:*'),
	('arn:aws:s3:::b/${aws:username}/*', 'arn:aws:s3:::b/${aws:username}/x'),
	('arn:aws:s3:::b/${aws:username}', 'arn:aws:s3:::b/alice'),
	('arn:aws:s3:::b/*', 'arn:aws:s3:::b/${aws:username}')) v (x, y),
	LATERAL (SELECT x::arn_pattern, y::arn_pattern) p (a, b);

-- order, hash, casts
SELECT arn_pattern '*' = '*' AS eq, arn_pattern '*' <> 'arn:*' AS ne, arn_pattern '*' < 'arn:*' AS lt,
	arn_pattern '*' <= 'arn:*' AS le, arn_pattern '*' > 'arn:*' AS gt, arn_pattern '*' >= 'arn:*' AS ge;
SELECT arn_pattern_hash('arn:aws:s3:::*'), arn_pattern_hash_extended('arn:aws:s3:::*', 0), arn_pattern_hash_extended('arn:aws:s3:::*', 1);
SELECT ('arn:aws:s3:::*'::text)::arn_pattern::text;
SELECT arn_pattern_send('*');

-- patterns whose comparison is large are refused, not guessed; matching stays cheap
SELECT ('arn:aws:s3:::' || repeat('*a', 500) || '*')::arn_pattern ~ ('arn:aws:s3:::' || repeat('a', 499))::arn AS matches;
SELECT ('arn:aws:s3:::' || repeat('*a', 1000))::arn_pattern && ('arn:aws:s3:::' || repeat('*b', 1000))::arn_pattern AS overlaps;

-- what the planner knows
SELECT oprname, oprleft::regtype, oprright::regtype, oprcom::regoperator, oprrest, oprjoin
FROM pg_operator WHERE oprcode::text IN ('arn_matches', 'arn_pattern_matches', 'arn_pattern_contains', 'arn_contained',
	'arn_pattern_covers', 'arn_pattern_covered', 'arn_pattern_overlaps') ORDER BY 1, 2, 3;
SELECT amname, opcname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype IN ('arn'::regtype, 'arn_pattern'::regtype, 'iam_policy'::regtype) AND amname IN ('btree', 'hash') ORDER BY 1, 2;
