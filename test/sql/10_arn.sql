--
-- The type arn
--
\pset null '(null)'

-- six fields; region and account may be empty; the last may hold colons and slashes (ARN-1)
SELECT arn 'arn:aws:s3:::bucket/key';
SELECT a, arn_partition(a), arn_service(a), arn_region(a), arn_account(a), arn_resource(a)
FROM unnest(ARRAY['arn:aws:s3:::bucket/a/b:c', 'arn:aws-cn:lambda:cn-north-1:111122223333:function:f:PROD',
	'arn:aws:iam::111122223333:role/service/r']::arn[]) a;

-- * and ? are literal in a concrete ARN (ARN-2)
SELECT arn 'arn:aws:s3:::bucket/what?*' ~ 'arn:aws:s3:::bucket/what??' AS matches;

-- what is no ARN
SELECT arn '';
SELECT arn '*';
SELECT arn 'arn:aws:s3:::';
SELECT arn 'arn::s3:::b';
SELECT arn 'arn:aws:s3:bucket';
SELECT arn 'ARN:aws:s3:::bucket';
SELECT arn ' arn:aws:s3:::bucket';
SELECT 'not an ARN but a text much longer than sixty-four bytes, clipped in the error'::text::arn;

-- the longest, and one byte more
SELECT length(('arn:aws:s3:::' || repeat('b', 2048 - 13))::arn::text);
SELECT ('arn:aws:s3:::' || repeat('b', 2048 - 12))::arn;

-- order and equality by bytes, case counts (ARN-6)
SELECT arn 'arn:aws:s3:::b' = 'arn:aws:s3:::b' AS eq, arn 'arn:aws:s3:::b' <> 'arn:aws:s3:::B' AS ne,
	arn 'arn:aws:s3:::B' < 'arn:aws:s3:::b' AS lt, arn 'arn:aws:s3:::b' <= 'arn:aws:s3:::b/x' AS le,
	arn 'arn:aws:s3:::b' > 'arn:aws:s3:::B' AS gt, arn 'arn:aws:s3:::b' >= 'arn:aws:s3:::b/x' AS ge;
SELECT arn_cmp('arn:aws:s3:::a', 'arn:aws:s3:::b') AS less, arn_cmp('arn:aws:s3:::b', 'arn:aws:s3:::b') AS same,
	arn_cmp('arn:aws:s3:::b/', 'arn:aws:s3:::b') AS more;

-- hashes are frozen: these numbers may never change
-- the low half of the 64-bit one with seed 0 is the 32-bit one
SELECT arn_hash('arn:aws:s3:::bucket'), arn_hash_extended('arn:aws:s3:::bucket', 0), arn_hash_extended('arn:aws:s3:::bucket', 7),
	arn_hash_extended('arn:aws:s3:::bucket', 0)::bit(64)::text LIKE '%' || arn_hash('arn:aws:s3:::bucket')::bit(32)::text AS low_half;

-- casts: to text by assignment, from text explicitly only
CREATE TEMP TABLE texts (t text);
CREATE TEMP TABLE arns (a arn);
INSERT INTO texts SELECT arn 'arn:aws:s3:::from-arn';
INSERT INTO arns SELECT 'arn:aws:s3:::from-text'::text;
INSERT INTO arns SELECT ('arn:aws:s3:::from-text')::text::arn;
SELECT t, a FROM texts, arns;
SELECT * FROM texts JOIN arns ON t = a;
SELECT count(*) FROM texts JOIN arns ON t::arn = a;

-- index, merge and hash join, grouping
CREATE TEMP TABLE many AS
	SELECT ('arn:aws:s3:::b' || i % 500)::arn AS a FROM generate_series(1, 1000) i;
ANALYZE many;
SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off;
CREATE INDEX many_hash ON many USING hash (a);
EXPLAIN (COSTS OFF) SELECT count(*) FROM many WHERE a = 'arn:aws:s3:::b7';
SELECT count(*) FROM many WHERE a = 'arn:aws:s3:::b7';
DROP INDEX many_hash;
CREATE INDEX many_btree ON many (a);
EXPLAIN (COSTS OFF) SELECT count(*) FROM many WHERE a = 'arn:aws:s3:::b7';
SELECT count(*) FROM many WHERE a = 'arn:aws:s3:::b7';
SELECT count(*) FROM many WHERE a >= 'arn:aws:s3:::b49' AND a < 'arn:aws:s3:::b5';
RESET enable_seqscan; RESET enable_bitmapscan; RESET enable_indexonlyscan;
SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT count(*) FROM many x JOIN many y USING (a);
RESET enable_mergejoin; RESET enable_nestloop;
SET enable_hashjoin = off; SET enable_nestloop = off;
SELECT count(*) FROM many x JOIN many y USING (a);
RESET enable_hashjoin; RESET enable_nestloop;
SELECT count(DISTINCT a), min(a::text) FROM many;

-- the binary form: a version byte, then the text
SELECT arn_send('arn:aws:s3:::b');

